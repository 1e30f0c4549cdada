import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { RecordedCommand } from '../../src/operators/commands.ts';
import { useOperatorCommands } from '../support/operator-commands.ts';
import { useOwnWorld } from '../support/world.ts';

/** The audit trail: what an operator did, what it changed, and whether the record of it is whole. */

const world = useOwnWorld();

const { run, json: jsonOf } = useOperatorCommands(world);
const json = (...args: string[]) => jsonOf(args);

async function newest(): Promise<RecordedCommand> {
  const [command] = await json('audit', '--limit', '1');
  return command;
}

describe('a command that changes something', () => {
  test('is in the trail with who ran it, from where, and each value before and after', async () => {
    const merchant = await world().merchant({ feeBps: 150 });
    await run(['merchant', 'fee', merchant.id, '275']);
    expect(await newest()).toMatchObject({
      operator: 'operator:alice',
      origin: expect.stringMatching(/^command line on \S+ as \S+$/),
      command: `merchant fee ${merchant.id} 275`,
      outcome: 'done',
      changes: [{ of: `merchant ${merchant.id}`, field: 'fee_bps', before: 150, after: 275 }],
    });
    const { stdout } = await run(['audit', '--changes', '--limit', '1']);
    expect(stdout).toMatch(/^\S+Z {2}operator:alice {2}command line on \S+ as \S+ {2}done {2}merchant fee /);
    expect(stdout).toMatch(/^ {2}merchant \S+ {2}fee_bps {2}150 {2}→ {2}275$/m);
  });

  test('shows what a wallet had before and after a credit', async () => {
    const merchant = await world().merchant({ funds: 10 });
    await run(['wallet', 'credit', merchant.id, '2.50', '--reference', 'audit-1']);
    expect((await newest()).changes).toContainEqual({
      of: `merchant ${merchant.id}`,
      field: 'wallet available_mills',
      before: '10000',
      after: '12500',
    });
  });

  test('shows that a secret was replaced, and nothing of it', async () => {
    const merchant = await world().merchant();
    const { apiSecret } = await json('merchant', 'rotate-secret', merchant.id);
    const { changes } = await newest();
    const change = changes.find(({ field }) => field === 'api_secret_sealed');
    const mark = /^secret #[0-9a-f]{8}$/;
    expect(change).toMatchObject({ before: expect.stringMatching(mark), after: expect.stringMatching(mark) });
    expect(change?.before).not.toBe(change?.after);
    const entries = await world().gateway.deps.db.selectFrom('audit_entry').select('body').execute();
    expect(apiSecret).toEqual(expect.any(String));
    expect(entries.filter(({ body }) => body.includes(apiSecret))).toEqual([]);
  });

  test('that makes a merchant or a key shows what there is now', async () => {
    const { id } = await json('merchant', 'create', 'Audited Shop', '--fee-bps', '20');
    expect((await newest()).changes).toContainEqual({
      of: `merchant ${id}`,
      field: 'fee_bps',
      before: null,
      after: 20,
    });
    const key = await json('key', 'create', id, '--scope', 'CORE_ACCESS');
    expect((await newest()).changes).toContainEqual({
      of: `merchant ${id}`,
      field: `key ${key.id} scopes`,
      before: null,
      after: ['CORE_ACCESS'],
    });
    await run(['key', 'revoke', key.id]);
    expect((await newest()).changes).toMatchObject([{ field: `key ${key.id} revoked_at`, before: null }]);
  });

  test('does not show who logs in at a URL, or what it asks for', async () => {
    const merchant = await world().merchant();
    await run([
      'merchant',
      'callback-url',
      merchant.id,
      'https://me:secret@word@shop.example/cb?token=hidden',
      '--untested',
    ]);
    const { command } = await newest();
    expect(command).toBe(`merchant callback-url ${merchant.id} "https://-@shop.example/cb?-" --untested`);
    const entries = await world().gateway.deps.db.selectFrom('audit_entry').select('body').execute();
    expect(entries.filter(({ body }) => /hidden|secret@|word@/.test(body))).toEqual([]);
  });

  test('is recorded for an operator with half of a character in the name, and the trail stays whole', async () => {
    const merchant = await world().merchant();
    await run(['merchant', 'verify', merchant.id], 'operator:\ud83d');
    expect((await newest()).operator).toBe('operator:\ufffd');
    expect(await json('audit', 'verify')).toMatchObject({ isWhole: true });
  });

  test('is in the trail with its error when it fails', async () => {
    const merchant = await world().merchant();
    await run(['merchant', 'callback-url', merchant.id, 'http://127.0.0.1:1/callbacks']);
    expect(await newest()).toMatchObject({ outcome: expect.stringMatching(/^failed: /), changes: [] });
  });

  test('that only reads is not in the trail', async () => {
    await run(['freeze', 'all', '--reason', 'the last one']);
    await run(['freeze', 'list']);
    expect((await newest()).command).toBe('freeze all --reason "the last one"');
    await run(['unfreeze', 'all']);
    expect((await newest()).changes).toEqual([{ of: 'freezes', field: 'all', before: 'the last one', after: null }]);
  });
});

