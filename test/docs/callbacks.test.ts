import * as webhooks from 'skinrail/webhooks';
import { expect, test } from 'vitest';
import { page, table } from './tables.ts';

/** `docs/guides/callback-recipes.md` and the module for merchants say the same. Its recipes are run in `test/acceptance`. */

const text = page('guides/callback-recipes.md');

test('the page of callbacks tells of everything that the module exports, and of nothing else', () => {
  const named = table(text, 'export').flatMap(([cell = '']) => cell.match(/[a-zA-Z_]+(?=\(|$)/g) ?? []);
  expect(named.toSorted()).toEqual(Object.keys(webhooks).sort());
});

test('the signature that other programs are held against is the right one', () => {
  const parts = new Map(table(text, 'part', 'value').map(([part = '', value = '']) => [part, value]));
  const part = (name: string) => parts.get(name) ?? '';
  const header = webhooks.sign({ secret: part('secret'), id: part('id'), time: part('t'), body: part('body') });
  expect(header).toBe(`t=${part('t')},id=${part('id')},s=${part('s')}`);
});

test('every reason for a refusal is named', () => {
  const [secret, body, id] = ['a', '{}', 'b'];
  const at = (ms: number) => ({
    secret,
    body,
    header: webhooks.sign({ secret, id, body, time: new Date(ms) }),
    now: 0,
  });
  const verdicts = [
    webhooks.verify({ ...at(0), header: '' }),
    webhooks.verify({ ...at(0), header: 'x' }),
    webhooks.verify(at(-300_001)),
    webhooks.verify(at(300_001)),
    webhooks.verify({ ...at(0), secret: 'another' }),
    webhooks.verify({ ...at(0), body: 'x', header: webhooks.sign({ secret, id, body: 'x', time: new Date(0) }) }),
  ];
  for (const verdict of verdicts) expect(text).toContain(`\`${verdict.ok ? 'it was taken' : verdict.reason}\``);
  expect(new Set(verdicts.map((verdict) => verdict.ok || verdict.reason)).size).toBe(verdicts.length);
});
