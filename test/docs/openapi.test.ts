import { Validator } from '@seriousme/openapi-schema-validator';
import { beforeAll, describe, expect, test } from 'vitest';
import { readOpenApiDocument } from '../../scripts/openapi-document.ts';

/** What code for merchants is generated from; `test/acceptance/reading.test.ts` holds it against the answers. */

interface Operation {
  readonly operationId?: string;
  readonly responses: Record<string, { content?: Record<string, { schema?: unknown }> }>;
}

interface Document {
  readonly components: { readonly schemas: Record<string, unknown> };
  readonly paths: Record<string, Record<string, Operation>>;
}

let text: string;
let document: Document;
let operations: { name: string; operation: Operation }[];

beforeAll(async () => {
  text = await readOpenApiDocument();
  document = JSON.parse(text);
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
  );
});

describe('the OpenAPI document', () => {
  test('is one, by the rules of OpenAPI 3.1', async () => {
    const verdict = await new Validator().validate(JSON.parse(text));
    expect(verdict.errors).toBeUndefined();
    expect(verdict.valid).toBe(true);
  });

  test('gives every operation a name of its own', () => {
    for (const { name, operation } of operations) {
      expect(operation.operationId, `${name} has no row in src/http/operation-ids.ts`).toMatch(/^[a-z][A-Za-z]+$/);
    }
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('calls its schemas by their names', () => {
    const names = Object.keys(document.components.schemas);
    expect(names).toEqual(expect.arrayContaining(['Trade', 'Item', 'Listing', 'Failure']));
    for (const name of names) expect(name).toMatch(/^(?!Unnamed)[A-Z][A-Za-z0-9]+$/);
  });

  test('has one form for all refusals', () => {
    for (const { name, operation } of operations) {
      const refusals = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
      expect(refusals.length, name).toBeGreaterThan(0);
      for (const [status, { content }] of refusals) {
        const schema = content?.['application/json']?.schema;
        expect(schema, `${name} ${status}`).toEqual({ $ref: '#/components/schemas/Failure' });
      }
    }
  });
});
