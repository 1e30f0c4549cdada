#!/usr/bin/env node
// Starts the program with a Node that can run it: this one, or else the one that `npm ci` brought along.
// Plain JavaScript, so that an older Node gets as far as this file.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants, homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR_MIN = 24;

function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) return process.execPath;
  try {
    const brought = createRequire(import.meta.url).resolve('node/bin/node');
    return existsSync(brought) ? brought : null;
  } catch {
    return null;
  }
}

/** The sources of a checkout, which Node runs as they are, or what was compiled of them for the package. */
function findMain() {
  const [source, compiled] = ['../src/main.ts', '../dist/src/main.js'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  return existsSync(source) ? source : compiled;
}

/** Compiled code is kept in the user's own cache folder: in the usual one, among the temporary files, others can write. */
function environment() {
  try {
    const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
    return { NODE_COMPILE_CACHE: join(cache, 'skinrail'), ...process.env };
  } catch {
    return process.env; // A user without a home folder does without the cache.
  }
}

function run(node) {
  const args = [
    '--disable-warning=ExperimentalWarning',
    '--max-semi-space-size=8',
    findMain(),
    ...process.argv.slice(2),
  ];
  // Arguments can hold the password of a database, and everybody on the machine sees them in the list of processes.
  process.title = 'skinrail';
  if (process.execve) become(node, args);
  else runBelow(node, args);
}

/** This process becomes the program, so that there is one process, which gets every signal itself. */
function become(node, args) {
  // That this way of starting is experimental is nothing for the operator.
  process.removeAllListeners('warning');
  try {
    process.execve(node, [node, ...args], environment());
  } catch {
    runBelow(node, args);
  }
}

/** An older Node cannot be replaced, so it waits for the program and passes on what it is told. */
function runBelow(node, args) {
  const child = spawn(node, args, { stdio: 'inherit', env: environment() });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`${node} cannot be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    process.exitCode = signal ? 128 + constants.signals[signal] : code;
  });
}

function fail(text) {
  process.stderr.write(`skinrail: ${text}\n`);
  process.exitCode = 1;
}

const node = findNode();
if (node) run(node);
else {
  fail(
    `needs Node ${NODE_MAJOR_MIN} or newer; this is ${process.version}, and npm has not brought one along. ` +
      'Install Node 24, or run npm ci without --ignore-scripts',
  );
}
