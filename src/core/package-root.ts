import { findPackageJSON } from 'node:module';
import { dirname } from 'node:path';

const MANIFEST = findPackageJSON(import.meta.url);
if (!MANIFEST) throw new Error('package.json of skinrail was not found; install the package again');

/** The `package.json` of this program, in a checkout and in an installed package alike. */
export const manifestPath: string = MANIFEST;

/** The folder that holds `package.json`, `migrations/` and `docs/`. */
export const packageRoot: string = dirname(MANIFEST);
