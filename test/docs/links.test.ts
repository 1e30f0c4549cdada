import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/** Every link from a Markdown file of the repository to another file or to a heading leads somewhere. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Also pages that are not committed yet; not those that are deleted. */
const pages = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--', '*.md'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(ROOT, path)));

const textOf = (path: string) => readFileSync(join(ROOT, path), 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '');

/** What GitHub makes of a heading: small letters, hyphens for spaces, no other signs; a number when it is repeated. */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of text.matchAll(/^#+ (.*)$/gm)) {
    const shown = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');
    const anchor = shown
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-');
    let free = anchor;
    for (let n = 1; anchors.has(free); n++) free = `${anchor}-${n}`;
    anchors.add(free);
  }
  return anchors;
}

/** The targets of a page's links; addresses on the web are not ours to check. */
function linksOf(text: string): string[] {
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return links.filter((target) => !/^[a-z]+:/.test(target));
}

function faultOf(path: string, target: string): string | null {
  const [file = '', anchor] = target.split('#');
  const found = file === '' ? path : normalize(join(dirname(path), file));
  if (!existsSync(join(ROOT, found))) return `${target}: there is no such file`;
  if (anchor === undefined || !found.endsWith('.md') || anchorsOf(textOf(found)).has(anchor)) return null;
  return `${target}: ${found} has no such heading`;
}

const faultsIn = (path: string, text = textOf(path)) => linksOf(text).flatMap((target) => faultOf(path, target) ?? []);

describe('links between documents', () => {
  test('there are pages to check', () => {
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/quickstart.md']));
  });

  test.each(pages)('all those of %s lead to a file and to a heading', (path) => {
    expect(faultsIn(path)).toEqual([]);
  });

  test('a link to a missing file, or to a missing heading, would be found', () => {
    const text = '[a](docs/none.md) [b](docs/README.md#none) [c](docs/README.md#reference) [d](https://example.com/#x)';
    expect(faultsIn('README.md', text)).toHaveLength(2);
  });
});

interface Picture {
  readonly alternative: string;
  readonly file: string;
}

/** The pictures that a page shows, by their path from the repository's root. */
function picturesIn(path: string): Picture[] {
  const shown = [...textOf(path).matchAll(/!\[([^\]]*)\]\(([^)\s]+)\)/g)];
  return shown.map(([, alternative = '', target = '']) => ({
    alternative,
    file: normalize(join(dirname(path), target)),
  }));
}

describe('pictures in documents', () => {
  const shown = pages.flatMap(picturesIn);
  const files = globSync('docs/images/**/*.png', { cwd: ROOT });
  const sizeOf = (file: string) => statSync(join(ROOT, file)).size;

  test('each is described in words, for those who do not see it', () => {
    expect(shown.filter(({ alternative }) => alternative.split(' ').length < 5)).toEqual([]);
  });

  test('each that the repository holds is shown by a page', () => {
    const used = new Set(shown.map(({ file }) => file));
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !used.has(file))).toEqual([]);
  });

  test('each has at most 160 kB, and all together 1.3 MB', () => {
    expect(files.filter((file) => sizeOf(file) > 160_000)).toEqual([]);
    expect(files.reduce((sum, file) => sum + sizeOf(file), 0)).toBeLessThanOrEqual(1_300_000);
  });
});

describe('the index of documents', () => {
  test('lists every page of docs', () => {
    const listed = new Set(linksOf(textOf('docs/README.md')).map((target) => join('docs', target.split('#')[0] ?? '')));
    const own = pages.filter((path) => path.startsWith('docs/') && path !== 'docs/README.md');
    const isListed = (path: string) =>
      listed.has(path) || (dirname(path) !== 'docs' && listed.has(`${dirname(path)}/README.md`));
    expect(own.filter((path) => !isListed(path))).toEqual([]);
  });
});
