import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SecretBox } from '../src/core/secrets.ts';
import { Child } from './child.ts';
import type { Cleanup } from './cleanup.ts';
import { type Place, POOL_MAX } from './places.ts';

export const SECRET_KEY = randomBytes(32).toString('hex');

/** With the key that the measured gateway will have, so that it can sign for merchants made here. */
export const secrets = new SecretBox(SECRET_KEY);

/** Proving the database is measured by itself; comparing it with the marketplace's books is not measured. */
const OFF = { VERIFY_EVERY_MIN: '0', RECONCILE_EVERY_MIN: '0' };

export interface RunningGateway {
  readonly child: Child;
  readonly baseUrl: string;
}

/** The gateway as an operator starts it, with its own process, all its workers and the marketplace given. */
export async function startGateway(
  place: Place,
  marketplaceUrl: string,
  nodeArgs: readonly string[],
  cleanup: Cleanup,
): Promise<RunningGateway> {
  const { child } = await Child.start(
    {
      script: '../src/main.ts',
      args: ['serve'],
      // As `npm start` does.
      nodeArgs: ['--max-semi-space-size=8', ...nodeArgs],
      env: {
        PORT: '0',
        DATA_DIR: place.dataDir,
        DATABASE_URL: place.databaseUrl,
        DATABASE_POOL_MAX: String(POOL_MAX),
        MARKETPLACE_URL: marketplaceUrl,
        SECRET_KEY,
        LOG_LEVEL: 'warn',
        ...OFF,
      },
    },
    cleanup,
  );
  // Written by the gateway before its first line.
  const file = JSON.parse(readFileSync(join(place.dataDir, 'sandbox.json'), 'utf8')) as { baseUrl: string };
  return { child, baseUrl: file.baseUrl };
}

/** The settings of a gateway outside of the sandbox. */
export function productionEnv(place: Place): Readonly<Record<string, string>> {
  return {
    SANDBOX: 'off',
    PORT: '0',
    DATA_DIR: place.dataDir,
    DATABASE_URL: place.databaseUrl,
    DATABASE_POOL_MAX: String(POOL_MAX),
    SECRET_KEY,
    LOG_LEVEL: 'error',
    ...OFF,
  };
}
