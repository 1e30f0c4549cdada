const AT_URL = /[a-z][a-z0-9+.-]*:\/\/\S+/gi;

/** Replaces the user, password and query of each URL in a text, such as a database URL or a callback URL. */
export function withoutUrlSecrets(text: string): string {
  return text.replaceAll(AT_URL, urlWithoutSecrets);
}

/** The same for a text that is one URL, which may have spaces in its password. */
export function urlWithoutSecrets(url: string): string {
  return url.replace(/\/\/[^/?#]*@/, '//-@').replace(/\?[^#]*/, '?-');
}
