import { api, dataOf } from '../../api/client.ts';
import type { InvitedPerson, Person, PersonLink, PersonPage } from '../../api/schema.d.ts';
import { type CursorQuery, useCursorList } from '../../shared/cursor-list.tsx';
import { memberRoles, type RoleText, roleOf, staffRoles } from './roles.ts';

export type { Person, PersonLink };

/** Which people: the operator's staff, or the members of one merchant. */
export interface PeopleScope {
  /** null: staff. */
  readonly merchantId: string | null;
}

const PAGE = 50;

export function usePeople({ merchantId }: PeopleScope): CursorQuery<Person> {
  return useCursorList(['people', merchantId], (cursor, signal): Promise<PersonPage> => {
    const query = { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
    if (merchantId === null) return dataOf(api.GET('/operator/v1/staff', { params: { query }, signal }));
    const params = { path: { merchantId }, query };
    return dataOf(api.GET('/operator/v1/merchants/{merchantId}/members', { params, signal }));
  });
}

export function rolesOf({ merchantId }: PeopleScope): readonly RoleText[] {
  return merchantId === null ? staffRoles : memberRoles;
}

interface Invitation {
  readonly email: string;
  readonly name: string;
  readonly role: string;
}

export function invitePerson({ merchantId }: PeopleScope, { role, ...who }: Invitation): Promise<InvitedPerson> {
  if (merchantId === null) {
    return dataOf(api.POST('/operator/v1/staff', { body: { ...who, role: roleOf(staffRoles, role) } }));
  }
  const body = { ...who, role: roleOf(memberRoles, role) };
  return dataOf(api.POST('/operator/v1/merchants/{merchantId}/members', { params: { path: { merchantId } }, body }));
}

export function changeRole({ merchantId }: PeopleScope, personId: string, role: string): Promise<Person> {
  if (merchantId === null) {
    const body = { role: roleOf(staffRoles, role) };
    return dataOf(api.PUT('/operator/v1/staff/{personId}', { params: { path: { personId } }, body }));
  }
  const params = { path: { merchantId, personId } };
  const body = { role: roleOf(memberRoles, role) };
  return dataOf(api.PUT('/operator/v1/merchants/{merchantId}/members/{personId}', { params, body }));
}

export function setDisabled({ merchantId }: PeopleScope, personId: string, disabled: boolean): Promise<Person> {
  const body = { disabled };
  if (merchantId === null) {
    return dataOf(api.PUT('/operator/v1/staff/{personId}', { params: { path: { personId } }, body }));
  }
  const params = { path: { merchantId, personId } };
  return dataOf(api.PUT('/operator/v1/merchants/{merchantId}/members/{personId}', { params, body }));
}

export function resetPerson(
  { merchantId }: PeopleScope,
  personId: string,
  removeSecondFactor: boolean,
): Promise<PersonLink> {
  const body = { removeSecondFactor };
  if (merchantId === null) {
    return dataOf(api.POST('/operator/v1/staff/{personId}/reset', { params: { path: { personId } }, body }));
  }
  const params = { path: { merchantId, personId } };
  return dataOf(api.POST('/operator/v1/merchants/{merchantId}/members/{personId}/reset', { params, body }));
}
