// The key of an account goes from standard input to the gateway, and into no list of processes.
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { listenForOperator } from '../../src/cli/operator-socket.ts';
import { loadConfig } from '../../src/config/config.ts';
import { openSettings, requireAccount } from '../../src/supplier-accounts/operations.ts';
import { kindAt } from '../support/supplier-kind.ts';
import { useWorld } from '../support/world.ts';
import { skinrail, temporaryFolder } from './process.ts';

const world = useWorld();
const log = pino({ level: 'silent' });
const folder = temporaryFolder();
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  folder.remove();
});

/** A process of its own that sends its command to a gateway with this kind, which this process stands for. */
async function operatorAt() {
  const { deps } = world().gateway;
  const socket = await listenForOperator(loadConfig({ DATA_DIR: folder.path }), log);
  socket?.attach({ deps: { ...deps, supplierKinds: [kindAt('http://127.0.0.1:1')] }, applied: [] });
  ends.push(async () => {
    await socket?.close();
    socket?.release();
    await deps.db.deleteFrom('supplier_account').execute();
  });
  return (args: string[], input: string) => skinrail(folder.path, args, {}, input);
}

test('I pipe a key into the command, and it is stored with the account', async () => {
  const run = await operatorAt();
  const added = await run(['supplier', 'add', 'test-market', '--set', 'apiKey=-'], 'a-key-of-mine\n');
  expect(added).toMatchObject({ code: 0, stderr: '' });
  expect(added.stdout).not.toContain('a-key-of-mine');
  const { deps } = world().gateway;
  expect(openSettings(deps, await requireAccount(deps, 'test-market'))).toEqual({ apiKey: 'a-key-of-mine' });
});

test('I am told when nothing was piped into it', async () => {
  const run = await operatorAt();
  const said = await run(['supplier', 'add', 'test-market', '--set', 'apiKey=-'], '');
  expect(said).toMatchObject({
    code: 1,
    stderr: 'skinrail: standard input has no line for apiKey; give one line for each of apiKey\n',
  });
});
