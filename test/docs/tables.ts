import { readFileSync } from 'node:fs';

/** A page of `docs/` as text. */
export function page(name: string): string {
  return readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
}

/**
 * The rows of the table whose first column is headed `first`, cell by cell, with code marks taken off.
 * @throws Error when the page has no such table, or several
 */
export function table(text: string, ...heads: [first: string, ...more: string[]]): string[][] {
  const lines = text.split('\n');
  const starts = lines.flatMap((line, at) => {
    const cells = line.startsWith('|') ? cellsOf(line) : [];
    return heads.every((head, n) => cells[n] === head) && /^\| *-/.test(lines[at + 1] ?? '') ? [at + 2] : [];
  });
  const [start] = starts;
  if (start === undefined || starts.length > 1)
    throw new Error(`${starts.length} tables are headed ${heads.join(', ')}`);
  const length = lines.slice(start).findIndex((line) => !line.startsWith('|'));
  return lines.slice(start, length < 0 ? undefined : start + length).map(cellsOf);
}

function cellsOf(line: string): string[] {
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) =>
      cell
        .trim()
        .replaceAll('\\|', '|')
        .replace(/^`([^`]*)`$/, '$1'),
    );
}

/** The arrows of the nth state picture: from, to and what is written on it. */
export function arrows(text: string, picture: number): string[][] {
  const pictures = [...text.matchAll(/```mermaid\nstateDiagram-v2\n([^`]*)```/g)];
  const lines = pictures[picture]?.[1]?.trim().split('\n') ?? [];
  return lines.map((line) => {
    const [, from = '', to = '', label = ''] = /^ *(\S+) --> (\S+)(?: : (\w+))?$/.exec(line) ?? [];
    if (!from) throw new Error(`no arrow: ${line}`);
    return [from, to, label];
  });
}
