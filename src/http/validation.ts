import { Ajv, type ErrorObject, type Options } from 'ajv';
import formats from 'ajv-formats';
import type { FastifySchemaCompiler, FastifySchemaValidationError } from 'fastify';
import Type, { type TSchema } from 'typebox';
import Format from 'typebox/format';
import { errors } from '../core/errors.ts';

/** What a refusal says of each pattern and format of ours: the form that is expected, after the field's name. */
const expectedForms = new Map<string, string>();

interface TextOptions {
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly format?: string;
  readonly description?: string;
}

/** A string of a form that a pattern describes. `expected` says it in words and follows the field's name. */
export function Matching(pattern: string, expected: string, options: TextOptions = {}) {
  expectedForms.set(pattern, expected);
  return Type.String({ pattern, ...options });
}

/** A format that a pattern cannot describe, or only illegibly. `expected` says it in words and follows the field's name. */
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
export const TEXT_EXPECTED = 'must hold no control characters and no halves of surrogate pairs';

/** Text that merchants send: no control characters (PostgreSQL cannot store NUL) and no halves of surrogate pairs. */
export function Text(minLength: number, maxLength: number, options: { description?: string } = {}) {
  return Matching(TEXT, TEXT_EXPECTED, { minLength, maxLength, ...options });
}

const common = { useDefaults: true, removeAdditional: false, strict: false, unicodeRegExp: true };
/** JSON has types of its own: "1" is no number there. A query string has not. */
const forBody = validators({ ...common, coerceTypes: false });
const forText = validators({ ...common, coerceTypes: true });

interface Validators {
  /** Stops at the first fault, and checks the size of an array before its items. Decides what is valid. */
  readonly quick: Ajv;
  /** Finds every fault: tens of thousands in a large document, which take a second of everybody's time. */
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

/** The largest valid buy holds about 300 values. A document with more than this gets its first fault only. */
const VALUES_WITH_ALL_FAULTS_MAX = 1000;

/**
 * Validates what callers send. All faults are named where the document is small; in a larger one only the first,
 * so that the work is never more than reading the document once.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const { quick, thorough } = httpPart === 'body' ? forBody : forText;
  const check = quick.compile(schema);
  return (data: unknown) => {
    if (check(data)) return true;
    const first = check.errors ?? [];
    if (!hasAtMost(VALUES_WITH_ALL_FAULTS_MAX, data)) return { error: first };
    // Compiled at the first refusal, and kept by ajv.
    const checkAll = thorough.compile(schema);
    checkAll(data);
    return { error: checkAll.errors ?? first };
  };
};

/** Whether a document holds at most so many values, counted no further than that. */
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

/** Turns what the validator found into VALIDATION_FAILED with `fields`: dotted path → reason. */
export function validationError(found: readonly FastifySchemaValidationError[]) {
  // No object: a field can be called like what every object has.
  const fields = new Map<string, string>();
  for (const each of found as readonly ErrorObject[]) {
    // Ajv's own objects, passed through Fastify.
    const path = shortened(
      [...each.instancePath.split('/').filter(Boolean), extraPath(each)].filter(Boolean).join('.'),
    );
    if (!fields.has(path || 'body')) fields.set(path || 'body', reason(each));
  }
  return errors.validationFailed(Object.fromEntries(fields));
}

/** The longest path of ours has 30 characters. What a caller has made up is not sent back at any length. */
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
      return 'is not known here';
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
