import { type Examples, examples } from './examples.ts';

/** The parts of an OpenAPI document that are completed here after all routes are registered. */
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

/** Descriptions of parameters by name, for parameters without a description in their schema. */
const parameterTexts: Readonly<Record<string, string>> = {
  tradeId: 'The id of the trade, or the `externalId` that you gave it',
  itemId: 'The id of the item, or the `externalId` that you gave it',
  deliveryId: 'The id of the callback, as its signature names it',
  transactionId: 'The id of the transaction',
  cursor: '`nextCursor` of the previous page. Default: from the start',
  limit: 'The maximum number of entries of a page',
  offset: 'The number of entries to skip',
  type: 'Only entries of this type',
  startDate: 'Only entries created at or after this time',
  endDate: 'Only entries created at or before this time',
  status: 'Only entries with this status',
  state: 'Only entries in this state',
  kind: 'Only entries of this kind',
  game: '730 is CS2, 252490 is Rust',
  sort: 'The order of the rows',
  minPrice: 'The lowest price in dollars, including the fee',
  maxPrice: 'The highest price in dollars, including the fee',
  page: 'The number of the page, from 1',
  perPage: 'The maximum number of rows of a page',
  marketHashName: 'The exact name of the item',
  delivery: 'How the seller delivers: `standard` (by hand) or `instant`',
  phase: 'The phase of a Doppler',
  floatMin: 'The lowest float value',
  floatMax: 'The highest float value',
  q: 'The text that the user has typed so far',
  trade: 'Only entries of this trade: its id, or the `externalId` that you gave it',
};

const headers = {
  RequestId: { description: 'The same as `requestId` in the body', schema: { type: 'string', format: 'uuid' } },
  RetryAfter: {
    description: 'Retry after this number of seconds',
    schema: { type: 'integer', minimum: 1 },
  },
};
const REQUEST_ID = { $ref: '#/components/headers/RequestId' };
const RETRY_AFTER = { $ref: '#/components/headers/RetryAfter' };

/** Adds examples, descriptions of parameters, headers of answers, and callbacks, which the route schemas do not have. */
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
    const isRetryable = /`(RATE_LIMITED|SERVICE_UNAVAILABLE|TRADE_CANCEL_TOO_SOON)`/.test(response.description);
    response.headers = { 'x-request-id': REQUEST_ID, ...(isRetryable && { 'Retry-After': RETRY_AFTER }) };
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
      'Approve or reject a purchase',
      'Sent before anything is bought, at most three times, with a withdrawal at `initiated`. Answer within ten seconds.',
      callbacks.approval,
      'Approved, unless the body is `{"action": "reject"}`. A 4xx other than 408 and 429 also rejects; any other answer is retried.',
    ),
    trade: post(
      'takeCallback',
      'A trade has changed',
      'Sent at least once, in the order of the trade’s events, and retried until you accept it. The id stays the same.',
      callbacks.trade,
      'Accepted. Answer within 15 seconds. 410 switches your callbacks off; any other answer is retried.',
    ),
    test: {
      post: {
        ...post('takeTest', 'A test of a new callback URL', '', callbacks.test, 'The URL works and is saved.').post,
        description: 'Sent without a signature when you set your URL. Answer within eight seconds.',
        parameters: [],
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { type: 'object' }, example: callbacks.test } },
        },
      },
    },
  };
}
