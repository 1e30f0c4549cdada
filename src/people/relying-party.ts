import { isIP } from 'node:net';
import { errors } from '../core/errors.ts';

/** For whom passkeys are made: an authenticator uses one only where it was made. */
export interface RelyingParty {
  readonly id: string;
  /** What the page's address may begin with. */
  readonly origins: string[];
}

/**
 * The public URL's host, or the one that a request names. A host that a stranger makes up is of no use: browsers sign for the
 * host that they are at, and have no passkey of ours for another.
 * @throws REFUSED for an IP address, which the standard does not allow
 */
export function requireRelyingParty(publicUrl: string, host: string | undefined): RelyingParty {
  const url = URL.parse(publicUrl || `https://${host ?? ''}`);
  const id = url?.hostname ?? '';
  if (url === null || id === '' || isIP(id.replace(/^\[(.*)\]$/, '$1')) > 0) {
    throw errors.of('REFUSED', {
      message:
        'Passkeys need a host name, and this is an IP address. Open the console at the gateway’s name (localhost is one), ' +
        'or ask the operator to set PUBLIC_URL.',
    });
  }
  if (publicUrl !== '') return { id, origins: [url.origin] };
  // A proxy that ends TLS may not say so. Browsers use passkeys over https and at localhost only.
  return { id, origins: [url.origin, new URL(`http://${host}`).origin] };
}
