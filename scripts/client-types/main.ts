import { writeTypes } from './types-of.ts';

/** `npm run docs:client-types` writes the types of the example's client. */
await writeTypes({
  file: new URL('../../examples/merchant/api.ts', import.meta.url),
  document: '/openapi.json',
  script: 'docs:client-types',
});
