import { rows } from './compare-errors.ts';
import { failures, publicErrors } from './surface/errors.ts';
import { nameOf, operations, sections } from './surface/index.ts';
import { type AnswerObject, objects } from './surface/objects.ts';
import { ourErrors, ourOperations, ourParameters } from './surface/ours.ts';
import { liveFacts } from './surface/realtime.ts';
import type { Auth, Operation, Parameter, Section } from './surface/shape.ts';

/** `docs/reference/compatibility.md`, from what is restated in `surface/`. */
export function compatibilityPage(): string {
  return `${[
    introduction(),
    ...sections.filter((section) => !isLeftOut(section)).map(sectionText),
    leftOutText(),
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

const isLeftOut = (section: Section) => section.operations.every(({ notOffered }) => notOffered !== undefined);
const code = (text: string) => `\`${text}\``;
const starred = ({ name, required }: { name: string; required: boolean }) => `${code(name)}${required ? ' \\*' : ''}`;

/** The entries by reason, in the order of their first. */
function byReason<Entry>(
  entries: readonly Entry[],
  reasonOf: (entry: Entry) => string | undefined,
): [reason: string, entries: Entry[]][] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const reason = reasonOf(entry);
    if (reason !== undefined) groups.set(reason, [...(groups.get(reason) ?? []), entry]);
  }
  return [...groups];
}

function introduction(): string {
  const counts = { '*done*': 0, '*differs*': 0, '*not offered*': 0 };
  for (const operation of operations) counts[mark(operation) as keyof typeof counts] += 1; // the three words of `mark`
  return `# Compatibility

<!-- Made by \`npm run docs:compatibility\` from scripts/compatibility/surface. Do not edit. -->

The gateway offers an API that merchants' code already uses. This page lists all of that public API, and what this gateway does
about each part:

- *done*: offered, with the same name, place, bounds and default.
- *differs*: offered, except for what is stated.
- *not offered*: absent, and why.

A test compares the page with the OpenAPI document of a running gateway and with the catalogue of errors. Every offered operation
and parameter is used by some other test over HTTP. Of the ${operations.length} operations ${counts['*done*']} are done, ${counts['*differs*']} differ in something, and ${counts['*not offered*']} are not
offered: this version buys, and does not sell.

Everywhere, texts that you send must not contain control characters or unpaired surrogates. Every operation can also answer 500 and
503, and those with a body 413 and 415. \`*\` marks what is required. Parameters are *done* unless marked. Bounds, types and descriptions are in the gateway's own
document: \`/docs\` and \`/openapi.json\`.`;
}

const callers: Readonly<Record<Auth, string>> = {
  key: 'API key',
  token: 'client token',
  merchant: 'API key or dashboard token',
  none: 'anybody',
};

function sectionText({ title, text, operations: all }: Section): string {
  const overview = table(
    ['operation', 'for', 'with', 'here', 'what differs'],
    all.map((each) => [
      code(nameOf(each)),
      each.summary,
      callers[each.auth],
      mark(each),
      each.differs ?? otherParameters(each),
    ]),
  );
  const withParameters = all.filter(({ parameters }) => parameters.length > 0);
  const parameters = withParameters.map((each, n) => parameterText(each, withParameters.slice(0, n)));
  return [`## ${title}`, text, overview, ...parameters].filter(Boolean).join('\n\n');
}

function otherParameters({ parameters }: Operation): string {
  const other = parameters.filter((parameter) => mark(parameter) !== '*done*').map(({ name }) => code(name));
  return other.length > 0 ? `${other.join(', ')}: see below.` : '';
}

/** Its parameters; where an earlier operation has all of them, only what that one has beyond. */
function parameterText(operation: Operation, earlier: readonly Operation[]): string {
  const texts = new Set(operation.parameters.map(parameterLine));
  const like = earlier.find(({ parameters }) => {
    const known = parameters.map(parameterLine);
    return [...texts].every((text) => known.includes(text));
  });
  if (!like) return parametersOf(operation);
  const without = like.parameters.filter((each) => !texts.has(parameterLine(each))).map(({ name }) => code(name));
  const beyond = without.length > 0 ? `, without ${without.join(', ')}` : '';
  return `${code(nameOf(operation))}: as ${code(nameOf(like))}${beyond}.`;
}

/** The parameters by name; below them those about which there is something to say. */
function parametersOf(operation: Operation): string {
  const plain = operation.parameters.filter((each) => remarksOf(each) === '');
  const others = operation.parameters.filter((each) => remarksOf(each) !== '');
  const names = plain.map(starred).join(', ');
  const lines = others.map((each) => `- ${parameterLine(each)}`);
  const end = lines.length === 0 ? '.' : plain.length > 0 ? ', and:' : ':';
  return [`${code(nameOf(operation))} takes ${names}`.trimEnd() + end, ...lines].join('\n');
}

function remarksOf({ note, decided, differs }: Parameter): string {
  return [note, differs === undefined ? '' : `*differs*: ${differs}`, decided].filter(Boolean).join('; ');
}

const parameterLine = (parameter: Parameter): string =>
  remarksOf(parameter) === '' ? starred(parameter) : `${starred(parameter)}: ${remarksOf(parameter)}`;

