import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Running, serve, skinrail, temporaryFolder } from '../cli/process.ts';
import { canRun } from '../support/recipes.ts';

/** README and quickstart as a new user types them: each command is run, and its answer is the one that is shown. */

const folder = temporaryFolder();
let gateway: Running;
beforeAll(async () => {
  gateway = await serve(join(folder.path, 'data'));
});
afterAll(async () => {
  await gateway.end('SIGTERM');
  folder.remove();
});

interface Step {
  /** One command, which may span several lines. */
  readonly command: string;
  /** What is shown of its answer, in order. */
  readonly shown: readonly string[];
}

/** The commands of a page that call the gateway, each with what the page shows of its answer. */
function stepsOf(text: string): Step[] {
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```)?/gm)];
  return blocks.flatMap(([, code = '', answer = '']) => {
    const commands = code.split(/^(?=curl )/m).filter((each) => each.startsWith('curl '));
    const lines = answer.split('\n').filter(Boolean);
    const shown = commands.length === 1 ? [lines] : lines.map((line) => [line]);
    return commands.map((command, n) => ({ command, shown: fragments(shown[n] ?? []) }));
  });
}

const fragments = (lines: readonly string[]) => lines.flatMap((line) => line.split('…')).filter((each) => each.trim());

/** Without what differs in each run. */
function withoutChance(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[78][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/(retry-after: |"offsetMs":)\d+/g, '$1<number>');
}

function contains(answer: string, shown: readonly string[]): boolean {
  let at = 0;
  return shown.every((fragment) => {
    const found = answer.indexOf(withoutChance(fragment.trim()), at);
    at = found + 1;
    return found >= 0;
  });
}

async function run(command: string, settings: string): Promise<string> {
  const script = `${settings.replace('http://127.0.0.1:3000', gateway.sandbox.baseUrl)}\n${command}`;
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: folder.path });
  return withoutChance(stdout);
}

/** A page says "a moment later": what only reads is read again until it shows what the page shows. */
async function answerTo({ command, shown }: Step, settings: string): Promise<string> {
  const isRead = !/ -d | -X /.test(command);
  for (let tries = 1; ; tries++) {
    const answer = await run(command, settings);
    if (!isRead || tries === 100 || contains(answer, shown)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A reader takes longer to go on than the gateway to buy; a test has to wait until the marketplace has the order. */
async function purchaseIn({ command }: Step): Promise<void> {
  const [, externalId] = /\/secure\/buy -d .*?"externalId": "([^"]+)"/s.exec(command) ?? [];
  if (externalId === undefined) return;
  const show = () => skinrail(join(folder.path, 'data'), ['trade', 'show', externalId]);
  while (!/purchases\n.* done /.test((await show()).stdout)) await new Promise((resolve) => setTimeout(resolve, 50));
}

const hasShell = ['bash', 'curl'].every((command) => canRun({ heading: 'README and quickstart', command }));

test.runIf(hasShell).each(['README.md', 'docs/quickstart.md'])(
  'the commands of %s print what it shows, and end with an item cancelled and refunded',
  async (name) => {
    const text = readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
    const settings = /^URL=.*\nKEY=.*$/m.exec(text)?.[0] ?? '';
    const steps = stepsOf(text);
    expect(steps.length).toBeGreaterThan(4);
    const answers: string[] = [];
    for (const step of steps) {
      const answer = await answerTo(step, settings);
      expect(contains(answer, step.shown), `${step.command} printed ${answer}`).toBe(true);
      answers.push(answer);
      await purchaseIn(step);
    }
    expect(answers.join()).toContain('"status":"reverted"');
    expect(answers.findLast((answer) => answer.includes('"balance"'))).toContain('"balance":1000,"pendingBalance":0');
  },
);
