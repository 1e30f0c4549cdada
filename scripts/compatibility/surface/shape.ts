/** How the public API is restated here: operations with their parameters, each marked with what this gateway does about it. */

/** What a value may be, in the words of JSON Schema; only what is stated. */
export interface Rule {
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object';
  readonly enum?: readonly (string | number)[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly default?: string | number | boolean;
  readonly nullable?: boolean;
}

export type Place = 'path' | 'query' | 'body';

export interface Parameter {
  /** Dotted, with `[]` for the entries of a list: `items[].price`. */
  readonly name: string;
  readonly place: Place;
  readonly required: boolean;
  readonly fact: Rule;
  /** What this gateway says instead of parts of the fact. */
  readonly ours?: Rule;
  /** Where the public API leaves something open: what was decided. It is no difference. */
  readonly decided?: string;
  /** What differs, and why. */
  readonly differs?: string;
  /** Why it is not there. */
  readonly notOffered?: string;
  /** What the rule does not tell. */
  readonly note?: string;
}

/** `merchant`: with an API key or with a token of the public API's own dashboard. */
export type Auth = 'key' | 'token' | 'merchant' | 'none';

export interface Operation {
  readonly method: 'GET' | 'POST';
  /** As in the OpenAPI document: `/secure/trades/{tradeId}`. */
  readonly path: string;
  readonly summary: string;
  readonly auth: Auth;
  /** Refusals that the public API declares. */
  readonly statuses: readonly number[];
  /** Those of them that cannot happen here. */
  readonly neverHere?: readonly number[];
  /** Unknown fields of the body are refused. */
  readonly isClosed?: boolean;
  readonly parameters: readonly Parameter[];
  readonly differs?: string;
  readonly notOffered?: string;
}

export interface Section {
  readonly title: string;
  readonly text?: string;
  readonly operations: readonly Operation[];
}

type Remarks = Pick<Parameter, 'ours' | 'decided' | 'differs' | 'notOffered' | 'note'>;

const at =
  (place: Place) =>
  /** @param name with `*` behind it where it is required */
  (name: string, fact: Rule, remarks: Remarks = {}): Parameter => ({
    name: name.replace('*', ''),
    place,
    required: name.endsWith('*'),
    fact,
    ...remarks,
  });

export const path = at('path');
export const query = at('query');
export const body = at('body');
