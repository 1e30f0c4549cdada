/** What an answer's text says about the purchase. */
export type Statement =
  | { readonly says: 'yes' }
  | { readonly says: 'no'; readonly reason: string }
  | { readonly says: 'unclear'; readonly cause: string };

/** One value of a JSON document with its name; items of a list have the name of the list. */
interface Field {
  readonly name: string;
  readonly value: unknown;
}

const FALSE = ['no', 'not', 'n', 'none', 'false', '0'];
const REJECTED = (
  'reject rejected rejects rejection deny denied denies denial refuse refused refusal decline declined disapprove ' +
  'disapproved disallow disallowed forbid forbidden block blocked cancel canceled cancelled abort stop'
).split(' ');
const NO = [...REJECTED, ...FALSE];
const YES =
  'approve approved approves approval accept accepted allow allowed confirm confirmed ok okay yes y true 1'.split(' ');
/** What servers answer as plain text when they have received a request. */
const RECEIVED = ['success', 'done', 'received'];
const FAILED = 'error fail failed failure exception unauthorized unauthenticated false no'.split(' ');

/** Names of fields that hold a decision; a whole answer that is a text or a list of texts has no name. */
const DECISIONS = ['', 'action', 'decision', 'verdict', 'approval'];
/** Names of fields that may hold a decision. A 0 in them decides nothing: it often means success. */
const RESULTS = ['status', 'result', 'answer', 'response', 'outcome'];
const APPROVES = ['approve', 'approved', 'allow', 'allowed', 'accept', 'accepted', 'confirm', 'confirmed'];
const REJECTS = 'reject rejected deny denied refuse refused decline declined block blocked'.split(' ');
const SUCCEEDS = ['ok', 'success'];
const FAILS = ['error', 'errors', 'exception'];

/** An action that says no, whatever surrounds it: JSON with a mistake in it, a form, a list of values. */
const NO_IN_TEXT = new RegExp(`\\baction\\W{1,8}(?:${[...REJECTED, 'false'].join('|')})\\b`, 'iu');

/**
 * Reads the body of a 2xx answer. A no counts in any field and in any form. A yes must be readable: text that is not JSON
 * approves only with one of a few words, and never when the answer says that it is JSON.
 */
export function readStatement(text: string, isSaidToBeJson: boolean): Statement {
  if (text.trim() === '') return { says: 'yes' };
  const document = parseJson(text);
  if (document === undefined) return inPlainText(text, isSaidToBeJson);
  const fields = fieldsIn(document);
  const statement = inFields(fields);
  if (statement.says !== 'yes' || !NO_IN_TEXT.test(text)) return statement;
  // Such as a name that the document has twice.
  return { says: 'unclear', cause: 'the answer says yes and no' };
}

/** Whether the answer is JSON whose action is exactly `approve`, and nothing else in it says no. */
export function isExactYes(text: string): boolean {
  const document = parseJson(text);
  const action: unknown = typeof document === 'object' && document !== null ? Reflect.get(document, 'action') : null;
  return action === 'approve' && readStatement(text, true).says === 'yes';
}

/** The reason that the JSON in a text gives in any field; empty: there is none. */
export function reasonIn(text: string): string {
  return reasonOf(fieldsIn(parseJson(text) ?? embeddedJson(text)));
}

function inFields(fields: readonly Field[]): Statement {
  if (fields.some(saysNo)) return { says: 'no', reason: reasonOf(fields) };
  const action = fields.find(({ name, value }) => name === 'action' && isSaid(value) && !isWord(value, YES));
  if (action) return { says: 'unclear', cause: 'the action in the answer is neither approve nor reject' };
  if (fields.some(saysFailure)) return { says: 'unclear', cause: 'the answer tells of a failure' };
  const whole = fields.findLast(({ name }) => name === '');
  return typeof whole?.value !== 'string' || isWord(whole.value, [...YES, ...RECEIVED]) ? { says: 'yes' } : NEITHER;
}

const NEITHER: Statement = { says: 'unclear', cause: 'the answer is neither JSON nor a word that approves' };

function saysNo({ name, value }: Field): boolean {
  if (DECISIONS.includes(name) || APPROVES.includes(name)) return isWord(value, NO);
  if (RESULTS.includes(name)) return isWord(value, REJECTED);
  return REJECTS.includes(name) && isSaid(value) && !isWord(value, FALSE);
}

function saysFailure({ name, value }: Field): boolean {
  if (SUCCEEDS.includes(name)) return isWord(value, NO);
  if (FAILS.includes(name)) return isSaid(value) && !isWord(value, FALSE);
  return RESULTS.includes(name) && isWord(value, FAILED);
}

function inPlainText(text: string, isSaidToBeJson: boolean): Statement {
  if (isWord(text, NO)) return { says: 'no', reason: '' };
  const embedded = inFields(fieldsIn(embeddedJson(text)));
  if (embedded.says === 'no') return embedded;
  if (NO_IN_TEXT.test(text)) return { says: 'no', reason: '' };
  if (isSaidToBeJson) return { says: 'unclear', cause: 'the answer is said to be JSON and is not' };
  return isWord(text, [...YES, ...RECEIVED]) ? { says: 'yes' } : NEITHER;
}

/** Every value in a document with its name, outermost first. JSON inside a string is parsed as well. */
function fieldsIn(document: unknown): readonly Field[] {
  const fields: Field[] = [{ name: '', value: document }];
  for (const { name, value } of fields) {
    if (Array.isArray(value)) fields.push(...value.map((each) => ({ name, value: each })));
    else if (typeof value === 'object' && value !== null) {
      fields.push(...Object.entries(value).map(([key, inner]) => ({ name: toWord(key), value: inner })));
    } else if (typeof value === 'string' && /^\s*["[{]/.test(value)) {
      const inner = parseJson(value);
      if (inner !== undefined) fields.push({ name, value: inner });
    }
  }
  return fields;
}

function reasonOf(fields: readonly Field[]): string {
  const reason = fields.find(({ name, value }) => name === 'reason' && typeof value === 'string');
  return typeof reason?.value === 'string' ? reason.value : '';
}

/** undefined: it is not JSON */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The JSON object after a warning or a prefix; undefined: there is none. */
function embeddedJson(text: string): unknown {
  const [from, to] = [text.indexOf('{'), text.lastIndexOf('}')];
  return from < 0 || to < from ? undefined : parseJson(text.slice(from, to + 1));
}

/** Whether the value says anything at all. */
function isSaid(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== null && value !== undefined && value !== '';
}

function isWord(value: unknown, words: readonly string[]): boolean {
  const isPlain = typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number';
  return isPlain && words.includes(toWord(String(value)));
}

/** Case, full-width letters and characters around a word make no difference. */
function toWord(text: string): string {
  if (text.length > 200) return '';
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
