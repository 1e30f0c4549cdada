import { folderOf } from './check.ts';
import { folders, isFolder, order } from './folders.ts';
import type { Import } from './imports.ts';

/** Folder → the folders that it imports values from. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

export function graphOf(imports: readonly Import[]): Graph {
  const graph = new Map<string, Set<string>>(order.map((folder) => [folder, new Set()]));
  for (const { from, to } of imports) {
    const [source, target] = [folderOf(from), folderOf(to)];
    if (source && target && source !== target && !to.startsWith('sandbox/')) graph.get(source)?.add(target);
  }
  return graph;
}

/** @returns the groups of folders that import each other, directly or through others; empty in a graph without cycles */
export function cyclesIn(graph: Graph): string[][] {
  const reached = new Map([...graph.keys()].map((folder) => [folder, reachableFrom(graph, folder)]));
  const groups = new Map<string, string[]>();
  for (const [folder, others] of reached) {
    if (!others.has(folder)) continue;
    const group = [...others].filter((other) => reached.get(other)?.has(folder)).sort();
    groups.set(group.join(' '), group);
  }
  return [...groups.values()];
}

function reachableFrom(graph: Graph, start: string): Set<string> {
  const seen = new Set<string>();
  const queue = [...(graph.get(start) ?? [])];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    queue.push(...(graph.get(next) ?? []));
  }
  return seen;
}

/** Without the arrows that follow from others, so that the picture can be read. */
function reduced(graph: Graph, folder: string): string[] {
  const direct = [...(graph.get(folder) ?? [])];
  return direct.filter((target) => !direct.some((other) => reachableFrom(graph, other).has(target)));
}

/** `docs/internals/folders.md`. */
export function pageOf(graph: Graph): string {
  const highestFirst = [...order].reverse();
  const arrows = highestFirst.flatMap((folder) => reduced(graph, folder).map((target) => `  ${folder} --> ${target}`));
  const rows = order.map((folder) => {
    const imported = order.filter((other) => graph.get(folder)?.has(other));
    return `| \`${folder}/\` | ${isFolder(folder) ? folders[folder] : ''} | ${imported.join(', ') || '–'} |`;
  });
  return [
    '# The folders of `src/`',
    '',
    '<!-- Written by `npm run docs:graph -- --write`; the lint step fails when it is stale. -->',
    '',
    'Lowest first in the table. A folder imports values only from folders above it there, so that there are no cycles; the',
    'lint step checks this. Types may be imported from anywhere. `src/deps.ts` holds types only.',
    'The sandbox (`sandbox/`) is a workspace of its own, which only `src/core/load-sandbox.ts` loads, while the program runs.',
    '',
    'An arrow leads to what a folder imports; arrows that follow from others are left out.',
    '',
    '```mermaid',
    'graph TD',
    ...arrows,
    '```',
    '',
    '| folder | holds | imports |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
