import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const SEEDS = Array.from({ length: 12 }, (_, index) => index + 1);

async function play(...options: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    MAIN,
    ...options,
  ]);
  return stdout;
}

/** The line that each seed printed: how many steps it took, and the hash of all that happened. */
function stories(output: string): Map<string, string> {
  const lines = output.split('\n').filter((line) => line.startsWith('seed '));
  return new Map(lines.map((line) => [line.split(':')[0] ?? '', line]));
}

function named(seeds: readonly number[]): string[] {
  return seeds.flatMap((seed) => ['--seed', String(seed)]);
}

describe('simulated stories', () => {
  it('end well whatever dies, is lost, comes late, comes twice or contradicts itself, and go the same way again', async () => {
    const first = stories(await play(...named(SEEDS)));
    expect(first.size).toBe(SEEDS.length);
    expect(new Set(first.values()).size).toBe(SEEDS.length);
    // Another process, another order: nothing may be left of what was played before.
    const again = stories(await play(...named([9, 2, 5])));
    for (const [seed, line] of again) expect(line).toBe(first.get(seed));
    expect(again.size).toBe(3);
  });

  it.each([['--seeds', '0'], ['--from', 'x'], ['--nonsense']])('refuse %s %s in one line', async (...options) => {
    await expect(play(...options)).rejects.toMatchObject({ code: 1, stdout: '' });
  });
});
