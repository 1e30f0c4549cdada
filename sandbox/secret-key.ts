import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

function pathIn(dataDir: string): string {
  return join(dataDir, 'secret.key');
}

/** The sandbox makes a key of its own, once, so that a newcomer has to set nothing. */
export function sandboxSecretKey(dataDir: string): string {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(pathIn(dataDir), randomBytes(32).toString('hex'), { flag: 'wx', mode: 0o600 });
  } catch {
    // It is there already; should it not be readable, the next line says so.
  }
  return readFileSync(pathIn(dataDir), 'utf8').trim();
}

export function hasSandboxSecretKey(dataDir: string): boolean {
  return existsSync(pathIn(dataDir));
}
