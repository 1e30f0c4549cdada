import { expect, test } from 'vitest';
import { StatementNames } from '../../src/db/prepared.ts';

/** What a process calls these statements once it has met each often enough. */
function namesAfter(texts: readonly string[]): (string | undefined)[] {
  const names = new StatementNames();
  for (let times = 0; times < 4; times++) for (const text of texts) names.nameOf(text);
  return texts.map((text) => names.nameOf(text));
}

test('a statement has the same name on every node, whatever they met before, so that no name means another statement', () => {
  const [select, update] = ['select * from trade where id = $1', 'update trade set status = $1'];
  const [ofSelect, ofUpdate] = namesAfter([select, update]);
  expect(namesAfter([update, select])).toEqual([ofUpdate, ofSelect]);
  expect(ofSelect).not.toBe(ofUpdate);
  expect(ofSelect).toMatch(/^skinrail_[0-9a-f]{32}$/);
});

test('a statement that hardly comes has none', () => {
  expect(new StatementNames().nameOf('select 1 from item where id in ($1, $2, $3)')).toBeUndefined();
});
