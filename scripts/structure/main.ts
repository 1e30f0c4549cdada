// `npm run docs:graph`: prints the graph of the folders of `src/`; `--check`: fails on an import that goes up, on a cycle,
// and when `docs/internals/folders.md` shows another graph; `--write`: writes that page.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { faultsOf } from './check.ts';
import { cyclesIn, type Graph, graphOf, pageOf } from './graph.ts';
import { importsBelow } from './imports.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = join(ROOT, 'docs/internals/folders.md');

function print(graph: Graph, cycles: readonly string[][]): void {
  for (const [folder, targets] of graph) console.log(`${folder} -> ${[...targets].sort().join(' ') || '(nothing)'}`);
  for (const cycle of cycles) console.log(`cycle: ${cycle.join(' ')}`);
}

const imports = await importsBelow(ROOT, 'src');
const graph = graphOf(imports);
const cycles = cyclesIn(graph);
const option = process.argv[2];
const faults = option === '--check' ? faultsOf(imports) : [];
if (option === '--write') writeFileSync(PAGE, pageOf(graph));
else if (option !== '--check') print(graph, cycles);
else if (pageOf(graph) !== readFileSync(PAGE, 'utf8')) {
  faults.push('docs/internals/folders.md shows another graph; run npm run docs:graph -- --write');
}
for (const fault of faults) console.error(fault);
console.log(`${graph.size} folders, ${cycles.length} cycles`);
if (faults.length > 0 || cycles.length > 0) process.exitCode = 1;
