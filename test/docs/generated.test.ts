import { expect, test } from 'vitest';
import { generatedPage, generatedPages } from '../../scripts/docs/generated.ts';

/** Reference pages are made of the program by `npm run docs:generate`. */

test.each(generatedPages)('%s says what the program says', async (name) => {
  const { now, wanted } = await generatedPage(name);
  expect(now, 'stale: run npm run docs:generate').toBe(wanted);
});

test.each([
  ['reference/settings.md', '| `AUTO_CANCEL_MIN` |  | 30 to 720 | `720` | '],
  ['reference/settings.md', '| `TICK_MS` |  | 1 to 60,000 | `1000`; in the sandbox `250` | '],
  ['reference/settings.md', '| `DATA_DIR` | `--data` | '],
  ['reference/cli.md', '### `skinrail key roll <key>`'],
  ['reference/cli.md', '| `--overlap <duration>` | `24h` | '],
  ['reference/metrics.md', '| `skinrail_due_rows` | gauge | `kind` | '],
  ['reference/test-listings.md', '| `never-ships` | AK-47 \\| Never Ships (Field-Tested) | $15.48 | Waits forever. '],
  ['reference/verify-rules.md', '| `one-refund` | '],
])('%s tells readers of %s', async (name, text) => {
  expect((await generatedPage(name)).wanted).toContain(text);
});
