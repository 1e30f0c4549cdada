import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { accounts } from '../support/client.ts';
import { canRun, codeUnder } from '../support/recipes.ts';
import { useWorld } from '../support/world.ts';

/** The recipes of `docs/guides/clients.md`, as they stand there: what they print opens the routes of clients. */

const world = useWorld();
const folder = mkdtempSync(join(tmpdir(), 'skinrail-tokens-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { steamId, tradeUrl } = accounts.ann;

const recipes = [
  {
    heading: 'Node',
    file: 'token.js',
    command: process.execPath,
    args: [
      '--input-type=module',
      '--eval',
      `import { clientToken } from './token.js';
       console.log(clientToken({ steamId: '${steamId}', tradeUrl: '${tradeUrl}', clientId: 'üser-7' }));`,
    ],
  },
  {
    heading: 'Python',
    file: 'token_recipe.py',
    command: 'python3',
    args: ['-c', `import token_recipe; print(token_recipe.client_token('${steamId}', '${tradeUrl}', 'üser-7'))`],
  },
];

describe.each(recipes.map((recipe) => [recipe.heading, recipe] as const))('with the recipe for %s', (_name, recipe) => {
  test.runIf(canRun(recipe))('my user withdraws with the token that my server signed', async () => {
    const merchant = await world().merchant();
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, recipe.file), codeUnder(recipe.heading, 'guides/clients.md'));
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, API_SECRET: merchant.apiSecret, MERCHANT_ID: merchant.id };
    const { stdout } = await promisify(execFile)(recipe.command, recipe.args, { cwd: folder, env });
    const headers = { authorization: `Bearer ${stdout.trim()}` };
    const listing = world().testListing('never-ships');
    const body = { items: [{ itemId: listing.id, price: listing.price }] };
    const answer = await world().call('POST', '/client/trading/withdraw', { headers, body });
    expect(answer.body.data).toMatchObject({ clientTradeUrl: tradeUrl, externalClientUserId: 'üser-7' });
  });
});
