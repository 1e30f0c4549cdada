import { findPackageJSON } from 'node:module';
import { dirname } from 'node:path';

const MANIFEST = findPackageJSON(import.meta.url);
if (!MANIFEST) throw new Error('package.json of skinrail was not found; reinstall the package');

/** The path of this program's `package.json`, in a checkout and in an installed package. */
export const manifestPath: string = MANIFEST;

/** The folder with `package.json`, `migrations/` and `docs/`. */
export const packageRoot: string = dirname(MANIFEST);
