import { type Examples, examples } from './examples.ts';

/** The parts of an OpenAPI document that are completed here once all routes are known. */
export interface Document {
  readonly paths: Record<string, Record<string, DocumentedOperation>>;
  readonly components: { headers?: unknown };
  webhooks?: unknown;
}

interface DocumentedOperation {
  readonly operationId?: string;
  readonly parameters?: { readonly name: string; readonly in: string; description?: string; example?: unknown }[];
  readonly requestBody?: { readonly content: Record<string, { example?: unknown }> };
  readonly responses: Record<string, DocumentedResponse>;
}

interface DocumentedResponse {
  readonly description: string;
  headers?: Record<string, unknown>;
  readonly content?: Record<string, { example?: unknown; examples?: unknown }>;
}

/** What a parameter means, by its name, where its schema does not say it. */
const parameterTexts: Readonly<Record<string, string>> = {
  tradeId: 'The id of the trade, or the `externalId` that you gave it',
  itemId: 'The id of the item, or the `externalId` that you gave it',
  deliveryId: 'The id of the callback, as its signature names it',
  transactionId: 'The id of the transaction',
  cursor: 'Where to go on: `nextCursor` of the page before. Left out: from the start',
  limit: 'How many entries a page has at most',
  offset: 'How many entries to leave out',
  type: 'Only of this type',
  startDate: 'Made then or later',
  endDate: 'Made then or earlier',
  status: 'Only with this status',
  state: 'Only in this state',
  kind: 'Only of this kind',
  game: '730 is CS2, 252490 is Rust',
  sort: 'The order of the rows',
  minPrice: 'The lowest price, in dollars, the fee included',
  maxPrice: 'The highest price, in dollars, the fee included',
  page: 'From 1',
  perPage: 'How many rows a page has at most',
  marketHashName: 'The exact name of the item',
  delivery: 'How the seller delivers: by hand, or at once',
  phase: 'Of a Doppler',
  floatMin: 'The lowest float value',
  floatMax: 'The highest float value',
  q: 'What is being typed',
  trade: 'Only of this trade: its id, or the `externalId` that you gave it',
};

const headers = {
  RequestId: { description: 'The same as `requestId` in the body', schema: { type: 'string', format: 'uuid' } },
  RetryAfter: {
    description: 'In how many seconds a later try can help',
    schema: { type: 'integer', minimum: 1 },
  },
};
const REQUEST_ID = { $ref: '#/components/headers/RequestId' };
const RETRY_AFTER = { $ref: '#/components/headers/RetryAfter' };

/** Adds what no schema of a route says: examples, the meaning of parameters, headers of answers, and callbacks. */
export function completeDocument(document: Document): Document {
  for (const methods of Object.values(document.paths)) {
    for (const operation of Object.values(methods)) completeOperation(operation);
  }
  document.components.headers = headers;
  document.webhooks = webhooks(examples);
  return document;
}

function completeOperation(operation: DocumentedOperation): void {
  const example = examples.operations[operation.operationId ?? ''];
  for (const parameter of operation.parameters ?? []) {
    const text = parameter.description ?? parameterTexts[parameter.name];
    if (text !== undefined) parameter.description = text;
    const given = (parameter.in === 'path' ? example?.params : example?.query)?.[parameter.name];
    if (given !== undefined) parameter.example = given;
  }
  const body = operation.requestBody?.content['application/json'];
  if (body && example?.body !== undefined) body.example = example.body;
  for (const [status, response] of Object.entries(operation.responses)) {
    const mayHelpLater = /`(RATE_LIMITED|SERVICE_UNAVAILABLE|TRADE_CANCEL_TOO_SOON)`/.test(response.description);
    response.headers = { 'x-request-id': REQUEST_ID, ...(mayHelpLater && { 'Retry-After': RETRY_AFTER }) };
    const content = response.content?.['application/json'];
    if (status === '200' && content && example) content.example = example.answer;
  }
}

const SIGNATURE = {
  name: 'X-AssetPay-Signature',
  in: 'header',
  required: true,
  description: '`t=<time>,id=<id of the callback>,s=<hex>`, and `s1=<hex>` while your API secret rotates',
  schema: { type: 'string' },
};

function webhooks({ callbacks }: Examples) {
  const schema = { type: 'object', required: ['trade'], properties: { trade: { $ref: '#/components/schemas/Trade' } } };
  const post = (operationId: string, summary: string, description: string, example: unknown, answer: string) => ({
    post: {
      operationId,
      summary,
      description,
      tags: ['callbacks'],
      security: [],
      parameters: [SIGNATURE],
      requestBody: { required: true, content: { 'application/json': { schema, example } } },
      responses: { '2XX': { description: answer } },
    },
  });
  return {
    approval: post(
      'answerApproval',
      'May this be bought?',
      'Asked before anything is bought, at most three times: a withdrawal at `initiated`. You have ten seconds.',
      callbacks.question,
      'Yes, unless the body says `{"action": "reject"}`. A 4xx other than 408 and 429 is a no as well; anything else is asked again.',
    ),
    trade: post(
      'takeCallback',
      'A trade has gone a step',
      'Sent at least once and in the order of the trade’s steps, repeated until it is taken. The id stays the same.',
      callbacks.notice,
      'Taken. You have 15 seconds. 410 switches your callbacks off; anything else is tried again.',
    ),
    test: {
      post: {
        ...post('takeTest', 'A try of a new callback URL', '', callbacks.test, 'The URL works, and is saved.').post,
        description: 'Sent without a signature when you set your URL. You have eight seconds.',
        parameters: [],
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { type: 'object' }, example: callbacks.test } },
        },
      },
    },
  };
}
