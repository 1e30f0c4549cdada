import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** Answers that the documents show have the messages that the gateway gives today. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const textsOf = (pattern: string) =>
  globSync(pattern, { cwd: ROOT }).map((path) => ({ path, text: readFileSync(`${ROOT}/${path}`, 'utf8') }));

/** The program's sources, with texts that are written over several lines put together. */
const sources = textsOf('src/**/*.ts')
  .map(({ text }) => text.replaceAll(/' \+\n\s*'/g, ''))
  .join('\n');

const shown = [...textsOf('*.md'), ...textsOf('docs/**/*.md')].flatMap(({ path, text }) =>
  [...text.matchAll(/"message": ?"([^"…]+)"/g)].map(([, message = '']) => ({ path, message })),
);

test('the documents show messages', () => {
  expect(shown.length).toBeGreaterThan(3);
});

test.each(shown)('$path shows "$message" as the gateway says it', ({ message }) => {
  expect(sources.includes(message)).toBe(true);
});
