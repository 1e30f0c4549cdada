import { beforeAll, describe, expect, test } from 'vitest';
import { memberRoles, type Permission, type Role, staffRoles } from '../../src/core/roles.ts';
import { setDisabled } from '../../src/merchants/operations.ts';
import { usePeople, type Visitor } from '../support/visitor.ts';
import { useWorld } from '../support/world.ts';

/** Every route of the operator API for every role: what a route needs is written here once more, on purpose. */

const world = useWorld();
const { signedIn, stranger } = usePeople(world);

/** `anyone`: without signing in. `own`: whoever is signed in. `staff …`: the operator's people only. */
type Needs = 'anyone' | 'own' | Permission | `staff ${Permission}`;

const NEEDS: Readonly<Record<string, Needs>> = {
  'post /operator/v1/session': 'anyone',
  'post /operator/v1/session/passkey/begin': 'anyone',
  'post /operator/v1/session/passkey': 'anyone',
  'post /operator/v1/links/read': 'anyone',
  'post /operator/v1/links/use': 'anyone',
  'get /operator/v1/session': 'own',
  'delete /operator/v1/session': 'own',
  'put /operator/v1/password': 'own',
  'get /operator/v1/sessions': 'own',
  'delete /operator/v1/sessions/{sessionId}': 'own',
  'post /operator/v1/totp': 'own',
  'put /operator/v1/totp': 'own',
  'post /operator/v1/totp/remove': 'own',
  'post /operator/v1/passkeys/begin': 'own',
  'post /operator/v1/passkeys': 'own',
  'get /operator/v1/passkeys': 'own',
  'put /operator/v1/passkeys/{passkeyId}': 'own',
  'post /operator/v1/passkeys/{passkeyId}/remove': 'own',
  'get /operator/v1/overview': 'read',
  'get /operator/v1/activity': 'read',
  'get /operator/v1/changes': 'read',
  'get /operator/v1/marketplace-outcomes': 'staff read',
  'get /operator/v1/trades': 'read',
  'get /operator/v1/trades.csv': 'read',
  'get /operator/v1/trades/{tradeId}': 'read',
  'get /operator/v1/trades/{tradeId}/cancel': 'cancel',
  'post /operator/v1/trades/{tradeId}/items/{itemId}/cancel': 'cancel',
  'get /operator/v1/market': 'read',
  'get /operator/v1/market/listings': 'read',
  'get /operator/v1/settings': 'staff read',
  'get /operator/v1/merchants': 'staff read',
  'post /operator/v1/merchants': 'staff operate',
  'get /operator/v1/merchants/{merchantId}': 'read',
  'put /operator/v1/merchants/{merchantId}': 'staff operate',
  'get /operator/v1/merchants/{merchantId}/keys': 'read',
  'post /operator/v1/merchants/{merchantId}/keys': 'integrate',
  'post /operator/v1/keys/{keyId}/revoke': 'integrate',
  'post /operator/v1/keys/{keyId}/roll': 'integrate',
  'put /operator/v1/keys/{keyId}': 'integrate',
  'post /operator/v1/merchants/{merchantId}/rotate-secret': 'integrate',
  'put /operator/v1/merchants/{merchantId}/callback-url': 'integrate',
  'get /operator/v1/merchants/{merchantId}/origins': 'read',
  'put /operator/v1/merchants/{merchantId}/origins': 'integrate',
  'get /operator/v1/merchants/{merchantId}/wallet': 'read',
  'get /operator/v1/merchants/{merchantId}/entries': 'read',
  'get /operator/v1/merchants/{merchantId}/entries.csv': 'read',
  'post /operator/v1/merchants/{merchantId}/funding': 'staff fund',
  'get /operator/v1/funding-requests': 'staff read',
  'post /operator/v1/funding-requests/{requestId}/approve': 'staff fund',
  'post /operator/v1/funding-requests/{requestId}/reject': 'staff fund',
  'get /operator/v1/dual-control': 'staff read',
  'put /operator/v1/dual-control': 'staff staff',
  'get /operator/v1/staff': 'staff read',
  'post /operator/v1/staff': 'staff staff',
  'put /operator/v1/staff/{personId}': 'staff staff',
  'post /operator/v1/staff/{personId}/reset': 'staff staff',
  'get /operator/v1/merchants/{merchantId}/members': 'read',
  'post /operator/v1/merchants/{merchantId}/members': 'members',
  'put /operator/v1/merchants/{merchantId}/members/{personId}': 'members',
  'post /operator/v1/merchants/{merchantId}/members/{personId}/reset': 'members',
  'get /operator/v1/audit': 'staff read',
  'get /operator/v1/audit.csv': 'staff read',
  'get /operator/v1/audit/verify': 'staff read',
  'get /operator/v1/unknown': 'staff read',
  'get /operator/v1/unknown/{id}': 'staff read',
  'post /operator/v1/unknown/{id}/push': 'staff push',
  'post /operator/v1/unknown/{id}/end': 'staff operate',
  'get /operator/v1/callbacks': 'read',
  'get /operator/v1/callbacks.csv': 'read',
  'get /operator/v1/callbacks/{id}': 'read',
  'post /operator/v1/callbacks/{id}/replay': 'push',
  'post /operator/v1/merchants/{merchantId}/callbacks/replay': 'push',
  'post /operator/v1/merchants/{merchantId}/callbacks/test': 'push',
  'post /operator/v1/merchants/{merchantId}/callbacks/enable': 'integrate',
  'post /operator/v1/merchants/{merchantId}/callbacks/verify-signature': 'read',
  'get /operator/v1/marketplaces': 'staff read',
  'get /operator/v1/marketplaces/{marketplaceId}': 'staff read',
  'post /operator/v1/marketplaces/{marketplaceId}/pause': 'staff operate',
  'post /operator/v1/marketplaces/{marketplaceId}/resume': 'staff operate',
  'put /operator/v1/marketplaces/{marketplaceId}/policy': 'staff operate',
  'get /operator/v1/freezes': 'staff read',
  'post /operator/v1/freezes': 'staff operate',
  'post /operator/v1/freezes/remove': 'staff operate',
  'get /operator/v1/verify': 'staff read',
};
const roles = [...Object.keys(staffRoles), ...Object.keys(memberRoles)] as Role[]; // the keys of two constant objects
const permissions: Readonly<Record<string, readonly Permission[]>> = { ...staffRoles, ...memberRoles };
const isStaff = (role: Role) => Object.hasOwn(staffRoles, role);
/** Of nothing that exists, so that no call changes anything. */
const NO_ID = '01990c4e-6b3a-7c55-9f0e-2f6d1c8a7b10';

