import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** The files that editors and the hosting service read follow what the repository says elsewhere. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(`${ROOT}/${path}`, 'utf8');
const manifest = JSON.parse(read('package.json'));
const workflow = read('.github/workflows/ci.yml');

const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = '']) => found);

test('the workflow names only scripts that exist', () => {
  const named = all(workflow, /npm (?:run (?:--silent )?)?([a-z][a-z:-]*)/g);
  const ofNpmItself = ['ci', 'init', 'install', 'pack'];
  const scripts = named.filter((name) => !ofNpmItself.includes(name));
  expect(scripts).toContain('test');
  expect(scripts).toContain('lint');
  expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(scripts));
});

test('the checks that a change must pass name only scripts that exist', () => {
  const named = all(read('.github/pull_request_template.md'), /`npm (?:run )?([a-z:-]+)/g);
  expect(named).toContain('test');
  expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(named));
});

test('a release runs only scripts that exist', () => {
  const [list = ''] = all(read('scripts/release.ts'), /^const CHECKS = \[(.+)\];$/gm);
  const checks = all(list, /'([a-z:-]+)'/g);
  expect(checks).toContain('build');
  expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(checks));
});

test('the workflow tests each PostgreSQL from the oldest that the documents name', () => {
  const documents = ['README.md', ...globSync('docs/**/*.md', { cwd: ROOT })].map(read).join('\n');
  const oldest = new Set(all(documents, /PostgreSQL (\d+) or newer/g).map(Number));
  const [tested = []] = all(workflow, /postgres: \[(\d+(?:, \d+)+)\]/g).map((list) => list.split(', ').map(Number));
  expect([...oldest]).toEqual([tested[0]]);
  expect(tested).toEqual(tested.map((_, after) => Number(tested[0]) + after));
  const reported = all(read('.github/ISSUE_TEMPLATE/bug.yml'), /- PostgreSQL (\d+)/g).map(Number);
  expect(reported).toEqual(tested);
});

test('the workflow uses actions by their commit, with the version beside it', () => {
  const used = all(workflow, /uses: (.+)/g);
  expect(used.length).toBeGreaterThan(0);
  for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test('no job of the workflow may write to the repository, or run without an end', () => {
  const [head = '', jobs = ''] = workflow.split('\njobs:\n');
  expect(head).toContain('\npermissions:\n  contents: read\n');
  expect(jobs).not.toContain('permissions:');
  const ends = all(jobs, /^ {4}timeout-minutes: (\d+)$/gm);
  expect(ends).toHaveLength(all(jobs, /^ {2}([a-z]+):$/gm).length);
});

test('one Node is named everywhere', () => {
  const major = read('.nvmrc').trim();
  expect(manifest.engines.node).toBe(`>=${major}`);
  expect(manifest.devDependencies.node).toMatch(new RegExp(`^${major}\\.`));
  expect(manifest.devDependencies['@types/node']).toMatch(new RegExp(`^${major}\\.`));
});

test('editors use the settings of the formatter', () => {
  const { formatter } = JSON.parse(read('biome.json'));
  const editor = Object.fromEntries(
    read('.editorconfig')
      .split('\n')
      .filter((line) => line.includes(' = '))
      .map((line) => line.split(' = ')),
  );
  expect(editor).toMatchObject({
    indent_style: formatter.indentStyle,
    indent_size: String(formatter.indentWidth),
    max_line_length: String(formatter.lineWidth),
    end_of_line: formatter.lineEnding ?? 'lf',
  });
});

test('each file that reviews fold as generated exists', () => {
  const patterns = all(read('.gitattributes'), /^\/(\S+) linguist-generated$/gm);
  expect(patterns.length).toBeGreaterThan(0);
  for (const pattern of patterns) expect(globSync(pattern, { cwd: ROOT }), pattern).not.toEqual([]);
});
