import { readFileSync } from 'node:fs';
import { manifestPath } from './package-root.ts';

/** The version of this program, from its `package.json`. */
export function programVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(manifestPath, 'utf8'));
  return typeof manifest === 'object' && manifest !== null ? String(Reflect.get(manifest, 'version')) : '';
}
