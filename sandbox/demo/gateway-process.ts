import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxFile } from '../sandbox.ts';
import { freePorts } from './free-ports.ts';

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;
/** On a busy machine a start has taken 46 s; only a start that hangs reaches this. */
const READY_WITHIN_MS = 180_000;

/** A real gateway process with its own data folder, which can be killed and restarted. */
export class GatewayProcess {
  readonly dataDir: string;
  readonly #environment: Record<string, string>;
  #child: ChildProcess | null = null;
  #errors = '';

  private constructor(dataDir: string, environment: Record<string, string>) {
    this.dataDir = dataDir;
    this.#environment = environment;
  }

  /** @param settings environment of the gateway, such as DATABASE_URL; its ports are free ports that stay the same over restarts */
  static async start(dataDir: string, settings: Record<string, string> = {}): Promise<GatewayProcess> {
    const [port, marketplacePort] = await freePorts(2);
    const gateway = new GatewayProcess(dataDir, {
      PORT: String(port),
      MARKETPLACE_PORT: String(marketplacePort),
      DATA_DIR: dataDir,
      LOG_LEVEL: 'error',
      ...settings,
    });
    await gateway.startAgain();
    return gateway;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.#environment['PORT']}`;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** The gateway's file for scripts. */
  sandboxFile(): SandboxFile {
    return JSON.parse(readFileSync(join(this.dataDir, 'sandbox.json'), 'utf8'));
  }

  async startAgain(): Promise<void> {
    this.#errors = '';
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, 'serve'], {
      env: { ...process.env, ...this.#environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#errors = (this.#errors + chunk.toString()).slice(-4000);
    });
    try {
      await this.#announced(child);
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  /** The gateway prints its addresses when it is ready. */
  #announced(child: ChildProcess): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`the gateway was not ready in time\n${this.#errors}`)),
        READY_WITHIN_MS,
      );
      const settle = (finish: () => void) => {
        clearTimeout(timer);
        finish();
      };
      child.stdout?.on('data', () => settle(resolve));
      child.once('exit', (code) => settle(() => reject(new Error(`the gateway ended with ${code}\n${this.#errors}`))));
    });
  }

  /** Kills the process, as a crash or a power cut would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Stops it in an orderly way. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }
}
