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
  const explanation = readFileSync(join(FOLDER, dirname(name), 'README.md'), 'utf8');

  test('says how certain each sample is, in a word that its folder explains, and what the adapter must make of it', () => {
    for (const { title, certainty, expected } of samples) {
      expect(['recorded', 'documented', 'seen in a client', 'inferred'], title).toContain(certainty);
      expect(explanation, title).toContain(`- \`${certainty}\``);
      expect(expected, title).toBeDefined();
    }
    // The certainty of one large answer can only be told beside it.
    if (samples.length === 0) expect(explanation).toContain(basename(name));
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
