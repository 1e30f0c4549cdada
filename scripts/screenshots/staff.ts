import { randomUUID } from 'node:crypto';
import type { GatewayProcess } from '../../sandbox/demo/gateway-process.ts';
import { type Merchant, Operator, signInLink } from '../../sandbox/demo/lively-week.ts';

/** People of the pictures, and what they did in the console after the week. */

/** Who looks at the screens. */
export interface Viewers {
  readonly owner: Operator;
  readonly member: Operator;
}

interface Invitation {
  readonly email: string;
  readonly name: string;
  readonly role: string;
}

interface Staff extends Viewers {
  readonly finance: Operator;
  readonly operations: Operator;
}

/** Invites staff and a member of the first merchant, and lets them work. @returns those who look at the screens */
export async function playStaff(gateway: GatewayProcess, merchants: readonly Merchant[]): Promise<Viewers> {
  const [harbour, bazaar, corner] = merchants;
  if (!harbour || !bazaar || !corner) throw new Error('the week has three merchants');
  const staff = await inviteAll(gateway, harbour);
  const { owner, finance, operations, member } = staff;
  const waits = (duration: string) => advance(gateway.baseUrl, duration);

  await owner.does('PUT', '/dual-control', { above: '1000.00', reason: 'Two people for large amounts' });
  await fund(finance, corner, '1500.00', 'invoice-80', 'Their invoice of November');
  await waits('9m');
  await approveOldest(owner);
  await waits('6m');
  await integrate(member, harbour);
  await waits('17m');
  await operations.does('POST', '/marketplaces/waxpeer/pause', { reason: 'Its prices are wrong since noon' });
  await operations.does('PUT', '/marketplaces/lis-skins/policy', { markupBps: 250 });
  await waits('11m');
  await pushOldest(operations);
  await fund(finance, harbour, '750.00', 'invoice-81', 'Their invoice of December');
  await fund(finance, bazaar, '2500.00', 'invoice-82', 'Their invoice of December');
  await waits('4m');
  await operations.does('PUT', `/merchants/${bazaar.id}`, { feeBps: 175 });
  return staff;
}

async function inviteAll({ baseUrl, dataDir }: GatewayProcess, { id }: Merchant): Promise<Staff> {
  const first = await Operator.signIn(baseUrl, await signInLink(dataDir));
  const invite = (path: string, person: Invitation) => invited(baseUrl, first, path, person);
  return {
    owner: await invite('/staff', { email: 'ann@example.com', name: 'Ann Berg', role: 'owner' }),
    finance: await invite('/staff', { email: 'ben@example.com', name: 'Ben Ortiz', role: 'finance' }),
    operations: await invite('/staff', { email: 'cleo@example.com', name: 'Cleo Marsh', role: 'operations' }),
    member: await invite(`/merchants/${id}/members`, {
      email: 'dana@harbour.example',
      name: 'Dana Lund',
      role: 'admin',
    }),
  };
}

async function invited(baseUrl: string, by: Operator, path: string, person: Invitation): Promise<Operator> {
  const { link } = await by.does('POST', path, person);
  return Operator.signIn(baseUrl, String(link), randomUUID());
}

async function fund(by: Operator, { id }: Merchant, amount: string, reference: string, reason: string): Promise<void> {
  await by.does('POST', `/merchants/${id}/funding`, { direction: 'credit', amount, reference, reason });
}

async function approveOldest(by: Operator): Promise<void> {
  await by.does('POST', `/funding-requests/${await oldestOf(by, '/funding-requests')}/approve`);
}

async function pushOldest(by: Operator): Promise<void> {
  await by.does('POST', `/unknown/${await oldestOf(by, '/unknown')}/push`);
}

async function oldestOf(by: Operator, path: string): Promise<string> {
  const { items } = await by.does('GET', path);
  const last = (items as { id: string }[]).at(-1); // the documented shape of a page
  if (!last) throw new Error(`${path} has no entry`);
  return last.id;
}

async function integrate(member: Operator, { id }: Merchant): Promise<void> {
  const path = `/merchants/${id}`;
  await member.does('POST', `${path}/keys`, { allowedIps: ['203.0.113.7'] });
  await member.does('POST', `${path}/keys`, { scopes: [] });
  await member.does('PUT', `${path}/origins`, { origins: ['https://harbour.example', 'https://app.harbour.example'] });
}

async function advance(baseUrl: string, duration: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  await fetch(`${baseUrl}/sandbox/clock`, { method: 'POST', headers, body: JSON.stringify({ advance: duration }) });
}
