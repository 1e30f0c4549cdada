import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonItems } from '../../src/net/json-items.ts';

/** The text as bytes, in chunks that are cut at these places. */
function chunksOf(text: string, cuts: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return places.slice(1).map((to, index) => bytes.subarray(places[index], to));
}

function readAll(chunks: readonly Buffer[]): { items: unknown[]; around: unknown } {
  const reader = new JsonItems('items');
  const items: unknown[] = [];
  for (const chunk of chunks) {
    const read = reader.push(chunk);
    if (read === null) return { items: [], around: undefined };
    items.push(...read);
  }
  return { items, around: reader.end() };
}

const cuts = fc.array(fc.nat());
const value = fc.jsonValue({ maxDepth: 3 });
const blanks = fc.constantFrom(0, 1, '\t');
const document = fc.tuple(fc.dictionary(fc.string(), value), fc.array(value), fc.dictionary(fc.string(), value));

test('a list is read as JSON.parse would, wherever its bytes are cut', () => {
  fc.assert(
    fc.property(document, blanks, cuts, ([before, items, behind], space, at) => {
      const { items: _before, ...first } = before;
      const { items: _behind, ...last } = behind;
      const text = JSON.stringify({ ...first, items, ...last }, undefined, space);
      const whole = JSON.parse(text);
      expect(readAll(chunksOf(text, at))).toEqual({ items: whole.items, around: { ...whole, items: [] } });
    }),
  );
});

test('a list that is cut short anywhere is not read to its end', () => {
  fc.assert(
    fc.property(fc.array(value), fc.nat(), cuts, (items, length, at) => {
      const text = JSON.stringify({ status: 'success', items, last: 1 });
      const bytes = Buffer.from(text);
      const short = bytes.subarray(0, length % bytes.length).toString('latin1');
      expect(readAll(chunksOf(short, at)).around).toBeUndefined();
    }),
  );
});

test('only the list of the outermost object counts, also when texts and other objects look like it', () => {
  const text = JSON.stringify({ a: { items: [1] }, b: '"items":[', c: [['"items":', [2]]], 'items ': [3], items: [4] });
  expect(readAll([Buffer.from(text)]).items).toEqual([4]);
});
