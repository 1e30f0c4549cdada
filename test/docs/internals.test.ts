import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mutations } from '../../scripts/mutants/catalogue.ts';
import { page } from './tables.ts';

/** What the documents for contributors name of the program: files, scripts, libraries, numbers of faults. */

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const manifest = JSON.parse(read('package.json'));
const pages = ['*.md', 'docs/**/*.md', 'examples/**/*.md'].flatMap((pattern) => globSync(pattern, { cwd: ROOT }));
const without = (text: string, pattern: RegExp) => text.replaceAll(pattern, '');

const PATHS = /`((?:src|test|scripts|sandbox|docs|bench|webhooks|migrations|examples)\/[\w./-]+)`/g;

/** Files that a page names as code, from the repository's root. */
function filesIn(text: string): string[] {
  return [...without(text, /^ *```[\s\S]*?^ *```/gm).matchAll(PATHS)].map(([, path = '']) => path);
}

function scriptsIn(text: string): string[] {
  const named = [...text.matchAll(/npm run (?:--silent )?([a-z][a-z:-]*)/g)];
  return named.map(([, name = '']) => name);
}

describe.each(pages.filter((name) => !name.includes('node_modules')))('%s', (name) => {
  test('names only files that exist', () => {
    expect(filesIn(read(name)).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test('names only npm scripts that exist', () => {
    expect(scriptsIn(read(name)).filter((script) => !(script in manifest.scripts))).toEqual([]);
  });
});

test('a file and a script that do not exist would be found', () => {
  expect(filesIn('see `src/none.ts` and `test/docs`')).toEqual(['src/none.ts', 'test/docs']);
  expect(scriptsIn('`npm run --silent none:such -- x`')).toEqual(['none:such']);
});

test('contributors are told what each library is for', () => {
  const [, libraries = ''] = page('internals/architecture.md').split('\n## Libraries\n');
  const all = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
  const untold = all.filter((name) => !name.startsWith('@types/') && !libraries.includes(name));
  expect(untold).toEqual([]);
});

test('there are as many faults to put in on purpose as the guarantees say', () => {
  expect(page('internals/guarantees.md')).toContain('more than a hundred faults');
  expect(mutations.length).toBeGreaterThan(100);
});
