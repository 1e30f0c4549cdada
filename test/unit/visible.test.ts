import { describe, expect, test } from 'vitest';
import { columns } from '../../src/cli/format.ts';
import { CollectedOutput } from '../../src/cli/output.ts';
import { print } from '../../src/cli/task.ts';
import { escapeInvisible, visible } from '../../src/cli/visible.ts';

const HIDDEN: readonly (readonly [string, string])[] = [
  ['an override of the writing direction', '\u202e'],
  ['an isolate', '\u2066'],
  ['a right-to-left mark', '\u200f'],
  ['an Arabic letter mark', '\u061c'],
  ['a zero-width space', '\u200b'],
  ['a zero-width joiner', '\u200d'],
  ['a byte order mark', '\ufeff'],
  ['a soft hyphen', '\u00ad'],
  ['a separator of lines', '\u2028'],
  ['an escape', '\u001b'],
  ['a carriage return', '\r'],
  ['a C1 control', '\u009b'],
  ['a Hangul filler', '\u3164'],
  ['a tag', '\u{e0041}'],
  ['half a surrogate pair', '\ud800'],
];

describe('what merchants and suppliers call things', () => {
  test.each(HIDDEN)('cannot hold %s when the operator sees it, in a table, a text or JSON', (_what, character) => {
    const name = `Shop${character}pohS`;
    expect(columns([[name]])).toBe('Shop�pohS\n');
    for (const json of [false, true]) {
      const output = new CollectedOutput();
      print({ text: `name  ${name}\n`, json: { name } }, json, output);
      const { stdout } = output.with(0);
      expect(stdout).not.toContain(character);
      if (json) expect(JSON.parse(stdout)).toEqual({ name });
    }
  });

  test('show as they are otherwise', () => {
    const name = '★ Karambit | Doppler™ (Factory New) 龍王 Ελλάς עברית العربية 😀';
    expect(visible(`${name}\n`)).toBe(`${name}\n`);
    expect(escapeInvisible(JSON.stringify({ name }, null, 2))).toBe(JSON.stringify({ name }, null, 2));
  });

  test('are one line of a table, whatever is in them', () => {
    expect(columns([['Shop\nspoofed line']])).toBe('Shop�spoofed line\n');
  });
});
