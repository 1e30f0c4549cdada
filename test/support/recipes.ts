import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { page } from '../docs/tables.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What serves a fetch-style handler, as Next.js does. */
const FETCH_HOST = `
import { createServer } from 'node:http';
import { POST } from './app/callbacks/route.js';

createServer(async (incoming, outgoing) => {
  const body = await new Response(incoming).arrayBuffer();
  const request = new Request('http://127.0.0.1' + incoming.url, { method: 'POST', headers: incoming.headers, body });
  const answer = await POST(request);
  outgoing.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
}).listen(process.env.PORT, '127.0.0.1');
`;

/** A recipe of the documents, and how it is run. */
export interface Recipe {
  readonly heading: string;
  readonly file: string;
  readonly command: string;
  readonly args: (port: number) => readonly string[];
}

const node = (heading: string, file: string, main = file): Recipe => ({
  heading,
  file,
  command: process.execPath,
  args: () => [main],
});

export const recipes: readonly Recipe[] = [
  node('Express', 'express.js'),
  node('Fastify', 'fastify.js'),
  node('Next.js', 'app/callbacks/route.js', 'fetch-host.js'),
  { heading: 'Python', file: 'callbacks.py', command: 'python3', args: () => ['callbacks.py'] },
  {
    heading: 'PHP',
    file: 'callbacks.php',
    command: 'php',
    args: (port) => ['-S', `127.0.0.1:${port}`, 'callbacks.php'],
  },
];

/** The first block of code under a heading of a page of `docs/`. */
export function codeUnder(heading: string, from = 'guides/callback-recipes.md'): string {
  const text = page(from);
  const section = text.split(/^#+ /m).find((each) => each.startsWith(`${heading}\n`));
  const code = /^```\w+\n([\s\S]*?)^```$/m.exec(section ?? '')?.[1];
  if (code === undefined) throw new Error(`docs/${from} has no code under "${heading}"`);
  return code;
}

/** A merchant's project: the recipes as files, and this package installed as npm installs it, without its sources. */
export class Project {
  readonly path = mkdtempSync(join(tmpdir(), 'skinrail-recipes-'));

  constructor() {
    this.#write('package.json', '{ "type": "module" }');
    this.#write('shop.js', codeUnder('shop.js'));
    this.#write('fetch-host.js', FETCH_HOST);
    for (const { heading, file } of recipes) this.#write(file, codeUnder(heading));
    const modules = join(this.path, 'node_modules');
    for (const part of ['package.json', 'webhooks']) {
      cpSync(join(ROOT, part), join(modules, 'skinrail', part), { recursive: true });
    }
    for (const name of ['express', 'fastify']) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }

  #write(file: string, text: string): void {
    mkdirSync(dirname(join(this.path, file)), { recursive: true });
    writeFileSync(join(this.path, file), text);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Whether a recipe's runtime is on this machine; says loudly when it is not. */
export function canRun({ heading, command }: Pick<Recipe, 'heading' | 'command'>): boolean {
  const isThere = whereIs(command);
  if (!isThere) process.stderr.write(`\n!!! NO ${command}: the recipe for ${heading} is NOT tried !!!\n`);
  return isThere;
}

function whereIs(command: string): boolean {
  const folders = command.includes('/') ? [''] : (process.env['PATH'] ?? '').split(delimiter);
  return folders.some((folder) => existsSync(join(folder, command)));
}

/** A recipe that runs as a process of its own. */
export class RunningRecipe {
  readonly url: string;
  /** What it wrote until now, to standard output and error. */
  printed = '';
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.url = `http://127.0.0.1:${port}/callbacks`;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.printed += chunk.toString();
      });
    }
  }

  static async start(project: Project, recipe: Recipe, secret: string): Promise<RunningRecipe> {
    const port = await freePort();
    const done = mkdtempSync(join(project.path, 'done-'));
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, PORT: String(port), API_SECRET: secret, DONE: done };
    const child = spawn(recipe.command, recipe.args(port), { cwd: project.path, env });
    const running = new RunningRecipe(child, port);
    while (!(await answers(port))) {
      if (child.exitCode !== null) throw new Error(`${recipe.heading} ended at once: ${running.printed}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    return running;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill();
    await ended;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
