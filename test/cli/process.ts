import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDataFolder } from '../support/data-folder.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const NODE_ARGS = ['--disable-warning=ExperimentalWarning', MAIN];

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs `skinrail <args>` as a process of its own, as an operator does.
 * @param input what is piped into it
 */
export function skinrail(
  dataDir: string,
  args: readonly string[],
  env: Record<string, string> = {},
  input = '',
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [...NODE_ARGS, ...args],
      { env: environment(dataDir, env) },
      (_error, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

/** A folder which goes away with the test. */
export interface TemporaryFolder {
  readonly path: string;
  remove(): void;
}

/** A new one with nothing in it: a gateway makes its embedded database there, in 6 s. */
export function temporaryFolder(): TemporaryFolder {
  return removable(mkdtempSync(join(tmpdir(), 'skinrail-cli-')));
}

/** A new data folder with an embedded database in which nobody has started yet. */
export function temporaryDataFolder(): TemporaryFolder {
  return removable(createDataFolder());
}

function removable(path: string): TemporaryFolder {
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

function environment(dataDir: string, env: Record<string, string>): NodeJS.ProcessEnv {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  return {
    PATH,
    HOME,
    NODE_COMPILE_CACHE,
    DATA_DIR: dataDir,
    PORT: '0',
    MARKETPLACE_PORT: '0',
    LOG_LEVEL: 'warn',
    ...env,
  };
}

interface SandboxFile {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly merchantId: string;
}

/** A command that runs until it is told to end. */
export class Running {
  readonly pid: number;
  /** What it wrote to standard output and error until now. */
  printed = '';
  readonly #child: ChildProcess;
  readonly #dataDir: string;

  private constructor(child: ChildProcess, dataDir: string) {
    this.#child = child;
    this.#dataDir = dataDir;
    this.pid = child.pid ?? 0;
  }

  /** @returns the process once it has printed `sign` */
  static async start(
    dataDir: string,
    args: readonly string[],
    sign: string,
    env: Record<string, string> = {},
  ): Promise<Running> {
    const child = spawn(process.execPath, [...NODE_ARGS, ...args], { env: environment(dataDir, env) });
    const running = new Running(child, dataDir);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        running.printed += chunk.toString();
      });
    }
    await running.prints(sign);
    return running;
  }

  async prints(sign: string): Promise<void> {
    while (!this.printed.includes(sign)) {
      if (this.#child.exitCode !== null) {
        throw new Error(`ended with ${this.#child.exitCode} before it printed "${sign}": ${this.printed}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  get sandbox(): SandboxFile {
    // Written by the gateway of this very checkout.
    return JSON.parse(readFileSync(join(this.#dataDir, 'sandbox.json'), 'utf8')) as SandboxFile;
  }

  /** @returns the exit code, or null when the signal ended it */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    await ended;
    return this.#child.exitCode;
  }
}

export function serve(dataDir: string, env: Record<string, string> = {}): Promise<Running> {
  return Running.start(dataDir, ['serve'], '/sandbox/clock', env);
}
