import { Radio, Stack } from '@mantine/core';
import type { RoleText } from './roles.ts';

interface RoleFieldProps {
  readonly roles: readonly RoleText[];
  readonly value: string;
  readonly onChange: (role: string) => void;
}

/** Chooses a role, each with what it may do. */
export function RoleField({ roles, value, onChange }: RoleFieldProps) {
  return (
    <Radio.Group label="Role" value={value} onChange={onChange}>
      <Stack gap={8} mt={6}>
        {roles.map(({ role, may }) => (
          <Radio key={role} value={role} label={role} description={may} size="sm" />
        ))}
      </Stack>
    </Radio.Group>
  );
}
