import { rows } from './compare-errors.ts';
import { failures, publicErrors } from './surface/errors.ts';
import { nameOf, operations, sections } from './surface/index.ts';
import { objects } from './surface/objects.ts';
import { ourErrors, ourOperations, ourParameters } from './surface/ours.ts';
import { liveFacts } from './surface/realtime.ts';
import type { Auth, Operation, Parameter, Section } from './surface/shape.ts';
import { inWords } from './words.ts';

/** `docs/reference/compatibility.md`, from what is restated in `surface/`. */
export function compatibilityPage(): string {
  return `${[
    introduction(),
    ...sections.map(sectionText),
    objectText(),
    liveText(),
    errorText(),
    failureText(),
    oursText(),
    silence,
  ].join('\n\n')}\n`;
}

interface Marked {
  readonly notOffered?: string;
  readonly differs?: string;
  readonly parameters?: readonly Parameter[];
}

const mark = ({ notOffered, differs, parameters = [] }: Marked): string => {
  if (notOffered !== undefined) return '*not offered*';
  // An operation is done when all of it is.
  return differs === undefined && parameters.every((each) => mark(each) === '*done*') ? '*done*' : '*differs*';
};

function introduction(): string {
  const counts = { '*done*': 0, '*differs*': 0, '*not offered*': 0 };
  for (const operation of operations) counts[mark(operation) as keyof typeof counts] += 1; // the three words of `mark`
  return `# Compatibility

<!-- Made by \`npm run docs:compatibility\` from scripts/compatibility/surface. Do not edit. -->

The gateway speaks an API that merchants' code speaks already. This page lists all of that API: every operation, every
parameter, every error, and what this gateway does about it.

- *done*: there, with the same name, place, bounds and usual value.
- *differs*: there, but for what is said.
- *not offered*: not there, and why.

A test holds the page against the OpenAPI document of a running gateway and against the catalogue of errors: what is
called *done* is there as stated, what is called *not offered* is not, and nothing is there that is not listed. Every
operation and parameter that is there is used by some other test over HTTP. Of the
${operations.length} operations ${counts['*done*']} are done, ${counts['*differs*']} differ in something, and ${counts['*not offered*']} are not offered:
this version buys, and does not sell.

Two things hold everywhere:

- Texts that you send are without control characters and without halves of surrogate pairs.
- Every operation can answer 500 and 503 too, and those with a body 413 and 415.

\`*\` marks what is required.`;
}

const callers: Readonly<Record<Auth, string>> = {
  key: 'API key',
  token: 'client token',
  merchant: 'API key or dashboard token',
  none: 'anybody',
};

function sectionText({ title, text, operations: all }: Section): string {
  const overview = table(
    ['operation', 'for', 'with', 'here', 'what differs, or why not'],
    all.map((each) => [
      `\`${nameOf(each)}\``,
      each.summary,
      callers[each.auth],
      mark(each),
      each.notOffered ?? each.differs ?? otherParameters(each),
    ]),
  );
  return [`## ${title}`, text, overview, ...all.filter(({ parameters }) => parameters.length > 0).map(parameterText)]
    .filter(Boolean)
    .join('\n\n');
}

function otherParameters({ parameters }: Operation): string {
  const other = parameters.filter((parameter) => mark(parameter) !== '*done*').map(({ name }) => `\`${name}\``);
  return other.length > 0 ? `${other.join(', ')}: see below.` : '';
}

function parameterText(operation: Operation): string {
  const lines = operation.parameters.map((parameter) => parameterRow(parameter, operation));
  return `### \`${nameOf(operation)}\`\n\n${table(['parameter', 'in', 'what it is', 'here', 'remarks'], lines)}`;
}

function parameterRow(parameter: Parameter, operation: Operation): string[] {
  const { name, place, required, fact, note, decided, differs, notOffered } = parameter;
  const remarks = [note, notOffered ?? differs, decided].filter(Boolean).join('; ');
  const here = operation.notOffered === undefined ? mark(parameter) : mark(operation);
  return [`\`${name}\`${required ? ' \\*' : ''}`, place, inWords(fact), here, remarks];
}

function objectText(): string {
  const parts = objects.map(({ title, schema, fields, ours = {} }) => {
    const stated = fields.map((field) => [
      `\`${field.name}\`${field.required ? ' \\*' : ''}`,
      field.types.join(' or '),
      mark(field),
      field.notOffered ?? '',
    ]);
    const added = Object.entries(ours).map(([name, why]) => [`\`${name}\``, '', '*ours*', why]);
    return `### ${title} (\`${schema}\`)\n\n${table(['field', 'type', 'here', 'remarks'], [...stated, ...added])}`;
  });
  return [
    '## Answers',
    '`*` marks what is always there. A field that is *done* is there where it applies.',
    ...parts,
  ].join('\n\n');
}

function liveText(): string {
  const lines = liveFacts.map(([topic, each]) => [topic, each.fact, mark(each), each.notOffered ?? each.differs ?? '']);
  return `## Live feed\n\nMore in [live-feed.md](../guides/live-feed.md).\n\n${table(['what', 'the public API', 'here', 'remarks'], lines)}`;
}

function errorText(): string {
  const lines = publicErrors.map((error) => {
    const row = rows.get(error.key);
    return [
      `\`${error.key}\``,
      error.code === null ? '' : String(error.code),
      error.statuses.join(' or '),
      mark(error),
      row ? `${row.code}, ${row.status}` : '',
      error.notOffered ?? error.differs ?? '',
    ];
  });
  return `## Errors

An empty cell means that the public API states none; the number or status is ours then. What each means and what to do:
[errors.md](errors.md).

${table(['key', 'code', 'HTTP', 'here', 'as', 'why not, or what differs'], lines)}`;
}

function failureText(): string {
  const lines = failures.map((each) => [`\`${each.word}\``, each.of, mark(each), each.notOffered ?? '']);
  return `## Why items and trades fail\n\nThe words in the field \`error\`.\n\n${table(['word', 'of', 'here', 'why not'], lines)}`;
}

function oursText(): string {
  const parameters = Object.entries(ourParameters).flatMap(([operation, added]) =>
    Object.entries(added).map(([name, why]) => [`\`${operation}\``, `\`${name}\``, why]),
  );
  return [
    '## Ours',
    'What this gateway has beyond the public API. Code that does not know of it works as before.',
    table(
      ['operation', 'why'],
      Object.entries(ourOperations).map(([name, why]) => [`\`${name}\``, why]),
    ),
    ...(parameters.length > 0 ? [table(['operation', 'parameter', 'why'], parameters)] : []),
    table(
      ['error', 'why'],
      Object.entries(ourErrors).map(([key, why]) => [`\`${key}\``, why]),
    ),
  ].join('\n\n');
}

const silence = `## Where the public API says nothing

It leaves things open, such as how item states add up to a trade's, how a repeated cancel is answered, and how callbacks
are retried. What was decided, and where in the code:
[Decisions](../internals/decisions/README.md).`;

function table(heads: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [row(heads), row(heads.map(() => '---')), ...lines.map(row)].join('\n');
}
