import { Ajv, type ErrorObject } from 'ajv';
import formats from 'ajv-formats';
import type { FastifySchemaCompiler, FastifySchemaValidationError } from 'fastify';
import Type, { type TSchema } from 'typebox';
import { errors } from '../errors.ts';

/** Text that merchants send: no control characters (PostgreSQL cannot store NUL) and no halves of surrogate pairs. */
export function Text(minLength: number, maxLength: number, options: { description?: string } = {}) {
  return Type.String({ minLength, maxLength, pattern: '^[^\\p{Cc}\\p{Cs}]*$', ...options });
}

const common = { allErrors: true, useDefaults: true, removeAdditional: false, strict: false, unicodeRegExp: true };
/** JSON has types of its own: "1" is no number there. A query string has not. */
const forBody = withFormats(new Ajv({ ...common, coerceTypes: false }));
const forText = withFormats(new Ajv({ ...common, coerceTypes: true }));

function withFormats(ajv: Ajv): Ajv {
  // ajv-formats is CommonJS; under Node's ES modules its function is the default export's own default.
  const add = (Reflect.get(formats, 'default') ?? formats) as (target: Ajv, names: string[]) => Ajv;
  return add(ajv, ['date-time', 'uuid', 'uri']);
}

export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) =>
  (httpPart === 'body' ? forBody : forText).compile(schema);

/** Turns what the validator found into VALIDATION_FAILED with `fields`: dotted path → reason (wire-api §5.1). */
export function validationError(found: readonly FastifySchemaValidationError[]) {
  // No object: a field can be called like what every object has.
  const fields = new Map<string, string>();
  for (const each of found as readonly ErrorObject[]) {
    // Ajv's own objects, passed through Fastify.
    const path = [...each.instancePath.split('/').filter(Boolean), extraPath(each)].filter(Boolean).join('.') || 'body';
    if (!fields.has(path)) fields.set(path, reason(each));
  }
  return errors.validationFailed(Object.fromEntries(fields));
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
    case 'pattern':
      return 'has a form that is not accepted';
    default:
      return error.message ?? 'is not valid';
  }
}
