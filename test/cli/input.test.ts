// What an operator mistypes is refused in one line, and before any database is opened.
import { expect, test } from 'vitest';
import { CollectedOutput } from '../../src/cli/output.ts';
import { runInGateway } from '../../src/cli/program.ts';

const ID = '01990c4e-6b3a-7c55-9f0e-2f6d1c8a7b10';
const opened = 'the database was opened';

/** Runs a command as a gateway would, but with a database that must not be asked for. */
async function run(args: string[]) {
  const session = () => Promise.reject(new Error(opened));
  const output = new CollectedOutput();
  return output.with(await runInGateway(args, session, output));
}

test.each<[title: string, args: string[], text: RegExp]>([
  ['an unknown flag', ['merchant', 'list', '--jsn'], /unknown option '--jsn' \(Did you mean --json\?\)/],
  ['an unknown command of a group', ['wallet', 'empty'], /unknown command 'empty'/],
  ['a missing argument', ['key', 'create'], /missing required argument 'merchant'/],
  ['an argument too many', ['merchant', 'show', ID, ID], /too many arguments/],
  ['a flag without its value', ['key', 'create', ID, '--ip'], /argument missing/],
  ['an id that is none', ['unknown', 'show', "x'; drop table item"], /"x'; drop table item" is not a purchase or/],
  ['a merchant without a name', ['merchant', 'show', ' '], /give a merchant’s id or its name/],
  ['a key id that is none', ['key', 'revoke', 'ap_1'], /"ap_1" is not a key id/],
  ['a third decimal', ['wallet', 'credit', ID, '1.001'], /"1\.001" is not an amount/],
  ['nothing at all', ['wallet', 'credit', ID, '0.00'], /more than 0/],
  ['less than nothing', ['wallet', 'credit', ID, '-5'], /"-5" is not an amount/],
  ['words for an amount', ['wallet', 'debit', ID, '1e3'], /"1e3" is not an amount/],
  ['a thousands separator', ['wallet', 'debit', ID, '1,000'], /"1,000" is not an amount/],
  ['an empty reference', ['wallet', 'credit', ID, '1', '--reference', ''], /--reference must have 1 to 128/],
  ['a fee that is none', ['merchant', 'create', 'Shop', '--fee-bps', '1.5'], /--fee-bps must be a whole number/],
  [
    'a status that is none',
    ['trade', 'list', '--status', 'lost'],
    /unknown status lost; valid statuses are initiated, /,
  ],
  ['a page that is too long', ['trade', 'list', '--limit', '1001'], /--limit must be a whole number from 1 to 1000/],
  ['a limit that is none', ['merchant', 'limit', ID, 'buy', 'many'], /a limit must be a whole number/],
  ['a callback id that is none', ['callback', 'replay', 'all'], /"all" is not a callback id/],
  [
    'a callback’s state that is none',
    ['callback', 'list', '--state', 'lost'],
    /unknown state lost; valid states are pending, /,
  ],
  ['a time that is none', ['callback', 'list', '--from', '5'], /--from must be a time, such as 2026-/],
  ['a time without a zone', ['callback', 'list', '--to', '2026-07-31T12:00'], /--to must be a time, such as 2026-/],
  [
    'a range that ends before it begins',
    ['callback', 'replay-failed', '--merchant', ID, '--from', '2026-07-31', '--to', '2026-07-30T12:00:00Z'],
    /--to must be after --from/,
  ],
  ['a range without a beginning', ['callback', 'replay-failed', '--merchant', ID], /required option '--from <time>'/],
  ['a log of nobody', ['callback', 'events'], /required option '--merchant <merchant>'/],
  [
    'a place in a log that is none',
    ['callback', 'events', '--merchant', ID, '--after', '7'],
    /--after: is not a cursor/,
  ],
  ['a port that is none', ['marketplace', '--port', 'http'], /--port must be a number from 0 to 65535/],
])('%s', async (_title, args, text) => {
  const said = await run(args);
  expect(said.stderr).toMatch(text);
  expect(said.stderr).toMatch(/^skinrail: [^\n]+\n$/);
  expect(said).toMatchObject({ exitCode: 1, stdout: '' });
});

test('a command without a mistake goes on to the database', async () => {
  expect((await run(['wallet', 'credit', ID, '1.10'])).stderr).toBe(`skinrail: ${opened}\n`);
});

test('commands that are processes of their own do not run inside a gateway', async () => {
  for (const command of ['serve', 'marketplace']) {
    expect((await run([command])).stderr).toBe(`skinrail: ${command} does not run inside a gateway\n`);
  }
});

test.each([
  ['serve', '--port 8080'],
  ['migrate', '--database-url'],
  ['verify', 'verify ||'],
  ['marketplace', '--file :memory:'],
  ['merchant create', '--fee-bps 150'],
  ['merchant show', ID],
  ['merchant limit', 'item-cancel 600'],
  ['key create', '--ip 203.0.113.7'],
  ['key list', 'key list "Skin Shop"'],
  ['key roll', '--overlap 24h'],
  ['merchant fee', 'merchant fee "Skin Shop" 150'],
  ['key revoke', ID],
  ['wallet credit', '250.00 --reference invoice-81'],
  ['wallet debit', '99.50'],
  ['trade list', '--status pending'],
  ['trade show', 'order-1042'],
])('the help of %s has an example', async (command, example) => {
  const { stdout, stderr, exitCode } = await run([...command.split(' '), '--help']);
  expect(stdout).toContain(`Example:\n  $ skinrail ${command}`);
  expect(stdout).toContain(example);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
});
