// Each deliberate fault still fits the program: its texts are there, once each, and what comes of them can be run.
import { existsSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mutations } from '../../scripts/mutants/catalogue.ts';
import { mutate } from '../../scripts/mutants/mutation.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

test('every fault has a name of its own', () => {
  expect(new Set(mutations.map((mutation) => mutation.name)).size).toBe(mutations.length);
});

describe.each(mutations.map((mutation) => [mutation.name, mutation] as const))('%s', (_name, { edits, tests }) => {
  test('can be applied to the program as it is now', () => {
    const files = new Map(edits.map(({ file }) => [file, read(file)]));
    for (const edit of edits) files.set(edit.file, mutate(files.get(edit.file) ?? '', edit));
    for (const [file, mutated] of files) {
      expect(mutated).not.toBe(read(file));
      if (file.endsWith('.ts')) expect(() => stripTypeScriptTypes(mutated)).not.toThrow();
    }
  });

  test('names test files that exist', () => {
    for (const file of tests) expect(existsSync(join(ROOT, file))).toBe(true);
  });
});

test('a text that is missing, or there twice, is an error and not a silent miss', () => {
  const edit = { file: 'a.ts', find: 'x = 1', replace: 'x = 2' };
  expect(mutate('let x = 1;', edit)).toBe('let x = 2;');
  expect(() => mutate('let y = 1;', edit)).toThrow('0 times');
  expect(() => mutate('x = 1; x = 1;', edit)).toThrow('2 times');
});
