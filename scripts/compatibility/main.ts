import { writeFileSync } from 'node:fs';
import { compatibilityPage } from './page.ts';

/** `npm run docs:compatibility` writes `docs/compatibility.md`; a test fails when it is stale. */
writeFileSync(new URL('../../docs/compatibility.md', import.meta.url), compatibilityPage());
process.stdout.write('docs/compatibility.md is written\n');