/** Operations that are absent: what they take matters to nobody, so only their names are given. */
function leftOutText(): string {
  const parts = sections.filter(isLeftOut).map(({ title, operations: all }) => {
    const lines = all.map((each) => [code(nameOf(each)), each.summary, each.parameters.map(starred).join(', ')]);
    const reasons = byReason(all, ({ notOffered }) => notOffered).map(([reason]) => reason);
    return `### ${title}\n\n${reasons.join(' ')}\n\n${table(['operation', 'for', 'parameters'], lines)}`;
  });
  return ['## Not offered', ...parts].join('\n\n');
}

function objectText(): string {
  const isWhole = ({ fields, ours = {} }: AnswerObject) =>
    fields.every((field) => mark(field) === '*done*') && Object.keys(ours).length === 0;
  const whole = objects.filter(isWhole).map(({ title, schema }) => `- ${title} (${code(schema)})`);
  const parts = objects.filter((each) => !isWhole(each)).map(fieldsOf);
  return [
    '## Answers',
    'All fields of the public API are *done*, with its names and types, in:',
    whole.join('\n'),
    'In these, except for what is listed:',
    ...parts,
  ].join('\n\n');
}

function fieldsOf({ title, schema, fields, ours = {} }: AnswerObject): string {
  const absent = byReason(fields, ({ notOffered }) => notOffered).map(
    ([why, group]) => `${group.map(({ name }) => code(name)).join(', ')} (${why})`,
  );
  const added = Object.entries(ours).map(([name, why]) => `${code(name)} (${why})`);
  return [
    `### ${title} (${code(schema)})`,
    absent.length > 0 ? `- *not offered*: ${absent.join('; ')}` : '',
    added.length > 0 ? `- *ours*: ${added.join('; ')}` : '',
  ]
    .filter(Boolean)
    .join('\n');
}

function liveText(): string {
  const lines = liveFacts.map(([topic, each]) => [topic, each.fact, mark(each), each.notOffered ?? each.differs ?? '']);
  return `## Live feed\n\nMore in [live feed](../guides/live-feed.md).\n\n${table(['what', 'the public API', 'here', 'remarks'], lines)}`;
}

type Stated = Pick<(typeof publicErrors)[number], 'code' | 'statuses'>;

const stated = ({ code: number, statuses }: Stated) =>
  [number === null ? '' : String(number), statuses.join(' or ')].filter(Boolean).join(', ');

function errorText(): string {
  const offered = publicErrors
    .filter(({ notOffered }) => notOffered === undefined)
    .map((error) => {
      const row = rows.get(error.key);
      return { ...error, stated: stated(error), here: row ? `${row.code}, ${row.status}` : '' };
    });
  const isSame = (error: (typeof offered)[number]) => error.stated === error.here && error.differs === undefined;
  const same = offered.filter(isSame).map(({ key, here }) => `${code(key)} (${here})`);
  const others = offered
    .filter((error) => !isSame(error))
    .map(({ key, stated, here, differs = '' }) => [code(key), stated, here, differs]);
  const absent = byReason(publicErrors, ({ notOffered }) => notOffered).map(([why, group]) => [
    why,
    group.map((error) => `${code(error.key)}${stated(error) && ` (${stated(error)})`}`).join(', '),
  ]);
  return `## Errors

By code and HTTP status. What each means and what to do: [errors](errors.md). As in the public API: ${same.join(', ')}.

What the public API leaves open is decided here:

${table(['key', 'the public API', 'here', 'what differs'], others)}

*Not offered*:

${table(['why', 'errors'], absent)}`;
}

function failureText(): string {
  const offered = failures.filter(({ notOffered }) => notOffered === undefined);
  const words = (of: string) => offered.filter((each) => each.of === of).map(({ word }) => code(word));
  const absent = byReason(failures, ({ notOffered }) => notOffered).map(
    ([why, group]) => `${group.map(({ word }) => code(word)).join(', ')} (${why})`,
  );
  return `## Why items and trades fail

The field \`error\` of items and trades: ${words('item and trade').join(', ')}. Of trades also: ${words('trade').join(', ')}.

*Not offered*, all of trades: ${absent.join('; ')}.`;
}

function oursText(): string {
  const parameters = Object.entries(ourParameters).flatMap(([operation, added]) =>
    Object.entries(added).map(([name, why]) => [code(operation), code(name), why]),
  );
  const grouped = (added: Readonly<Record<string, string>>) =>
    byReason(Object.entries(added), ([, why]) => why).map(([why, group]) => [
      group.map(([name]) => code(name)).join(', '),
      why,
    ]);
  return [
    '## Ours',
    'What this gateway has beyond the public API. Code that does not know it works as before.',
    table(['operation', 'why'], grouped(ourOperations)),
    ...(parameters.length > 0 ? [table(['operation', 'parameter', 'why'], parameters)] : []),
    table(['error', 'why'], grouped(ourErrors)),
  ].join('\n\n');
}

const silence = `## Where the public API says nothing

It leaves things open, such as how item states add up to a trade's, how a repeated cancellation is answered, and how callbacks are
retried. What was decided, and why: [decisions](../internals/decisions/README.md).`;

function table(heads: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`.replaceAll('|  |', '| |');
  return [row(heads), row(heads.map(() => '---')), ...lines.map(row)].join('\n');
}
