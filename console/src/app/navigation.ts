import type { LinkProps } from '@tanstack/react-router';
import type { Me } from '../api/schema.d.ts';
import { isStaff, type Permission } from '../api/session.ts';
import {
  type Icon,
  IconBuildingStore,
  IconFlask,
  IconHandStop,
  IconHelpCircle,
  IconHistory,
  IconLayoutDashboard,
  IconReceipt,
  IconSend,
  IconSettings,
  IconShieldCheck,
  IconShoppingCart,
  IconTag,
  IconUsers,
  IconWallet,
} from '../shared/icons.ts';

export interface Screen {
  readonly label: string;
  readonly to: NonNullable<LinkProps['to']>;
  readonly icon: Icon;
  readonly needs: Permission;
  /** Members of merchants do not have it. */
  readonly isForStaff?: boolean;
  /** Staff do not have it. */
  readonly isForMembers?: boolean;
  /** Only a sandbox has it. */
  readonly isForSandbox?: boolean;
}

/** The screens that the navigation shows, in its order. */
const screens: readonly Screen[] = [
  { label: 'Overview', to: '/', icon: IconLayoutDashboard, needs: 'read' },
  { label: 'Trades', to: '/trades', icon: IconReceipt, needs: 'read' },
  { label: 'Unknown outcomes', to: '/unknown', icon: IconHelpCircle, needs: 'read', isForStaff: true },
  { label: 'Callbacks', to: '/callbacks', icon: IconSend, needs: 'read' },
  { label: 'Market', to: '/market', icon: IconTag, needs: 'read' },
  { label: 'Merchants', to: '/merchants', icon: IconBuildingStore, needs: 'read', isForStaff: true },
  { label: 'Merchant', to: '/merchants', icon: IconBuildingStore, needs: 'read', isForMembers: true },
  { label: 'Wallets', to: '/wallets', icon: IconWallet, needs: 'read', isForStaff: true },
  { label: 'Marketplaces', to: '/marketplaces', icon: IconShoppingCart, needs: 'read', isForStaff: true },
  { label: 'Freezes', to: '/freezes', icon: IconHandStop, needs: 'read', isForStaff: true },
  { label: 'Verify', to: '/verify', icon: IconShieldCheck, needs: 'read', isForStaff: true },
  { label: 'Audit', to: '/audit', icon: IconHistory, needs: 'read', isForStaff: true },
  { label: 'Staff', to: '/staff', icon: IconUsers, needs: 'read', isForStaff: true },
  { label: 'Settings', to: '/settings', icon: IconSettings, needs: 'read', isForStaff: true },
  { label: 'Sandbox', to: '/sandbox', icon: IconFlask, needs: 'read', isForSandbox: true },
];

export function screensOf(me: Me): Screen[] {
  return screens.filter(
    ({ needs, isForStaff, isForMembers, isForSandbox }) =>
      me.permissions.includes(needs) && !(isStaff(me) ? isForMembers : isForStaff) && (me.isSandbox || !isForSandbox),
  );
}
