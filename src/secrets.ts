import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts merchants' API secrets at rest with the operator's key (DESIGN 4.8). */
export class SecretBox {
  readonly #keyHex: string | null;

  /** @param keyHex 64 hex digits; null: there is no key, which is noticed when one is needed */
  constructor(keyHex: string | null) {
    this.#keyHex = keyHex;
  }

  get #key(): Buffer {
    if (this.#keyHex === null) {
      throw new Error('SECRET_KEY is not set: set it to the key that the gateways on this database use');
    }
    return Buffer.from(this.#keyHex, 'hex');
  }

  seal(secret: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce);
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
  }

  /** @throws Error when it was sealed with another key */
  open(sealed: string): string {
    const bytes = Buffer.from(sealed, 'base64');
    const decipher = createDecipheriv(ALGORITHM, this.#key, bytes.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    try {
      const opened = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
      return opened.toString('utf8');
    } catch {
      throw new Error('an API secret cannot be decrypted: SECRET_KEY is not the key it was stored with');
    }
  }
}
