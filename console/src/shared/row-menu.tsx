import { ActionIcon, Menu } from '@mantine/core';
import { useRef } from 'react';
import { IconDots } from './icons.ts';

export interface RowAction {
  readonly label: string;
  readonly isDangerous?: boolean;
  readonly run: () => void;
}

interface RowMenuProps {
  /** Which row, for screen readers: `ann@example.com`. */
  readonly of: string;
  readonly actions: readonly RowAction[];
}

/** What can be done with a row of a table. */
export function RowMenu({ of, actions }: RowMenuProps) {
  const ref = useRef<HTMLButtonElement>(null);
  if (actions.length === 0) return null;
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <ActionIcon
          ref={ref}
          variant="subtle"
          color="gray"
          c="var(--muted)"
          size={28}
          // A row of a table stays as high as its text.
          my={-5}
          aria-label={`Actions for ${of}`}
        >
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {actions.map(({ label, isDangerous = false, run }) => (
          <Menu.Item
            key={label}
            {...(isDangerous ? { c: 'var(--bad)' } : {})}
            onClick={() => {
              // The dialog that opens returns the focus to what has it now, and the menu will be gone.
              ref.current?.focus();
              run();
            }}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
