import { beforeAll, describe, expect, test } from 'vitest';
import { disagreements } from '../../scripts/compatibility/compare.ts';
import { errorDisagreements, failureDisagreements } from '../../scripts/compatibility/compare-errors.ts';
import { objectDisagreements } from '../../scripts/compatibility/compare-objects.ts';
import { type OwnOperation, readOperations } from '../../scripts/compatibility/document.ts';
import { compatibilityPage } from '../../scripts/compatibility/page.ts';
import { nameOf, operations } from '../../scripts/compatibility/surface/index.ts';
import { useWorld } from '../support/world.ts';
import { page } from './tables.ts';

/** `docs/reference/compatibility.md` says of each part of the public API whether it is here; a running gateway confirms it. */

const world = useWorld();

describe('the page of compatibility', () => {
  let text: string;
  let own: Map<string, OwnOperation>;
  beforeAll(async () => {
    text = await world().openApiDocument();
    own = new Map(readOperations(text));
  });

  test('is what `npm run docs:compatibility` makes', () => {
    expect(page('reference/compatibility.md')).toBe(compatibilityPage());
  });

  test('lists the 37 operations of the public API and its health, each once', () => {
    expect(new Set(operations.map(nameOf)).size).toBe(38);
    expect(operations.length).toBe(38);
  });

  test('says of every operation and parameter what the gateway’s own document says', () => {
    expect(disagreements(own)).toEqual([]);
  });

  test('says of every error and every reason of a failure what the gateway’s own lists say', () => {
    expect(errorDisagreements()).toEqual([]);
    expect(failureDisagreements()).toEqual([]);
  });

  test('says of every field of an answer what the gateway’s own document says', () => {
    expect(objectDisagreements(text)).toEqual([]);
    const other = text.replaceAll('"offerID":{"type":"string"}', '"offerId":{"type":"integer"}');
    expect(objectDisagreements(other)).toEqual(['Trade: offerId is not on the page', 'Trade: offerID is not there']);
    const lax = text.replaceAll('"required":["items","nextCursor"]', '"required":["items"]');
    expect(objectDisagreements(lax)).toContain('TradePage: nextCursor is not always there');
    const wrong = text.replaceAll('"currency":{"type":"string"}', '"currency":{"type":"number"}');
    expect(objectDisagreements(wrong)).toEqual(['Balance: currency is number, and not string']);
  });

  test('would not agree with a gateway that lacks an operation or a parameter, or has one more', () => {
    const buy = own.get('POST /secure/buy');
    const items = buy?.parameters.get('items');
    if (!buy || !items) throw new Error('there is no buy, or it has no items');
    const now = disagreements(own);
    const more = (other: Map<string, OwnOperation>) => disagreements(other).filter((each) => !now.includes(each));
    const wrong = (change: Partial<OwnOperation>) => more(new Map(own).set('POST /secure/buy', { ...buy, ...change }));
    const withItems = (change: object) =>
      wrong({ parameters: new Map(buy.parameters).set('items', { ...items, ...change }) });
    expect(withItems({ required: false })).toEqual(['POST /secure/buy: items is not required']);
    expect(withItems({ place: 'query' })).toEqual(['POST /secure/buy: items is in the query']);
    expect(withItems({ rule: { ...items.rule, maxItems: 51 } })).toHaveLength(1);
    expect(wrong({ auth: 'token' })).toEqual(['POST /secure/buy: asks for token']);
    expect(wrong({ isClosed: false })).toHaveLength(1);
    expect(wrong({ statuses: [400, 401, 403, 500] })).toEqual(['POST /secure/buy: does not state 429']);
    expect(wrong({ parameters: new Map([...buy.parameters].filter(([name]) => name !== 'items')) })).toHaveLength(1);
    expect(wrong({ parameters: new Map(buy.parameters).set('more', items) })).toHaveLength(1);
    expect(more(new Map(own).set('POST /secure/sell', buy))).toHaveLength(1);
    expect(more(new Map(own).set('GET /another', buy))).toEqual(['GET /another is not on the page']);
    const without = new Map(own);
    without.delete('POST /secure/buy');
    expect(more(without)).toEqual(['POST /secure/buy is not there']);
  });
});
