import type { Auth, Parameter, Rule } from './surface/shape.ts';

/** Our OpenAPI document in the form in which the public API is restated. */
export interface OwnOperation {
  readonly auth: Auth;
  readonly statuses: readonly number[];
  readonly isClosed: boolean;
  readonly parameters: ReadonlyMap<string, Pick<Parameter, 'place' | 'required'> & { readonly rule: Rule }>;
}

interface Schema extends Omit<Rule, 'type'> {
  readonly type?: NonNullable<Rule['type']> | 'null';
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: unknown;
}

interface OpenApiOperation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: 'path' | 'query';
    readonly required?: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
  readonly responses: Readonly<Record<string, unknown>>;
  readonly security?: readonly Readonly<Record<string, unknown>>[];
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
}

type Found = Map<string, Pick<Parameter, 'place' | 'required'> & { readonly rule: Rule }>;

/** @param text of `/openapi.json`, which a test holds to the rules of OpenAPI */
export function readOperations(text: string): ReadonlyMap<string, OwnOperation> {
  const { paths } = JSON.parse(text) as OpenApi; // checked to be one by `test/docs/openapi.test.ts`
  return new Map(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, operation]) => [`${method.toUpperCase()} ${path}`, readOperation(operation)] as const,
      ),
    ),
  );
}

function readOperation(operation: OpenApiOperation): OwnOperation {
  const parameters: Found = new Map();
  for (const { name, in: place, required = false, schema } of operation.parameters ?? []) {
    parameters.set(name, { place, required, rule: ruleOf(schema) });
  }
  const body = operation.requestBody?.content['application/json'].schema;
  if (body) readFields(body, '', parameters);
  return {
    auth: authOf(operation.security),
    statuses: Object.keys(operation.responses).map(Number),
    isClosed: body?.additionalProperties === false,
    parameters,
  };
}

function authOf(security: OpenApiOperation['security']): Auth {
  const [scheme] = security?.map((each) => Object.keys(each)[0]) ?? ['ApiKeyAuth'];
  if (scheme === 'ApiKeyAuth') return 'key';
  return scheme === 'ClientToken' ? 'token' : 'none';
}

function readFields({ properties = {}, required = [] }: Schema, prefix: string, found: Found): void {
  for (const [field, schema] of Object.entries(properties)) {
    const name = prefix + field;
    found.set(name, { place: 'body', required: required.includes(field), rule: ruleOf(schema) });
    const inner = schema.items ?? schema;
    const innerName = schema.items ? `${name}[]` : name;
    if (inner.properties) readFields(inner, `${innerName}.`, found);
    else if (schema.items) found.set(innerName, { place: 'body', required: false, rule: ruleOf(inner) });
  }
}

/** Every text that is stored is held to this; the page says so once. */
export const PLAIN_TEXT = '^[^\\p{Cc}\\p{Cs}]*$';
const KEYWORDS = [
  'type',
  'enum',
  'minimum',
  'exclusiveMinimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'pattern',
  'format',
  'default',
] as const;

function ruleOf(schema: Schema): Rule {
  const { anyOf: choices = [], ...rest } = schema;
  const isNullable = choices.some(isNull);
  const [only, ...others] = choices.filter((each) => !isNull(each));
  if (only && others.length === 0) return { ...ruleOf({ ...only, ...rest }), ...(isNullable && { nullable: true }) };
  // A flag in a query string may be spelled as a text; a choice of texts is one list.
  if (only?.type === 'boolean' || isFlag(schema))
    return { type: 'boolean', ...(rest.default !== undefined && { default: String(rest.default) === 'true' }) };
  const picked = Object.fromEntries(KEYWORDS.flatMap((key) => (key in rest ? [[key, rest[key]]] : [])));
  return plain(only ? { ...picked, enum: [only, ...others].flatMap((each) => each.enum ?? []) } : picked);
}

/** In a query string, null is a word. */
function isNull({ type, enum: values }: Schema): boolean {
  return type === 'null' || (values?.length === 1 && values[0] === 'null');
}

function isFlag({ enum: values }: Schema): boolean {
  return values?.every((value) => ['true', 'false', '1', '0'].includes(String(value))) ?? false;
}

/** One spelling for what can be said in several ways. */
export function plain(rule: Rule): Rule {
  const { type, minimum, exclusiveMinimum, minLength, pattern, ...rest } = rule;
  const isWholeAbove = type === 'integer' && exclusiveMinimum !== undefined;
  const least = isWholeAbove ? exclusiveMinimum + 1 : minimum;
  return {
    ...rest,
    // A list of values says of which type and how large they are.
    ...(type && !rest.enum && { type }),
    ...(least !== undefined && !rest.enum && { minimum: least }),
    ...(exclusiveMinimum !== undefined && !isWholeAbove && { exclusiveMinimum }),
    ...(minLength && { minLength }),
    ...(pattern !== undefined && pattern !== PLAIN_TEXT && { pattern }),
  };
}
