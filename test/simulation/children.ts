import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Counts, StoryFailed } from './play.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Spreads seeds over processes, one a core. @throws StoryFailed with what the first one said that met a fault */
export async function playInChildren(from: number, count: number, jobs: number): Promise<Counts> {
  const children: ChildProcess[] = [];
  const results = Array.from({ length: jobs }, (_, index) => {
    const own = Math.ceil((count - index) / jobs);
    const options = ['--seeds', String(own), '--from', String(from + index), '--stride', String(jobs)];
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...options]);
    children.push(child);
    return outputOf(child);
  });
  try {
    return addUp((await Promise.all(results)).map((text) => JSON.parse(text) as Counts)); // as a child prints them
  } finally {
    for (const child of children) child.kill();
  }
}

function outputOf(child: ChildProcess): Promise<string> {
  let [said, complained] = ['', ''];
  child.stdout?.on('data', (chunk) => (said += chunk));
  child.stderr?.on('data', (chunk) => (complained += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(said) : reject(new StoryFailed(complained.trim()))));
  });
}

function addUp(parts: readonly Counts[]): Counts {
  const total: Counts = {};
  for (const part of parts) {
    for (const [name, count] of Object.entries(part)) total[name] = (total[name] ?? 0) + count;
  }
  return total;
}
