import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Cleanup } from './cleanup.ts';

const START_MAX_MS = 60_000;
const STOP_MAX_MS = 35_000;
const node = ['--disable-warning=ExperimentalWarning'];

export interface ChildOptions {
  /** Relative to this folder. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeArgs?: readonly string[];
}

/** A process of the benchmark: ready when it has written its first line that is not blank, ended by its own id. */
export class Child {
  readonly #process: ChildProcess;
  readonly #exit: Promise<number | null>;

  private constructor(child: ChildProcess) {
    this.#process = child;
    this.#exit = new Promise((resolve) => child.once('close', (code) => resolve(code)));
  }

  /** @returns the process, once it is ready, and the line that said so */
  static async start(options: ChildOptions, cleanup: Cleanup): Promise<{ child: Child; line: string }> {
    const script = fileURLToPath(new URL(options.script, import.meta.url));
    const args = [...node, ...(options.nodeArgs ?? []), script, ...(options.args ?? [])];
    // Standard input stays open as long as this process lives: the children that are ours end with it.
    const spawned = spawn(process.execPath, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...withoutSettings(process.env), ...options.env },
    });
    const child = new Child(spawned);
    cleanup.add(options.script, () => child.stop());
    return { child, line: await child.#firstLine(options.script) };
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  async stop(): Promise<void> {
    const isRunning = this.#process.exitCode === null && this.#process.signalCode === null;
    if (isRunning) this.#process.kill('SIGTERM');
    const force = setTimeout(() => this.#process.kill('SIGKILL'), STOP_MAX_MS);
    await this.#exit;
    clearTimeout(force);
  }

  async #firstLine(script: string): Promise<string> {
    const { stdout } = this.#process;
    if (!stdout) throw new Error('the output of a child is not piped');
    let text = '';
    const line = new Promise<string>((resolve) => {
      stdout.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        const lines = text.split('\n').slice(0, -1);
        const first = lines.find((each) => each.trim() !== '');
        if (first !== undefined) resolve(first);
      });
    });
    const timeout = AbortSignal.timeout(START_MAX_MS);
    const late = new Promise<never>((_resolve, reject) => {
      timeout.addEventListener('abort', () => reject(new Error(`${script} did not start in time`)));
    });
    const died = this.#exit.then((code) => {
      throw new Error(`${script} ended with code ${code} before it was ready`);
    });
    return Promise.race([line, late, died]);
  }
}

/** What is set in the caller's shell for its own gateway must not reach the one that is measured. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'PGPASSWORD', 'PGSSLMODE'];
  return Object.fromEntries(kept.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
