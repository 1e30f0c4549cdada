/**
 * Characters that a terminal interprets or hides: control characters, changes of the writing direction, zero-width
 * characters, line separators and fillers.
 */
const INVISIBLE = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Replaces such characters with a visible mark, so that a name can neither hide a part nor imitate another name. */
export function visible(text: string): string {
  return text.replaceAll(INVISIBLE, '�');
}

/** Escapes such characters in JSON text, which does not change its parsed value. */
export function escapeInvisible(json: string): string {
  return json.replaceAll(INVISIBLE, (character) =>
    Array.from({ length: character.length }, (_, at) => `\\u${unit(character.charCodeAt(at))}`).join(''),
  );
}

function unit(code: number): string {
  return code.toString(16).padStart(4, '0');
}
