import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

function pathIn(dataDir: string): string {
  return join(dataDir, 'secret.key');
}

/** Creates a key once, so that the sandbox needs no settings. */
export function sandboxSecretKey(dataDir: string): string {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(pathIn(dataDir), randomBytes(32).toString('hex'), { flag: 'wx', mode: 0o600 });
  } catch {
    // The file exists already; if it is not readable, the next line throws.
  }
  return readFileSync(pathIn(dataDir), 'utf8').trim();
}

export function hasSandboxSecretKey(dataDir: string): boolean {
  return existsSync(pathIn(dataDir));
}
