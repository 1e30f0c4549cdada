// npm runs this after `npm ci` in a checkout and before it packs: it builds the web console. Plain JavaScript, because an
// older Node than the one that runs the gateway can run npm.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The programs that build it are development dependencies. @returns null where they are not installed */
function findTools() {
  const { resolve } = createRequire(new URL('../console/package.json', import.meta.url));
  try {
    resolve('@vitejs/plugin-react');
    return { node: resolve('node/bin/node'), vite: join(dirname(resolve('vite/package.json')), 'bin/vite.js') };
  } catch {
    return null;
  }
}

const tools = findTools();
if (tools) {
  // What `npm pack --json` prints must stay JSON, so the build prints to the error output.
  const { status } = spawnSync(tools.node, [tools.vite, 'build', 'console', '--logLevel', 'warn'], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
  });
  process.exitCode = status ?? 1;
} else {
  process.stderr.write(
    'The web console was not built: development dependencies are missing. Build it with npm run console:build.\n',
  );
}
