// `npm run release` on real git repositories that are made for it.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../scripts/release.ts', import.meta.url));
const CHANGELOG = `# Changelog

## Unreleased

Operators: run \`skinrail migrate\`.

### For merchants

- A route for this.

## 0.1.0 - 2026-01-31

- The first version.
`;
const FILES = ['CHANGELOG.md', 'package.json', 'package-lock.json'];

const folder = mkdtempSync(join(tmpdir(), 'skinrail-release-'));
const template = join(folder, 'template');
const root = join(folder, 'checkout');
const identity = { name: 'Maintainer', email: 'maintainer@example.org' };
const env = {
  PATH: process.env['PATH'],
  HOME: folder,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: identity.name,
  GIT_AUTHOR_EMAIL: identity.email,
  GIT_COMMITTER_NAME: identity.name,
  GIT_COMMITTER_EMAIL: identity.email,
};

beforeAll(() => {
  execFileSync('git', ['init', '--quiet', '--initial-branch', 'main', template], { env });
  // Each check leaves a trace, and fails while there is a file `.git/fails`.
  const trace = (name: string) => `printf '${name} ' >> .git/ran && test ! -e .git/fails`;
  const scripts = Object.fromEntries(
    ['build', 'console:build', 'lint', 'types', 'db:check'].map((name) => [name, trace(name)]),
  );
  const manifest = { name: 'skinrail', version: '0.1.0', private: true, scripts };
  const lock = { name: 'skinrail', version: '0.1.0', packages: { '': { name: 'skinrail', version: '0.1.0' } } };
  write('package.json', `${JSON.stringify(manifest, null, 2)}\n`, template);
  write('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`, template);
  write('CHANGELOG.md', CHANGELOG, template);
  commit('a first version', template);
  git(['tag', 'v0.1.0'], template);
});
beforeEach(() => {
  rmSync(root, { recursive: true, force: true });
  cpSync(template, root, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(file: string, text: string, at = root): void {
  writeFileSync(join(at, file), text);
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function git(args: readonly string[], cwd = root): string {
  return execFileSync('git', args, { cwd, env, encoding: 'utf8' }).trimEnd();
}

function commit(message: string, at = root): void {
  git(['add', '--all'], at);
  git(['commit', '--quiet', '--message', message], at);
}

function withChangelog(text: string): void {
  write('CHANGELOG.md', text);
  commit('another changelog');
}

/** Commits, tags and changed files. */
function state(): string {
  return `${git(['for-each-ref'])}\n${git(['status', '--porcelain'])}`;
}

function release(...args: string[]) {
  const before = state();
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr, before, after: state() };
}

/** The release does not happen, nothing has changed, and the maintainer reads why. */
function expectRefused(args: readonly string[], why: string): void {
  const { code, stderr, before, after } = release(...args);
  expect(stderr).toContain(`release: ${why}`);
  expect(code).toBe(1);
  expect(after).toBe(before);
}

test('a release moves what was unreleased under its version and date, and commits and tags it', () => {
  const day = new Date().toISOString().slice(0, 10);
  const { code, stdout, stderr } = release('0.2.0');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [, date = ''] = /^## 0\.2\.0 - (.+)$/m.exec(read('CHANGELOG.md')) ?? [];
  expect([day, new Date().toISOString().slice(0, 10)]).toContain(date);
  expect(read('CHANGELOG.md')).toBe(CHANGELOG.replace('## Unreleased\n', `## Unreleased\n\n## 0.2.0 - ${date}\n`));
  expect(JSON.parse(read('package.json'))).toMatchObject({ name: 'skinrail', version: '0.2.0' });
  expect(JSON.parse(read('package-lock.json'))).toMatchObject({
    version: '0.2.0',
    packages: { '': { version: '0.2.0' } },
  });
  expect(read('.git/ran')).toBe('build console:build lint types db:check ');
  expect(git(['status', '--porcelain'])).toBe('');
  expect(git(['log', '--format=%s', '-1'])).toBe('release: version 0.2.0');
  expect(git(['diff', '--name-only', 'HEAD~1']).split('\n').toSorted()).toEqual(FILES.toSorted());
  expect(git(['rev-parse', 'v0.2.0^{commit}'])).toBe(git(['rev-parse', 'HEAD']));
  expect(git(['cat-file', '-t', 'v0.2.0'])).toBe('tag');
  expect(stdout).toContain('git push origin main v0.2.0');
});

test('the next release starts from an empty list of changes', () => {
  expect(release('0.2.0').code).toBe(0);
  expectRefused(['0.3.0'], 'CHANGELOG.md has no entry under "Unreleased"');
});

test('the first release may have the version that package.json has already', () => {
  git(['tag', '--delete', 'v0.1.0']);
  withChangelog('# Changelog\n\n## Unreleased\n\n- The first version.\n');
  expect(release('0.1.0').code).toBe(0);
  expect(git(['tag'])).toBe('v0.1.0');
});

test('a dry run says what would be done, and does nothing', () => {
  const { code, stdout, before, after } = release('0.2.0', '--dry-run');
  expect(code).toBe(0);
  expect(stdout).toContain('replace version 0.1.0 with 0.2.0');
  expect(stdout).toContain('tag it v0.2.0');
  expect(after).toBe(before);
  expect(read('CHANGELOG.md')).toBe(CHANGELOG);
});

test('a check that fails leaves the repository as it was', () => {
  write('.git/fails', '');
  expectRefused(['0.2.0'], 'npm run build failed');
  expect(read('.git/ran')).toBe('build ');
});

describe('a release is refused', () => {
  test('without a version, or with one that is not three numbers', () => {
    expectRefused([], 'name one version');
    expectRefused(['0.2.0', '0.3.0'], 'name one version');
    for (const version of ['0.2', 'v0.2.0', '0.2.0-rc.1']) {
      expectRefused([version], `${version} is not a version of three numbers`);
    }
    expectRefused(['0.2.0', '--push'], "Unknown option '--push'");
  });

  test('with a version that is not greater than the last', () => {
    expectRefused(['0.1.0'], 'the tag v0.1.0 exists');
    expectRefused(['0.0.9'], '0.0.9 is not greater than 0.1.0');
    write('package.json', read('package.json').replace('0.1.0', '0.10.0'));
    commit('another version');
    expectRefused(['0.9.0'], '0.9.0 is not greater than 0.10.0');
  });

  test('with a tag or a section of that version', () => {
    git(['tag', 'v0.2.0']);
    expectRefused(['0.2.0'], 'the tag v0.2.0 exists');
    withChangelog(`${CHANGELOG}\n## 0.3.0 - 2026-02-28\n\n- What was forgotten.\n`);
    expectRefused(['0.3.0'], 'CHANGELOG.md already has a section for 0.3.0');
  });

  test('on another branch than main', () => {
    git(['switch', '--quiet', '--create', 'feature']);
    expectRefused(['0.2.0'], 'the branch is feature; check out main');
  });

  test('while the working tree has changes', () => {
    write('notes.txt', 'not committed');
    expectRefused(['0.2.0'], 'the working tree has changes; commit or remove them:\n?? notes.txt');
  });

  test('while nothing is listed as changed', () => {
    withChangelog(CHANGELOG.replace('- A route for this.\n', ''));
    expectRefused(['0.2.0'], 'CHANGELOG.md has no entry under "Unreleased"; say what has changed');
    withChangelog(CHANGELOG.replace('## Unreleased', '## Soon'));
    expectRefused(['0.2.0'], 'the first section of CHANGELOG.md is not "## Unreleased"; add it');
  });

  test('while an older section has no date or no entry', () => {
    for (const heading of ['## 0.1.0', '## 0.1.0 - 2026-13-45']) {
      withChangelog(CHANGELOG.replace('## 0.1.0 - 2026-01-31', heading));
      expectRefused(['0.2.0'], `CHANGELOG.md has the heading "${heading}"; write it as`);
    }
    withChangelog(CHANGELOG.replace('- The first version.\n', 'Nothing much.\n'));
    expectRefused(['0.2.0'], 'CHANGELOG.md has no entry under "0.1.0"');
  });

  test('with all of its reasons at once', () => {
    write('CHANGELOG.md', CHANGELOG.replace('- A route for this.\n', ''));
    const { stderr } = release('0.0.1');
    expect(stderr.match(/^release: /gm)).toHaveLength(3);
    expect(stderr).toMatch(/Nothing was changed\.\n$/);
  });
});
