// Recorded answers say how certain they are, so that nobody takes a guess for what a marketplace has really said.
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

interface Sample {
  readonly title: string;
  readonly certainty?: string;
  readonly expected?: unknown;
}

const FOLDER = join(import.meta.dirname, 'recorded');
// The answers of the sandbox's marketplaces lie in the folder itself: they are ours, and certain.
const files = globSync('*/*.json', { cwd: FOLDER }).toSorted();

describe.each(files)('%s', (name) => {
  const samples = samplesIn(JSON.parse(readFileSync(join(FOLDER, name), 'utf8')));

  test.each(samples)('says how certain $title is, and what the adapter must make of it', ({ certainty, expected }) => {
    expect(['recorded', 'documented', 'inferred']).toContain(certainty);
    expect(expected).toBeDefined();
  });

  test.runIf(samples.length === 0)('is one large answer, whose certainty its folder explains', () => {
    const explanation = readFileSync(join(FOLDER, dirname(name), 'README.md'), 'utf8');
    expect(explanation).toContain(basename(name));
  });
});

/** Whatever has a title is a sample. */
function samplesIn(json: unknown): Sample[] {
  if (typeof json !== 'object' || json === null) return [];
  if (isSample(json)) return [json];
  return Object.values(json).flatMap(samplesIn);
}

function isSample(json: object): json is Sample {
  return 'title' in json && typeof json.title === 'string';
}
