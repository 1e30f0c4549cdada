/** What a person who signs in may do. A route names one of these. */
export type Permission =
  /** To look at everything that the person's scope covers. */
  | 'read'
  /** To retry what is stuck: unknown outcomes, callbacks. */
  | 'push'
  /** To cancel items and trades. */
  | 'cancel'
  /** To change keys, secrets, address lists and callback URLs of a merchant. */
  | 'integrate'
  /** To invite, change and disable the people of a merchant. */
  | 'members'
  /** To change merchants, marketplaces and freezes, and to end unknown outcomes. */
  | 'operate'
  /** To credit and debit wallets, and to approve that. */
  | 'fund'
  /** To invite, change and disable staff. */
  | 'staff';

/** Staff see every merchant. */
export const staffRoles = {
  owner: ['read', 'push', 'cancel', 'integrate', 'members', 'operate', 'fund', 'staff'],
  operations: ['read', 'push', 'cancel', 'integrate', 'members', 'operate'],
  finance: ['read', 'fund'],
  support: ['read', 'push'],
  auditor: ['read'],
} as const satisfies Record<string, readonly Permission[]>;

/** Members see their own merchant only. */
export const memberRoles = {
  admin: ['read', 'push', 'cancel', 'integrate', 'members'],
  developer: ['read', 'push', 'cancel', 'integrate'],
  viewer: ['read'],
} as const satisfies Record<string, readonly Permission[]>;

export type StaffRole = keyof typeof staffRoles;
export type MemberRole = keyof typeof memberRoles;
export type Role = StaffRole | MemberRole;

export const allStaffRoles = Object.keys(staffRoles) as StaffRole[]; // Object.keys forgets the literal type
export const allMemberRoles = Object.keys(memberRoles) as MemberRole[]; // the same

const permissions: Readonly<Record<Role, readonly Permission[]>> = { ...staffRoles, ...memberRoles };

export function permissionsOf(role: Role): readonly Permission[] {
  return permissions[role];
}

export function isStaffRole(role: string): role is StaffRole {
  return Object.hasOwn(staffRoles, role);
}

export function isMemberRole(role: string): role is MemberRole {
  return Object.hasOwn(memberRoles, role);
}