let merchantId: string;
let operations: string[];
const visitors = new Map<Role, Visitor>();

beforeAll(async () => {
  merchantId = (await world().merchant()).id;
  for (const role of roles) visitors.set(role, await signedIn(role, isStaff(role) ? null : merchantId));
  const answer = await fetch(`${world().baseUrl}/operator/openapi.json`);
  const { paths } = (await answer.json()) as { paths: Record<string, Record<string, unknown>> }; // checked elsewhere
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
});

/** Calls a route with ids of nothing and an empty body: what is not refused for the role is refused for that, or finds nothing. */
async function keyOf(visitor: Visitor, operation: string, ofMerchant = merchantId): Promise<string> {
  const [method = '', path = ''] = operation.split(' ');
  const target = path.replace('{merchantId}', ofMerchant).replaceAll(/\{\w+\}/g, NO_ID);
  const body = method === 'get' || method === 'delete' ? undefined : {};
  const { body: answer } = await visitor.call(method.toUpperCase(), target, body);
  return answer.error?.key ?? 'none';
}

function mayUse(role: Role, needs: Needs): boolean {
  if (needs === 'anyone' || needs === 'own') return true;
  const ofStaff = needs.startsWith('staff ');
  const permission = needs.replace('staff ', '');
  return (isStaff(role) || !ofStaff) && (permissions[role] ?? []).some((each) => each === permission);
}

test('members of a disabled merchant can only look', async () => {
  const merchant = await world().merchant();
  const admin = await signedIn('admin', merchant.id);
  const path = `/operator/v1/merchants/${merchant.id}`;
  await admin.does('POST', `${path}/keys`, {});
  await setDisabled(world().gateway.deps, merchant.id, true);
  expect((await admin.gets(path)).disabledAt).not.toBeNull();
  expect(await admin.isRefused('POST', `${path}/keys`, {})).toBe('PERMISSION_DENIED');
  expect(await admin.isRefused('POST', `${path}/members`, {})).toBe('PERMISSION_DENIED');
});

test('every route says here what it needs', () => {
  expect(operations.toSorted()).toEqual(Object.keys(NEEDS).sort());
});

describe.each(Object.entries(NEEDS))('%s', (operation, needs) => {
  test(`is for ${needs}`, async () => {
    const key = await keyOf(stranger(), operation);
    expect(key === 'NOT_SIGNED_IN', `a stranger got ${key}`).toBe(needs !== 'anyone');
    // It would end the session that the others use.
    if (operation === 'delete /operator/v1/session') return;
    for (const role of roles) {
      const visitor = visitors.get(role);
      if (!visitor) throw new Error(`nobody is ${role}`);
      const answered = await keyOf(visitor, operation);
      expect(answered !== 'PERMISSION_DENIED', `${role} got ${answered}`).toBe(mayUse(role, needs));
      expect(answered).not.toBe('SERVER_ERROR');
    }
  });

  test.runIf(operation.includes('{merchantId}'))('is refused to members of another merchant', async () => {
    const other = await world().merchant();
    for (const role of roles.filter((each) => !isStaff(each))) {
      const visitor = visitors.get(role);
      if (visitor) expect(await keyOf(visitor, operation, other.id), role).toBe('PERMISSION_DENIED');
    }
  });
});
