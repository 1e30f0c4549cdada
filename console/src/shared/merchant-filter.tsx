import { CloseButton, Group } from '@mantine/core';

interface MerchantFilterProps {
  readonly id: string;
  /** undefined: not known yet. */
  readonly name: string | undefined;
  readonly onClear: () => void;
}

/** Says of which merchant a list is, and shows those of all again. */
export function MerchantFilter({ id, name, onClear }: MerchantFilterProps) {
  return (
    <Group gap={4} wrap="nowrap">
      <span>
        <span className="muted">Merchant</span> {name ?? `…${id.slice(-8)}`}
      </span>
      <CloseButton size="sm" aria-label="Show all merchants" onClick={onClear} />
    </Group>
  );
}
