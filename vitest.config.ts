import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // Two cores, and every file has a database of its own: more workers only wait for one another.
    maxWorkers: 2,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // For the many short processes that tests start: compiled once, each starts in half the time.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'skinrail-tests-compiled') },
    // Only what hangs reaches these: how fast the machine is must decide no test.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    globalSetup: ['test/support/announce-database.ts'],
  },
});
