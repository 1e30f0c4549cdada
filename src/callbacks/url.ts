import type { Config } from '../config/config.ts';
import { errors } from '../core/errors.ts';
import { readAllowList } from '../net/allow-list.ts';
import { refusalOfHost } from '../net/guard.ts';

export const URL_LENGTH_MAX = 2048;

/**
 * Reads a callback URL and gives it as it is stored. Any port will do; a fragment is left out, as no server sees it.
 * @throws VALIDATION_FAILED with the reason for `url`
 */
export function readCallbackUrl(text: string): string {
  if (!URL.canParse(text)) throw refused('must be an absolute URL');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refused('must be an https URL');
  // Whoever may read attempts and settings would read them too.
  if (url.username !== '' || url.password !== '') throw refused('must have no user name or password');
  url.hash = '';
  if (url.href.length > URL_LENGTH_MAX) throw refused(`must have at most ${URL_LENGTH_MAX} characters`);
  return url.href;
}

/**
 * The same, for this gateway: what the guard would refuse whatever a name server says is refused at once.
 * @throws VALIDATION_FAILED with the reason for `url`
 */
export function acceptCallbackUrl(config: Pick<Config, 'callbackAllow'>, text: string): string {
  const url = readCallbackUrl(text);
  const refusal = refusalOfHost(readAllowList(config.callbackAllow), new URL(url));
  if (refusal !== null) throw refused(refusal);
  return url;
}

function refused(reason: string) {
  return errors.validationFailed({ url: reason });
}
