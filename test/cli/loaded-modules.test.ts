// What a start loads: the sandbox, with its simulated marketplaces and its movable clock, is for sandboxes only.
import { afterEach, expect, test } from 'vitest';
import { SECRET_KEY } from '../support/keys.ts';
import { Running, temporaryDataFolder } from './process.ts';

const folder = temporaryDataFolder();
afterEach(() => folder.remove());

/** Makes Node print the name of each module of ours that it loads. */
const PRINT_MODULES = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({
    load(url, context, next) {
      if (!url.includes('/node_modules/') && url.startsWith('file:')) console.error('loaded ' + url);
      return next(url, context);
    },
  });
`)}`;

async function modulesLoaded(sign: string, env: Record<string, string>): Promise<string[]> {
  const options = { ...env, NODE_OPTIONS: `--import ${PRINT_MODULES}` };
  const gateway = await Running.start(folder.path, ['serve'], sign, options);
  await gateway.end('SIGTERM');
  return [...gateway.printed.matchAll(/^loaded (.+)$/gm)].map(([, url = '']) => url);
}

const ofSandbox = (url: string) => url.includes('/sandbox/');

test('a production start loads nothing of the sandbox', async () => {
  const modules = await modulesLoaded('skinrail listens at', { SANDBOX: 'off', SECRET_KEY });
  expect(modules.filter((url) => url.includes('/src/')).length).toBeGreaterThan(100);
  expect(modules.filter(ofSandbox)).toEqual([]);
});

test('a sandbox loads it', async () => {
  const modules = await modulesLoaded('/sandbox/clock', {});
  expect(modules.filter(ofSandbox)).not.toEqual([]);
});
