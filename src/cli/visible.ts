/**
 * Characters that a terminal obeys or hides instead of showing them: controls, overrides of the writing direction,
 * zero-width characters, separators of lines, fillers.
 */
const INVISIBLE = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** For people: such characters as a mark in their place, so that no name can pretend to be another or hide a part. */
export function visible(text: string): string {
  return text.replaceAll(INVISIBLE, '�');
}

/** For JSON, which stays the same to whoever parses it. */
export function escapeInvisible(json: string): string {
  return json.replaceAll(INVISIBLE, (character) =>
    Array.from({ length: character.length }, (_, at) => `\\u${unit(character.charCodeAt(at))}`).join(''),
  );
}

function unit(code: number): string {
  return code.toString(16).padStart(4, '0');
}
