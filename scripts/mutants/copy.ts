import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Mutation, mutate } from './mutation.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

/** A folder with the program as it is now, the files that git does not know yet included. */
export interface Copy {
  readonly folder: string;
  remove(): void;
}

const folders = new Set<string>();

/** For a hunt that is interrupted. */
export function removeAll(): void {
  for (const folder of folders) removeFolder(folder);
}

function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  folders.delete(folder);
}

/** @param mutation is applied to the copy; null leaves it as it is @throws Error when a text does not fit */
export function copyProject(mutation: Mutation | null): Copy {
  const folder = mkdtempSync(join(tmpdir(), 'skinrail-mutant-'));
  folders.add(folder);
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate', '-z'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  for (const file of files.split('\0').filter(Boolean)) cpSync(join(ROOT, file), join(folder, file));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const edit of mutation?.edits ?? []) {
    const path = join(folder, edit.file);
    writeFileSync(path, mutate(readFileSync(path, 'utf8'), edit));
  }
  return { folder, remove: () => removeFolder(folder) };
}
