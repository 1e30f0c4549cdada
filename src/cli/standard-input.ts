import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { OperatorError } from '../core/operator-error.ts';

/**
 * Reads secrets from standard input, one a line, so that they appear in no list of processes and no shell history. In a
 * terminal each is asked for by its name, and is not shown.
 * @throws OperatorError when there are fewer lines than names
 */
export async function readSecrets(names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const given = process.stdin.isTTY ? await askInTerminal(names) : linesOf(await text(process.stdin));
  const values = given.slice(0, names.length);
  const missing = names.find((_, index) => (values[index] ?? '') === '');
  if (missing === undefined) return values;
  throw new OperatorError(`standard input has no line for ${missing}; give one line for each of ${names.join(', ')}`);
}

/** Reads all of standard input, such as a file. */
export async function readLines(): Promise<string[]> {
  if (process.stdin.isTTY) throw new OperatorError('nothing is piped in; give the file with < on standard input');
  return linesOf(await text(process.stdin));
}

function linesOf(input: string): string[] {
  return input.split('\n').map((line) => line.trim());
}

async function askInTerminal(names: readonly string[]): Promise<string[]> {
  const values: string[] = [];
  for (const name of names) {
    process.stderr.write(`${name} (not shown): `);
    values.push((await readHiddenLine()).trim());
    process.stderr.write('\n');
  }
  return values;
}

/** A terminal shows what is typed only if the reader writes it back. */
function readHiddenLine(): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  return new Promise((resolve, reject) => {
    reader.once('line', (line) => {
      resolve(line);
      reader.close();
    });
    // Ctrl-C and the end of the input; after a line it changes nothing.
    reader.once('close', () => reject(new OperatorError('no value was given')));
  });
}
