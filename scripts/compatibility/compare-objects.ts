import { type AnswerObject, type Field, objects } from './surface/objects.ts';

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

type Found = Map<string, { readonly required: boolean; readonly types: readonly string[] }>;

/** Where the fields of our answers are not as the page says, in words. */
export function objectDisagreements(openApi: string): string[] {
  const { schemas }: { schemas: Record<string, Schema> } = JSON.parse(openApi).components;
  return objects.flatMap((object) => {
    const found: Found = new Map();
    readFields(schemas[object.schema] ?? {}, '', found);
    return compare(object, found).map((what) => `${object.schema}: ${what}`);
  });
}

function readFields({ properties = {}, required = [] }: Schema, prefix: string, found: Found): void {
  for (const [field, schema] of Object.entries(properties)) {
    const name = prefix + field;
    found.set(name, { required: required.includes(field), types: typesOf(schema) });
    readFields(schema, `${name}.`, found);
    if (schema.items) readFields(schema.items, `${name}[].`, found);
  }
}

function typesOf({ type, enum: values = [], anyOf = [] }: Schema): string[] {
  if (type !== undefined) return [type];
  return [...new Set([...values.map((value) => typeof value), ...anyOf.flatMap(typesOf)])];
}

function compare({ fields, ours = {} }: AnswerObject, found: Found): string[] {
  const listed = new Set([...fields.map(({ name }) => name), ...Object.keys(ours)]);
  return [
    ...[...found.keys()].filter((name) => !listed.has(name)).map((name) => `${name} is not on the page`),
    ...Object.keys(ours)
      .filter((name) => !found.has(name))
      .map((name) => `${name} is called ours, and is not there`),
    ...fields.flatMap((field) => compareField(field, found)),
  ];
}

function compareField({ name, required, types, notOffered }: Field, found: Found): string[] {
  const own = found.get(name);
  if (notOffered !== undefined) return own ? [`${name} is called not offered, and is there`] : [];
  if (!own) return [`${name} is not there`];
  const other = own.types.filter(
    (type) => !types.includes(type === 'integer' && types.includes('number') ? 'number' : type),
  );
  return [
    ...(required && !own.required ? [`${name} is not always there`] : []),
    ...(other.length > 0 ? [`${name} is ${other}, and not ${types}`] : []),
  ];
}
