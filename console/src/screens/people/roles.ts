import type { operations } from '../../api/schema.d.ts';

type StaffRole = operations['postStaff']['requestBody']['content']['application/json']['role'];
type MemberRole = operations['postMerchantsByMerchantIdMembers']['requestBody']['content']['application/json']['role'];

export interface RoleText<Role extends string = string> {
  readonly role: Role;
  /** What people with it may do, in a sentence. */
  readonly may: string;
}

export const staffRoles: readonly RoleText<StaffRole>[] = [
  { role: 'owner', may: 'Does everything, and decides who belongs to the staff.' },
  {
    role: 'operations',
    may: 'Runs merchants and marketplaces, cancels, and ends what is stuck. Moves no money in or out of wallets.',
  },
  { role: 'finance', may: 'Reads everything. Credits and debits wallets, and approves what others ask for.' },
  { role: 'support', may: 'Reads everything, and tries again what is stuck.' },
  { role: 'auditor', may: 'Reads everything, and changes nothing.' },
];

export const memberRoles: readonly RoleText<MemberRole>[] = [
  { role: 'admin', may: 'Does everything for this merchant, and decides who its members are.' },
  { role: 'developer', may: 'Manages keys, the API secret and callbacks, and cancels. Does not manage members.' },
  { role: 'viewer', may: 'Reads this merchant’s trades, wallet and settings, and changes nothing.' },
];

/** The role that a form has chosen from the list. */
export function roleOf<Role extends string>(roles: readonly RoleText<Role>[], name: string): Role {
  const found = roles.find(({ role }) => role === name);
  if (!found) throw new Error(`${name} is none of the roles that can be chosen`);
  return found.role;
}
