import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { GatewayProcess } from './gateway-process.ts';
import { playWeek, signInLink } from './lively-week.ts';
import { ShopClient } from './shop-client.ts';
import { type Plot, type Step, story } from './story.ts';

/**
 * Runs the demo story on a real gateway process and a real database: `npm run demo`.
 * With `--kill` the gateway is killed and restarted after every step.
 * With `--console` it plays a week of several merchants instead, and leaves the gateway running for looking around.
 * With DATABASE_URL it uses that PostgreSQL database, otherwise embedded storage in a temporary folder.
 */
const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;

async function main(): Promise<number> {
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({ options: { kill: flag, console: flag } });
  const dataDir = mkdtempSync(join(tmpdir(), 'skinrail-demo-'));
  let gateway: GatewayProcess | undefined;
  const started = performance.now();
  try {
    gateway = await GatewayProcess.start(dataDir);
    say(
      `\nA gateway runs at ${gateway.baseUrl}, on ${process.env['DATABASE_URL'] ? 'PostgreSQL' : 'embedded storage'}.`,
    );
    if (values.console) return await showConsole(gateway);
    await playAll(gateway, values.kill);
    await checkBooks(dataDir);
    say(`\nThe demo succeeded in ${((performance.now() - started) / 1000).toFixed(1)} seconds.\n`);
    return 0;
  } catch (error) {
    say(`\nThe demo failed:  ${error instanceof Error ? error.message : error}\n`);
    return 1;
  } finally {
    await gateway?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Runs until it is interrupted. */
async function showConsole(gateway: GatewayProcess): Promise<number> {
  const interrupted = new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));
  say('\nA week of three merchants begins. It takes a minute or two.');
  await playWeek(gateway, say);
  const link = await signInLink(gateway.dataDir);
  say(`\nSign in to the console:  ${link}\n\nThe gateway runs until you press Ctrl-C, and then its data is deleted.`);
  await interrupted;
  return 0;
}

async function playAll(gateway: GatewayProcess, isKilling: boolean): Promise<void> {
  const shop = new ShopClient(gateway);
  let plot: Partial<Plot> = {};
  for (const [index, step] of story.entries()) {
    await shop.untilMarketIsKnown();
    plot = { ...plot, ...(await playOne(shop, step, index + 1, plot)) };
    if (!isKilling) continue;
    const { pid } = gateway;
    await gateway.kill();
    await gateway.startAgain();
    say(`     -- killed process ${pid} without warning, started process ${gateway.pid} --`);
  }
}

async function playOne(shop: ShopClient, step: Step, number: number, plot: Partial<Plot>): Promise<Partial<Plot>> {
  say(`\n${String(number).padStart(2)}.  ${step.title}`);
  // The earlier steps have added everything that this step needs.
  const { lines, plot: learned = {} } = await step.play(shop, plot as Plot);
  for (const line of lines) say(`     ${line}`);
  return learned;
}

/** Runs `skinrail verify`, as an operator does while the gateway runs. */
async function checkBooks(dataDir: string): Promise<void> {
  const args = ['--disable-warning=ExperimentalWarning', MAIN, 'verify'];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    env: { ...process.env, DATA_DIR: dataDir },
  });
  say(`\n     skinrail verify: ${stdout.trim().split('\n').at(-1)}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

process.exitCode = await main();
