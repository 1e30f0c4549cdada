import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { programVersion } from '../../src/core/version.ts';
import { useWorld } from '../support/world.ts';

/** What code for merchants is generated from; `test/acceptance/reading.test.ts` holds it against the answers. */

interface Media {
  readonly schema?: object;
  readonly example?: unknown;
  readonly examples?: Record<string, { value: { error: { code: number; key: string } } }>;
}

interface Operation {
  readonly operationId?: string;
  readonly parameters?: { name: string; description?: string }[];
  readonly requestBody?: { content: Record<string, Media> };
  readonly responses: Record<
    string,
    { description: string; headers?: Record<string, unknown>; content?: Record<string, Media> }
  >;
}

interface Document {
  readonly info: { version: string };
  readonly tags: { name: string; description?: string }[];
  readonly webhooks: Record<string, { post: Operation }>;
  readonly components: { readonly schemas: Record<string, unknown> };
  readonly paths: Record<string, Record<string, Operation>>;
}

const world = useWorld();
let text: string;
let document: Document;
const ajv = new Ajv2020({ strict: false, validateFormats: false });
const checks = new Map<string, ValidateFunction>();

let operations: { name: string; operation: Operation }[];

beforeAll(async () => {
  text = await world().openApiDocument();
  document = JSON.parse(text);
  const components = JSON.parse(JSON.stringify(document.components).replaceAll('"#/components', '"api#/components'));
  ajv.addSchema({ $id: 'api', components });
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
      expect(operation.operationId, `${name} has no row in src/gateway/operation-ids.ts`).toMatch(/^[a-z][A-Za-z]+$/);
    }
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('calls its schemas by their names', () => {
    const names = Object.keys(document.components.schemas);
    expect(names).toEqual(expect.arrayContaining(['Trade', 'Item', 'Listing', 'Failure']));
    for (const name of names) expect(name).toMatch(/^(?!Unnamed)[A-Z][A-Za-z0-9]+$/);
  });

  test('describes every parameter and every group of operations, and names the version of the program', () => {
    for (const { name, operation } of operations) {
      for (const parameter of operation.parameters ?? []) {
        expect(parameter.description, `${name} ${parameter.name} has no row in src/gateway/document.ts`).toMatch(
          /^\S.*\S$/,
        );
      }
    }
    for (const { name, description } of document.tags) expect(description, name).toMatch(/^[A-Z]/);
    expect(document.info.version).toBe(programVersion());
  });

  /** Those whose success nobody sees: there are no deposits, and metrics are text. */
  const withoutExample = ['getTransaction', 'getMetrics'];

  test('shows what was really sent and answered, of every operation', () => {
    for (const { name, operation } of operations) {
      if (withoutExample.includes(operation.operationId ?? '')) continue;
      const where = `${name}: add it to the story of scripts/examples.ts, then npm run docs:examples`;
      const answer = operation.responses['200']?.content?.['application/json'];
      expect(answer?.example, where).toMatchObject({ success: true });
      expect(faultsOf(answer), where).toEqual([]);
      const body = operation.requestBody?.content['application/json'];
      if (body) expect(body.example, where).toBeDefined();
      expect(faultsOf(body), where).toEqual([]);
    }
  });

  test('tells of callbacks: the question, the notice and the try, as a merchant gets them', () => {
    expect(Object.keys(document.webhooks)).toEqual(['approval', 'trade', 'test']);
    for (const [name, { post }] of Object.entries(document.webhooks)) {
      const body = post.requestBody?.content['application/json'];
      expect(body?.example, name).toBeDefined();
      expect(faultsOf(body), name).toEqual([]);
    }
    const question = document.webhooks['approval']?.post.requestBody?.content['application/json']?.example;
    expect(question).toMatchObject({ trade: { type: 'withdraw', status: 'initiated' } });
  });

  test('shows an answer for each error that an operation can give, with when to come again', () => {
    for (const { name, operation } of operations) {
      for (const [status, { description, headers = {}, content }] of Object.entries(operation.responses)) {
        expect(Object.keys(headers), name).toContain('x-request-id');
        if (Number(status) < 400) continue;
        const shown = Object.entries(content?.['application/json']?.examples ?? {});
        const named = [...description.matchAll(/`([A-Z_]+)` \((\d+)\)/g)].map(([, key, code]) => [key, Number(code)]);
        expect(
          shown.map(([, { value }]) => [value.error.key, value.error.code]),
          `${name} ${status}`,
        ).toEqual(named);
        for (const [, { value }] of shown)
          expect(faultsOf({ ...content?.['application/json'], example: value })).toEqual([]);
        expect('Retry-After' in headers, `${name} ${status}`).toBe(
          /RATE_LIMITED|UNAVAILABLE|TOO_SOON/.test(description),
        );
      }
    }
  });

  /** What of an example is not as its schema says. */
  function faultsOf({ schema, example }: Media = {}): unknown[] {
    if (schema === undefined || example === undefined) return [];
    const text = JSON.stringify(schema).replaceAll('"#/components', '"api#/components');
    const check = checks.get(text) ?? ajv.compile(JSON.parse(text));
    checks.set(text, check);
    return check(example) ? [] : (check.errors ?? ['not valid']);
  }

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
