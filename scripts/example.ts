import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GatewayProcess } from '../sandbox/demo/gateway-process.ts';

/**
 * `npm run example` plays the merchant of `examples/merchant` on a sandbox of its own;
 * `npm run example -- data/sandbox.json` on the sandbox that wrote this file.
 */
const MAIN = new URL('../examples/merchant/main.ts', import.meta.url).pathname;

async function play(sandboxFile: string): Promise<number> {
  const args = ['--disable-warning=ExperimentalWarning', MAIN, sandboxFile];
  const [code] = await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit');
  return code ?? 1;
}

async function playOnOwnSandbox(): Promise<number> {
  const dataDir = mkdtempSync(join(tmpdir(), 'skinrail-example-'));
  const gateway = await GatewayProcess.start(dataDir);
  try {
    return await play(join(dataDir, 'sandbox.json'));
  } finally {
    await gateway.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const [running] = process.argv.slice(2);
process.exitCode = await (running === undefined ? playOnOwnSandbox() : play(running));
