/** Addresses that a marketplace gives are shown on merchants' pages: only the web's own are passed on. */
export function webUrlOf(text: string | null | undefined): string | null {
  return text && /^https?:\/\//i.test(text) && URL.canParse(text) ? text : null;
}
