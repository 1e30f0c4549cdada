// Each by itself: the package's own list of six thousand icons took half of the time of a build.

export type { Icon } from '@tabler/icons-react';
export { default as IconAlertTriangle } from '@tabler/icons-react/icons/IconAlertTriangle';
export { default as IconBuildingStore } from '@tabler/icons-react/icons/IconBuildingStore';
export { default as IconCheck } from '@tabler/icons-react/icons/IconCheck';
export { default as IconCircleCheck } from '@tabler/icons-react/icons/IconCircleCheck';
export { default as IconCopy } from '@tabler/icons-react/icons/IconCopy';
export { default as IconDeviceDesktop } from '@tabler/icons-react/icons/IconDeviceDesktop';
export { default as IconDots } from '@tabler/icons-react/icons/IconDots';
export { default as IconFlask } from '@tabler/icons-react/icons/IconFlask';
export { default as IconHandStop } from '@tabler/icons-react/icons/IconHandStop';
export { default as IconHelpCircle } from '@tabler/icons-react/icons/IconHelpCircle';
export { default as IconHistory } from '@tabler/icons-react/icons/IconHistory';
export { default as IconInfoCircle } from '@tabler/icons-react/icons/IconInfoCircle';
export { default as IconLayoutDashboard } from '@tabler/icons-react/icons/IconLayoutDashboard';
export { default as IconLogout } from '@tabler/icons-react/icons/IconLogout';
export { default as IconMoon } from '@tabler/icons-react/icons/IconMoon';
export { default as IconReceipt } from '@tabler/icons-react/icons/IconReceipt';
export { default as IconSearch } from '@tabler/icons-react/icons/IconSearch';
export { default as IconSend } from '@tabler/icons-react/icons/IconSend';
export { default as IconSettings } from '@tabler/icons-react/icons/IconSettings';
export { default as IconShieldCheck } from '@tabler/icons-react/icons/IconShieldCheck';
export { default as IconShoppingCart } from '@tabler/icons-react/icons/IconShoppingCart';
export { default as IconSun } from '@tabler/icons-react/icons/IconSun';
export { default as IconTag } from '@tabler/icons-react/icons/IconTag';
export { default as IconUser } from '@tabler/icons-react/icons/IconUser';
export { default as IconUsers } from '@tabler/icons-react/icons/IconUsers';
export { default as IconWallet } from '@tabler/icons-react/icons/IconWallet';
