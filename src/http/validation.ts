import { Ajv, type ErrorObject, type Options } from 'ajv';
import formats from 'ajv-formats';
import type { FastifySchemaCompiler, FastifySchemaValidationError } from 'fastify';
import Type, { type TSchema } from 'typebox';
import Format from 'typebox/format';
import { errors } from '../core/errors.ts';

/** The message for each pattern and format: the expected form, to follow the name of the field. */
const expectedForms = new Map<string, string>();

interface TextOptions {
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly format?: string;
  readonly description?: string;
}

/** A string that matches a pattern. `expected` describes the pattern and follows the field's name in messages. */
export function Matching(pattern: string, expected: string, options: TextOptions = {}) {
  expectedForms.set(pattern, expected);
  return Type.String({ pattern, ...options });
}

/** A format that a pattern cannot describe readably. `expected` follows the field's name in messages. */
export function defineFormat(name: string, expected: string, check: (text: string) => boolean): void {
  expectedForms.set(name, expected);
  for (const { quick, thorough } of [forBody, forText]) {
    quick.addFormat(name, check);
    thorough.addFormat(name, check);
  }
  Format.Set(name, check);
}

/** No control characters and no surrogates. */
export const TEXT = '^[^\\p{Cc}\\p{Cs}]*$';
export const TEXT_EXPECTED = 'must not contain control characters or unpaired surrogates';

/** Text from merchants, without control characters (PostgreSQL cannot store NUL) and unpaired surrogates. */
export function Text(minLength: number, maxLength: number, options: { description?: string } = {}) {
  return Matching(TEXT, TEXT_EXPECTED, { minLength, maxLength, ...options });
}

const common = { useDefaults: true, removeAdditional: false, strict: false, unicodeRegExp: true };
/** In JSON the text "1" is not a number; in a query string it can be one. */
const forBody = validators({ ...common, coerceTypes: false });
const forText = validators({ ...common, coerceTypes: true });

interface Validators {
  /** Stops at the first error, and checks the size of an array before its items. Decides validity. */
  readonly quick: Ajv;
  /** Finds all errors: a large document can have tens of thousands, which would block the event loop for a second. */
  readonly thorough: Ajv;
}

function validators(options: Options): Validators {
  return { quick: withFormats(new Ajv(options)), thorough: withFormats(new Ajv({ ...options, allErrors: true })) };
}

function withFormats(ajv: Ajv): Ajv {
  // ajv-formats is CommonJS; under Node's ES modules its function is the default export's own default.
  const add = (Reflect.get(formats, 'default') ?? formats) as (target: Ajv, names: string[]) => Ajv;
  return add(ajv, ['date-time', 'uuid', 'uri']);
}

/** The largest valid buy has about 300 values. For a document with more values than this, only the first error is reported. */
const VALUES_WITH_ALL_ERRORS_MAX = 1000;

/**
 * Validates input. All errors of a small document are reported, but only the first error of a large one, which limits the
 * work to reading the document once.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const { quick, thorough } = httpPart === 'body' ? forBody : forText;
  const check = quick.compile(schema);
  return (data: unknown) => {
    if (check(data)) return true;
    const first = check.errors ?? [];
    if (!hasAtMost(VALUES_WITH_ALL_ERRORS_MAX, data)) return { error: first };
    // Compiled at the first invalid document, and cached by Ajv.
    const checkAll = thorough.compile(schema);
    checkAll(data);
    return { error: checkAll.errors ?? first };
  };
};

/** Whether a document has at most `max` values; stops counting there. */
function hasAtMost(max: number, document: unknown): boolean {
  const left: unknown[] = [document];
  for (let count = 0; left.length > 0; count++) {
    const value = left.pop();
    const inside = typeof value === 'object' && value !== null ? Object.values(value) : [];
    if (count + left.length + inside.length > max) return false;
    for (const each of inside) left.push(each);
  }
  return true;
}

/** Converts the validator's errors to VALIDATION_FAILED with `fields`: dotted path → reason. */
export function validationError(found: readonly FastifySchemaValidationError[]) {
  // A Map, because a field can have the name of a property that every object has.
  const fields = new Map<string, string>();
  for (const each of found as readonly ErrorObject[]) {
    // Fastify passes Ajv's error objects on.
    const path = shortened(
      [...each.instancePath.split('/').filter(Boolean), extraPath(each)].filter(Boolean).join('.'),
    );
    if (!fields.has(path || 'body')) fields.set(path || 'body', reason(each));
  }
  return errors.validationFailed(Object.fromEntries(fields));
}

/** The longest path of the API has 30 characters. Longer paths come from the caller and are shortened. */
const PATH_LENGTH_MAX = 100;

function shortened(path: string): string {
  return path.length > PATH_LENGTH_MAX ? `${path.slice(0, PATH_LENGTH_MAX).toWellFormed()}…` : path;
}

function extraPath(error: ErrorObject): string {
  const { missingProperty, additionalProperty } = error.params;
  return String(missingProperty ?? additionalProperty ?? '');
}

function reason(error: ErrorObject): string {
  switch (error.keyword) {
    case 'required':
      return 'is required';
    case 'additionalProperties':
      return 'is not a known field';
    case 'enum':
      return `must be one of ${JSON.stringify(error.params['allowedValues'])}`;
    case 'format':
      return expectedForms.get(String(error.params['format'])) ?? String(error.message);
    case 'pattern':
      return expectedForms.get(String(error.params['pattern'])) ?? `must match ${error.params['pattern']}`;
    default:
      return error.message ?? 'is not valid';
  }
}
