import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';

/** Loaded at the first use of a passkey: it takes 25 MB and a quarter of a second of a core. */
const load = {
  server: () => import('@simplewebauthn/server'),
  helpers: () => import('@simplewebauthn/server/helpers'),
};

export type RegistrationAnswer = RegistrationResponseJSON;
export type SignInAnswer = AuthenticationResponseJSON;

/** By the numbers of COSE: what all authenticators and every version of Node have. */
const ALGORITHMS = { Ed25519: -8, ES256: -7, RS256: -257 } as const;
const algorithms: number[] = Object.values(ALGORITHMS);

/** What both ceremonies check an answer against. */
export interface Expected {
  readonly rpId: string;
  readonly origins: string[];
  readonly isOpen: (challenge: string) => boolean;
}

export interface RegistrationRequest {
  readonly rpId: string;
  readonly challenge: Buffer<ArrayBuffer>;
  readonly timeoutMs: number;
  readonly person: { readonly id: string; readonly email: string; readonly name: string };
  /** What the person has already: an authenticator makes no second one. */
  readonly known: readonly { readonly credential_id: string; readonly transports: string[] }[];
}

/** What a browser is given to make a passkey that names the person by itself, behind a finger, a face or a PIN. */
export async function registrationOptions({ rpId, challenge, timeoutMs, person, known }: RegistrationRequest) {
  const { generateRegistrationOptions } = await load.server();
  return generateRegistrationOptions({
    rpName: 'skinrail',
    rpID: rpId,
    challenge,
    timeout: timeoutMs,
    userID: userHandleOf(person.id),
    userName: person.email,
    userDisplayName: person.name,
    attestationType: 'none',
    excludeCredentials: known.map(({ credential_id: id, transports }) => ({ id, transports })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: algorithms,
  });
}

/**
 * Checks what an authenticator has made.
 * @throws Error that says what is wrong, for the log
 */
export async function checkRegistration(answer: RegistrationAnswer, { rpId, origins, isOpen }: Expected) {
  const { verifyRegistrationResponse } = await load.server();
  const attestationObject = await withoutAttestation(answer.response.attestationObject);
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response: { ...answer, response: { ...answer.response, attestationObject } },
    expectedChallenge: isOpen,
    expectedOrigin: origins,
    expectedRPID: rpId,
    requireUserVerification: true,
    supportedAlgorithmIDs: algorithms,
  });
  if (!verified) throw new Error('The registration is not verified');
  if (answer.id !== registrationInfo.credential.id) throw new Error('The answer names another credential');
  return registrationInfo.credential;
}

/**
 * Leaves out who has made the authenticator, since we trust none more than another. The library would check the certificates,
 * and ask the addresses in them for what was revoked: also those of a chain that someone has made to reach our own network.
 */
async function withoutAttestation(attestationObject: string): Promise<string> {
  const { decodeAttestationObject, isoBase64URL, isoCBOR } = await load.helpers();
  const authData = decodeAttestationObject(isoBase64URL.toBuffer(attestationObject)).get('authData');
  if (!(authData instanceof Uint8Array)) throw new Error('The answer has no authenticator data');
  const none = new Map<string, string | Uint8Array | Map<string, string>>([
    ['fmt', 'none'],
    ['authData', authData],
  ]);
  none.set('attStmt', new Map());
  return isoBase64URL.fromBuffer(isoCBOR.encode(none));
}

/** What a browser is given to sign in: the person chooses one of the passkeys that it has. */
export async function signInOptions(rpId: string, challenge: Buffer<ArrayBuffer>, timeoutMs: number) {
  const { generateAuthenticationOptions } = await load.server();
  return generateAuthenticationOptions({ rpID: rpId, challenge, timeout: timeoutMs, userVerification: 'required' });
}

export interface StoredPasskey {
  readonly credential_id: string;
  readonly person_id: string;
  readonly public_key: Uint8Array;
  readonly counter: bigint;
}

/**
 * Checks what an authenticator has signed.
 * @returns how often the authenticator was used, as it says
 * @throws Error that says what is wrong, for the log
 */
export async function checkSignIn(
  answer: SignInAnswer,
  passkey: StoredPasskey,
  { rpId, origins, isOpen }: Expected,
): Promise<number> {
  const { verifyAuthenticationResponse } = await load.server();
  if (answer.response.userHandle !== userHandleOf(passkey.person_id).toString('base64url')) {
    throw new Error('The answer names another person than the passkey’s');
  }
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: answer,
    expectedChallenge: isOpen,
    expectedOrigin: origins,
    expectedRPID: rpId,
    requireUserVerification: true,
    credential: {
      id: passkey.credential_id,
      publicKey: new Uint8Array(passkey.public_key),
      counter: Number(passkey.counter),
    },
  });
  if (!verified) throw new Error('The signature is wrong');
  return authenticationInfo.newCounter;
}

/** How an authenticator names the person: the id's 16 bytes, which tell others nothing. */
function userHandleOf(personId: string): Buffer<ArrayBuffer> {
  return Buffer.from(personId.replaceAll('-', ''), 'hex');
}
