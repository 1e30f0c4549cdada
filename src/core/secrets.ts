import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Older texts without this prefix are not bound to an owner. They can be decrypted until they are encrypted again. */
const BOUND = 'v2.';

/** The owner and purpose of a secret. An encrypted text that is copied to another owner or purpose cannot be decrypted. */
export type SecretOwner =
  | { readonly merchantId: string; readonly purpose: 'api-secret' | 'token-secret' }
  | { readonly supplierId: string; readonly purpose: 'supplier-settings' }
  | { readonly personId: string; readonly purpose: 'totp-secret' };

/** For operators: whose secret it is. */
export function nameOfOwner(owner: SecretOwner): string {
  if ('merchantId' in owner) return `merchant ${owner.merchantId}`;
  return 'supplierId' in owner ? `supplier account ${owner.supplierId}` : `person ${owner.personId}`;
}

export interface OpenedSecret {
  readonly secret: string;
  /** Encrypted with the current key and bound to its owner. */
  readonly isCurrent: boolean;
}

/** Encrypts secrets of merchants, supplier accounts and people at rest with the operator's key, bound to their owner. */
export class SecretBox {
  readonly #keyHex: string | null;
  readonly #previousHex: readonly string[];

  /**
   * @param keyHex 64 hex digits; null: no key, which is an error only when one is needed
   * @param previousHex previous keys, used only for decryption
   */
  constructor(keyHex: string | null, previousHex: readonly string[] = []) {
    this.#keyHex = keyHex;
    this.#previousHex = previousHex;
  }

  get #key(): Buffer {
    if (this.#keyHex === null) {
      throw new Error('SECRET_KEY is not set; set it to the key of the gateways on this database');
    }
    return Buffer.from(this.#keyHex, 'hex');
  }

  seal(secret: string, owner: SecretOwner): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce).setAAD(bindingOf(owner));
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return BOUND + Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
  }

  /**
   * A digest that only those who have the key can make, so that what is given away can be known again.
   * @returns 32 bytes
   */
  digest(text: string, purpose: 'passkey-challenge'): Buffer {
    const key = createHmac('sha256', this.#key).update(`skinrail/${purpose}`).digest();
    return createHmac('sha256', key).update(text).digest();
  }

  /** @throws Error when it was encrypted with an unknown key or for another owner */
  open(sealed: string, owner: SecretOwner): string {
    return this.inspect(sealed, owner).secret;
  }

  /** @throws Error like `open` */
  inspect(sealed: string, owner: SecretOwner): OpenedSecret {
    const current = openWith(this.#key, sealed, owner);
    if (current !== null) return { secret: current, isCurrent: sealed.startsWith(BOUND) };
    for (const hex of this.#previousHex) {
      const secret = openWith(Buffer.from(hex, 'hex'), sealed, owner);
      if (secret !== null) return { secret, isCurrent: false };
    }
    throw new Error(
      `the ${owner.purpose} of ${nameOfOwner(owner)} cannot be decrypted: it was encrypted with another key than SECRET_KEY. ` +
        'Set SECRET_KEY or SECRET_KEY_PREVIOUS to that key',
    );
  }
}

function bindingOf(owner: SecretOwner): Buffer {
  return Buffer.from(`skinrail/${owner.purpose}/${idOf(owner)}`);
}

function idOf(owner: SecretOwner): string {
  if ('merchantId' in owner) return owner.merchantId;
  return 'supplierId' in owner ? owner.supplierId : owner.personId;
}

/** @returns null for a wrong key or owner */
function openWith(key: Buffer, sealed: string, owner: SecretOwner): string | null {
  const isBound = sealed.startsWith(BOUND);
  const bytes = Buffer.from(isBound ? sealed.slice(BOUND.length) : sealed, 'base64');
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return null;
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  if (isBound) decipher.setAAD(bindingOf(owner));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    const opened = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
    return opened.toString('utf8');
  } catch {
    return null;
  }
}
