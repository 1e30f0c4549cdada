const AT_URL = /[a-z][a-z0-9+.-]*:\/\/\S+/gi;

/** Replaces what is secret in the URLs of a text, as of a database or a callback URL: who logs in, and what is asked for. */
export function withoutUrlSecrets(text: string): string {
  return text.replaceAll(AT_URL, (url) => url.replace(/\/\/[^/@?#]*@/, '//-@').replace(/\?[^#]*/, '?-'));
}
