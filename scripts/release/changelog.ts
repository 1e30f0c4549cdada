const UNRELEASED = '## Unreleased';
const DATED = /^## (\d+\.\d+\.\d+) - (\d{4}-\d{2}-\d{2})$/;

interface Section {
  readonly heading: string;
  readonly body: string;
}

/** @returns what stops a release of `version`, in sentences */
export function changelogProblems(text: string, version: string): string[] {
  const sections = sectionsOf(text);
  const [first, ...released] = sections;
  if (first?.heading !== UNRELEASED) return [`the first section of CHANGELOG.md is not "${UNRELEASED}"; add it`];
  const problems = hasEntry(first) ? [] : ['CHANGELOG.md has no entry under "Unreleased"; say what has changed'];
  for (const section of released) {
    const [, of, date = ''] = DATED.exec(section.heading) ?? [];
    if (of === undefined || Number.isNaN(Date.parse(date))) {
      problems.push(`CHANGELOG.md has the heading "${section.heading}"; write it as "## 1.2.3 - 2026-01-31"`);
    } else if (!hasEntry(section))
      problems.push(`CHANGELOG.md has no entry under "${of}"; add one or remove the section`);
    if (of === version) problems.push(`CHANGELOG.md already has a section for ${version}; choose a greater version`);
  }
  return problems;
}

/** @returns the changelog with what was unreleased in a section of its own, and an empty "Unreleased" above it */
export function withRelease(text: string, version: string, date: string): string {
  return text.replace(`${UNRELEASED}\n`, `${UNRELEASED}\n\n## ${version} - ${date}\n`);
}

function sectionsOf(text: string): Section[] {
  return text
    .split(/^(?=## )/m)
    .slice(1)
    .map((section) => {
      const [heading = '', ...lines] = section.split('\n');
      return { heading: heading.trimEnd(), body: lines.join('\n') };
    });
}

/** Headings and an introduction alone tell nobody what has changed. */
function hasEntry({ body }: Section): boolean {
  return /^[-*] \S/m.test(body);
}
