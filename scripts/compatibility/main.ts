import { writeFileSync } from 'node:fs';
import { compatibilityPage } from './page.ts';

/** `npm run docs:compatibility` writes `docs/reference/compatibility.md`; a test fails when it is stale. */
writeFileSync(new URL('../../docs/reference/compatibility.md', import.meta.url), compatibilityPage());
process.stdout.write('docs/reference/compatibility.md is written\n');