describe('audit verify', () => {
  const db = () => world().gateway.deps.db;

  async function rehearses(): Promise<void> {
    await run(['freeze', 'all', '--reason', 'a rehearsal']);
    await run(['unfreeze', 'all']);
  }

  test('finds nothing in a trail that nobody has touched, and prints where it ends', async () => {
    await rehearses();
    const { end, isWhole } = await json('audit', 'verify');
    expect(isWhole).toBe(true);
    expect((await run(['audit', 'verify'])).stdout).toBe(`the trail is whole; it ends with ${end}\n`);
    await rehearses();
    expect(await json('audit', 'verify', '--expect', end)).toMatchObject({ isWhole: true, hasExpected: true });
  });

  test('finds nothing when operators work at the same time', async () => {
    const merchants = await Promise.all(Array.from({ length: 8 }, () => world().merchant()));
    const said = await Promise.all(
      merchants.map(({ id }, nth) => run(['merchant', 'fee', id, String(nth)], `operator:nr ${nth}`)),
    );
    expect(said.map(({ exitCode }) => exitCode)).toEqual(merchants.map(() => 0));
    expect(await json('audit', 'verify')).toMatchObject({ isWhole: true });
  });

  test('an entry cannot be changed or deleted', async () => {
    await rehearses();
    const never = /entries of the audit trail are never changed/;
    await expect(db().updateTable('audit_entry').set({ actor: 'nobody' }).execute()).rejects.toThrow(never);
    await expect(db().deleteFrom('audit_entry').execute()).rejects.toThrow(never);
    await expect(sql`truncate audit_entry`.execute(db())).rejects.toThrow(never);
  });

  // By somebody who owns the database, and can switch off what forbids it.
  test.each<[what: string, statements: string[], fault: RegExp]>([
    [
      'changed',
      [`update audit_entry set body = replace(body, 'alice', 'bob') where number = 3`],
      /^the text of entry 3 does not match/,
    ],
    [
      'given to another operator',
      [`update audit_entry set actor = 'operator:bob' where number = 3`],
      /^the columns of/,
    ],
    ['removed', ['delete from audit_entry where number = 2'], /^entry 2 is missing$/],
    [
      'put in between',
      [
        'update audit_entry set number = -number where number > 2',
        'update audit_entry set number = 1 - number where number < 0',
        `insert into audit_entry select 3, body, digest, command_id, event, actor, at from audit_entry where number = 2`,
      ],
      /^the text of entry 3 does not match/,
    ],
    ['cut off at the end', ['delete from audit_entry where number > 4'], /^the entries after 4 are missing$/],
  ])('finds an entry that was %s', async (_, statements, fault) => {
    await rehearses();
    await asOwner(statements, async () => {
      const said = await run(['audit', 'verify', '--json']);
      expect(said.exitCode).toBe(1);
      expect(JSON.parse(said.stdout)).toMatchObject({ isWhole: false, fault: expect.stringMatching(fault) });
      expect((await run(['audit', 'verify'])).stdout).toMatch(/^BROKEN after \d+:[0-9a-f]{64}\n/);
    });
  });

  test('finds a trail that was made anew, by an end that was noted before', async () => {
    await rehearses();
    const { end } = await json('audit', 'verify');
    const anew = [
      'delete from audit_entry where number > 2',
      'update audit_head set (number, digest) = (select number, digest from audit_entry where number = 2)',
    ];
    await asOwner(anew, async () => {
      expect(await json('audit', 'verify')).toMatchObject({ isWhole: true });
      const said = await run(['audit', 'verify', '--expect', end]);
      expect(said).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/^REPLACED: /) });
    });
  });

  test('says how an end looks when it is given something else', async () => {
    const said = await run(['audit', 'verify', '--expect', '12']);
    expect(said).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/must be an end that skinrail audit verify/),
    });
  });

  /** Changes the trail, looks, and puts everything back. */
  async function asOwner(statements: readonly string[], look: () => Promise<void>): Promise<void> {
    const execute = (text: string) => sql.raw(text).execute(db());
    await execute('create table kept_entry as select * from audit_entry');
    await execute('create table kept_head as select * from audit_head');
    await execute('alter table audit_entry disable trigger user');
    try {
      await execute('alter table audit_entry drop constraint audit_entry_number_check');
      for (const statement of statements) await execute(statement);
      await look();
    } finally {
      await execute('delete from audit_entry');
      await execute('insert into audit_entry select * from kept_entry');
      await execute('update audit_head set (number, digest) = (select number, digest from kept_head)');
      await execute('alter table audit_entry add constraint audit_entry_number_check check (number > 0)');
      await execute('alter table audit_entry enable trigger user');
      await execute('drop table kept_entry, kept_head');
    }
  }
});
