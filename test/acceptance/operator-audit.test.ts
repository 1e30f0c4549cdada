import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { usePeople } from '../support/visitor.ts';
import { useOwnWorld } from '../support/world.ts';

/** The audit trail, as one of the staff reads it. */

const world = useOwnWorld();
const { signedIn } = usePeople(world);
const AUDIT = '/operator/v1/audit';

interface Entry {
  readonly id: string;
  readonly operator: string;
  readonly command: string;
}

describe('the audit trail', () => {
  test('is read page by page, newest first, of one operator or of all', async () => {
    const [ann, bob, auditor] = [await signedIn('operations'), await signedIn('operations'), await signedIn('auditor')];
    const merchant = await world().merchant();
    const change = (feeBps: number) => ({ feeBps });
    for (const [visitor, feeBps] of [
      [ann, 1],
      [bob, 2],
      [ann, 3],
      [ann, 4],
    ] as const) {
      await visitor.does('PUT', `/operator/v1/merchants/${merchant.id}`, change(feeBps));
    }
    const ofAnn = encodeURIComponent(`staff:${ann.person.email}`);
    const all: Entry[] = [];
    for (let cursor = ''; ; ) {
      const page = await auditor.gets(`${AUDIT}?limit=2&operator=${ofAnn}${cursor}`);
      all.push(...page.items);
      if (page.nextCursor === null) break;
      expect(page.items).toHaveLength(2);
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(all.map(({ command }) => command.split(' ').at(-1))).toEqual(['--fee-bps=4', '--fee-bps=3', '--fee-bps=1']);
    const { items } = await auditor.gets(`${AUDIT}?limit=4`);
    expect(items.map((each: Entry) => each.operator)).toEqual(
      [ann, ann, bob, ann].map(({ person }) => `staff:${person.email}`),
    );
    expect(items[0]).toMatchObject({
      origin: expect.stringMatching(/^operator API from /),
      startedAt: expect.any(String),
      endedAt: expect.any(String),
      outcome: 'done',
      changes: [{ of: `merchant ${merchant.id}`, field: 'fee_bps', before: 3, after: 4 }],
    });
    expect(await auditor.gets(`${AUDIT}?operator=nobody`)).toEqual({ items: [], nextCursor: null });
    expect(await auditor.isRefused('GET', `${AUDIT}?cursor=1`)).toBe('VALIDATION_FAILED');
    expect(await auditor.isRefused('GET', `${AUDIT}?limit=1000`)).toBe('VALIDATION_FAILED');
  });

  test('says why a command has failed', async () => {
    const finance = await signedIn('finance');
    const { id } = await world().merchant({ funds: 0 });
    const debit = { direction: 'debit', amount: '5', reference: 'payout-1', reason: 'a payout' };
    await finance.isRefused('POST', `/operator/v1/merchants/${id}/funding`, debit);
    const { items } = await finance.gets(`${AUDIT}?limit=1`);
    expect(items).toMatchObject([{ outcome: 'failed: only $0.00 is available', changes: [] }]);
  });

  test('is checked by anyone on the staff: it is whole, and still has the end that was noted before', async () => {
    const auditor = await signedIn('auditor');
    const before = await auditor.gets(`${AUDIT}/verify`);
    expect(before).toMatchObject({ isWhole: true, fault: null, hasExpected: null });
    expect(before.digest).toMatch(/^[0-9a-f]{64}$/);
    const { id } = await world().merchant();
    await (await signedIn('owner')).does('PUT', `/operator/v1/merchants/${id}`, { feeBps: 9 });
    const after = await auditor.gets(`${AUDIT}/verify?expect=${before.number}:${before.digest}`);
    expect(after).toMatchObject({ isWhole: true, number: before.number + 2, hasExpected: true });
    const other = await auditor.gets(`${AUDIT}/verify?expect=${before.number}:${'0'.repeat(64)}`);
    expect(other).toMatchObject({ isWhole: false, fault: null, hasExpected: false });
    expect(await auditor.isRefused('GET', `${AUDIT}/verify?expect=12`)).toBe('VALIDATION_FAILED');
  });

  test('shows the first entry that someone has changed in the database', async () => {
    const auditor = await signedIn('auditor');
    const { db } = world().gateway.deps;
    const last = await db.selectFrom('audit_entry').selectAll().orderBy('number', 'desc').executeTakeFirstOrThrow();
    const put = (body: string) =>
      db.updateTable('audit_entry').set({ body }).where('number', '=', last.number).execute();
    // As the owner of the database can; its triggers refuse it to everyone else.
    await sql`alter table audit_entry disable trigger user`.execute(db);
    try {
      await put(last.body.replace('done', 'gone'));
      const finding = await auditor.gets(`${AUDIT}/verify`);
      expect(finding).toMatchObject({ isWhole: false, number: Number(last.number) - 1 });
      expect(finding.fault).toBe(`the text of entry ${last.number} does not match its digest`);
    } finally {
      await put(last.body);
      await sql`alter table audit_entry enable trigger user`.execute(db);
    }
  });

  test('is for staff only', async () => {
    const admin = await signedIn('admin', (await world().merchant()).id);
    expect(await admin.isRefused('GET', AUDIT)).toBe('PERMISSION_DENIED');
    expect(await admin.isRefused('GET', `${AUDIT}/verify`)).toBe('PERMISSION_DENIED');
  });
});
