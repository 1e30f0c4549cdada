import { describe, expect, test } from 'vitest';
import { catalogue } from '../../src/core/errors.ts';
import { cancelRefusals } from '../../src/suppliers/supplier.ts';
import { page, table } from './tables.ts';

/** `docs/reference/errors.md` and the catalogue say the same. */

const rows = table(page('reference/errors.md'), 'key', 'code', 'HTTP');

describe('the page of errors', () => {
  test('has every error of the catalogue, in its order, with code, status and mark; and no other', () => {
    const documented = rows.map(([key, code, status, , , mark]) => ({ key, code, status, mark }));
    const known = Object.entries(catalogue).map(([key, { code, status, origin }]) => ({
      key,
      code: String(code),
      status: String(status),
      mark: origin === 'ours' ? 'ours' : '',
    }));
    expect(documented).toEqual(known);
  });

  test('says of each when it comes and what to do', () => {
    for (const [key, , , when = '', action = ''] of rows) {
      expect(when, `when ${key} comes`).toMatch(/^[A-Z`].*\.$/);
      expect(action, `what to do about ${key}`).toMatch(/^[A-Z`].*\.$/);
    }
  });

  test('names every reason for which an item cannot be cancelled', () => {
    const ours = ['not_a_withdrawal', 'not_supported', 'already_cancelled', 'already_closed'];
    // "Too early" has an error of its own: TRADE_CANCEL_TOO_SOON.
    const refusals = cancelRefusals.filter((reason) => reason !== 'too_early');
    const named = table(page('guides/cancelling.md'), 'reason', 'decided by').map(([reason]) => reason);
    expect(named.toSorted()).toEqual([...new Set([...ours, ...refusals])].sort());
  });

  test('names no error elsewhere that there is not', () => {
    const named = [...page('reference/errors.md').matchAll(/`([A-Z][A-Z_]{5,})`/g)].map((match) => match[1] ?? '');
    const scopes = ['CORE_ACCESS'];
    expect(named.filter((key) => !Object.hasOwn(catalogue, key) && !scopes.includes(key))).toEqual([]);
  });
});

describe('the catalogue', () => {
  test('gives no code twice', () => {
    const codes = Object.values(catalogue).map((row) => row.code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  test('has whole sentences, and statuses of errors', () => {
    for (const [key, { text, status }] of Object.entries(catalogue)) {
      expect(text, key).toMatch(/^[A-Z].*\.$/);
      expect(status, key).toBeGreaterThanOrEqual(400);
      expect(status, key).toBeLessThan(600);
    }
  });
});
