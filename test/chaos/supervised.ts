import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;
const START_AGAIN_AFTER_MS = 300;
const STEADY_AFTER_MS = 2000;
const STOP_WITHIN_MS = 35_000;

/** A skinrail process that is started again whenever it ends, as an operator's supervisor does. */
export class Supervised {
  readonly name: string;
  readonly logPath: string;
  kills = 0;
  /** Ended before it was ready: something that it needs was away. */
  failedStarts = 0;
  /** Ended by itself after it was ready. No outage may do that. */
  readonly deaths: string[] = [];
  readonly #args: readonly string[];
  readonly #settings: Readonly<Record<string, string>>;
  /** Starts are what a run spends most of its time on. */
  readonly #cache: string;
  #child: ChildProcess | null = null;
  #isWanted = true;
  #wasKilled = false;
  #isReady = false;
  #readyAt = Number.POSITIVE_INFINITY;
  #running: Promise<void> = Promise.resolve();

  constructor(name: string, args: readonly string[], settings: Readonly<Record<string, string>>, folder: string) {
    this.name = name;
    this.#args = args;
    this.#settings = settings;
    this.logPath = join(folder, `${name}.log`);
    this.#cache = join(folder, 'compiled');
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Ready for a while: starting takes longer than the gaps between faults on a busy machine. */
  get isSteady(): boolean {
    return this.#isReady && performance.now() - this.#readyAt > STEADY_AFTER_MS;
  }

  start(): void {
    this.#running = this.#keepRunning();
  }

  /** Without a warning, as a crash would. */
  kill(): void {
    if (!this.#child) return;
    this.#wasKilled = true;
    this.kills++;
    this.#child.kill('SIGKILL');
  }

  /** In order, for good. */
  async stop(): Promise<void> {
    this.#isWanted = false;
    const force = setTimeout(() => this.#child?.kill('SIGKILL'), STOP_WITHIN_MS);
    this.#child?.kill('SIGTERM');
    await this.#running;
    clearTimeout(force);
  }

  async #keepRunning(): Promise<void> {
    while (this.#isWanted) {
      this.#wasKilled = false;
      const code = await this.#runOnce();
      if (this.#isWanted && !this.#wasKilled) {
        if (this.#isReady) this.deaths.push(`${this.name} ended by itself with ${code}; see ${this.logPath}`);
        else this.failedStarts++;
      }
      this.#isReady = false;
      if (this.#isWanted) await pause(START_AGAIN_AFTER_MS);
    }
  }

  #runOnce(): Promise<string> {
    const log = openSync(this.logPath, 'a');
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...this.#args], {
      env: { PATH, HOME, NODE_COMPILE_CACHE: this.#cache, ...this.#settings },
      stdio: ['ignore', 'pipe', log],
    });
    closeSync(log);
    this.#child = child;
    child.stdout?.on('data', () => {
      if (!this.#isReady) this.#readyAt = performance.now();
      this.#isReady = true;
    });
    return new Promise((resolve) =>
      child.once('close', (code, signal) => {
        this.#child = null;
        resolve(code === null ? String(signal) : `code ${code}`);
      }),
    );
  }
}
