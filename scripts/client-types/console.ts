import { writeTypes } from './types-of.ts';

/** `npm run console:types` writes the types of the web console's client. */
await writeTypes({
  file: new URL('../../console/src/api/schema.d.ts', import.meta.url),
  document: '/operator/openapi.json',
  script: 'console:types',
});
await writeTypes({
  file: new URL('../../console/src/api/sandbox.d.ts', import.meta.url),
  document: '/openapi.json',
  below: '/sandbox/',
  script: 'console:types',
});
