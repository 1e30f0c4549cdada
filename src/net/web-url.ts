/** Returns a marketplace's URL only if it is http or https, because merchants' pages show it. */
export function webUrlOf(text: string | null | undefined): string | null {
  return text && /^https?:\/\//i.test(text) && URL.canParse(text) ? text : null;
}
