// `npm run docs:screenshots`: takes the pictures of the console that the documents show.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GatewayProcess } from '../sandbox/demo/gateway-process.ts';
import { playWeek } from '../sandbox/demo/lively-week.ts';
import { Camera } from './screenshots/camera.ts';
import { picturesOf } from './screenshots/pictures.ts';
import { playStaff } from './screenshots/staff.ts';

const FOLDER = fileURLToPath(new URL('../docs/images/console', import.meta.url));
const CONSOLE = new URL('../console/dist/index.html', import.meta.url);
/** Debian's package installs it here; `CHROMIUM` names another one. */
const CHROMIUM = process.env['CHROMIUM'] || '/usr/bin/chromium';
/** Two days more than a hold, so that some purchases are paid. */
const DAYS = 9;

process.exitCode = await main();

async function main(): Promise<number> {
  const missing = [
    ...(existsSync(CHROMIUM) ? [] : [`there is no ${CHROMIUM}; install Chromium, or name it in CHROMIUM`]),
    ...(existsSync(CONSOLE) ? [] : ['the console is not built; run npm run console:build']),
  ];
  for (const what of missing) process.stderr.write(`screenshots: ${what}\n`);
  if (missing.length > 0) return 1;
  const dataDir = mkdtempSync(join(tmpdir(), 'skinrail-screenshots-'));
  let gateway: GatewayProcess | undefined;
  try {
    gateway = await GatewayProcess.start(dataDir);
    await takePictures(gateway);
    return 0;
  } catch (error) {
    process.stderr.write(`screenshots: ${error instanceof Error ? error.message : error}\n`);
    return 1;
  } finally {
    await gateway?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function takePictures(gateway: GatewayProcess): Promise<void> {
  say(`${DAYS} days of three merchants begin. They take a minute or two.`);
  const merchants = await playWeek(gateway, say, DAYS);
  const viewers = await playStaff(gateway, merchants);
  const camera = await Camera.start(CHROMIUM, gateway.baseUrl, FOLDER);
  try {
    for (const picture of await picturesOf(viewers, merchants[0]?.id ?? '')) {
      const bytes = await camera.takes(picture, viewers[picture.viewer]);
      say(`${String(Math.round(bytes / 1000)).padStart(5)} kB  ${picture.name}`);
    }
  } finally {
    await camera.stop();
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
