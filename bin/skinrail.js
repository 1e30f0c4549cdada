#!/usr/bin/env node
// Starts src/main.ts with a Node that can run it: this one, or else the one that `npm ci` brought along.
// Plain JavaScript, so that an older Node gets as far as this file.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR_MIN = 24;

function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) return process.execPath;
  try {
    return createRequire(import.meta.url).resolve('node/bin/node');
  } catch {
    return null;
  }
}

function run(node) {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const args = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=8', main, ...process.argv.slice(2)];
  const child = spawn(node, args, { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal has sent Ctrl-C to the child as well; a second signal would force it to end.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
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
else fail(`needs Node ${NODE_MAJOR_MIN} or newer; this is ${process.version}, and npm ci has not brought one along`);
