import { ActionIcon, type MantineColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconMoon, IconSun } from '../shared/icons.ts';

const schemes = {
  auto: { icon: IconDeviceDesktop, name: 'as the system', next: 'light' },
  light: { icon: IconSun, name: 'light', next: 'dark' },
  dark: { icon: IconMoon, name: 'dark', next: 'auto' },
} as const satisfies Record<MantineColorScheme, object>;

/** Switches from the system's colours to light, to dark, and back. */
export function ColorSchemeButton() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { icon: Icon, name, next } = schemes[colorScheme];
  const label = `Colours: ${name}. Switch to ${schemes[next].name}`;
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      c="var(--muted)"
      size="lg"
      aria-label={label}
      title={label}
      onClick={() => setColorScheme(next)}
    >
      <Icon size={18} stroke={1.6} aria-hidden />
    </ActionIcon>
  );
}
