import Type from 'typebox';
import { Matching } from '../http/validation.ts';

/** What browsers and gateway say to each other about passkeys, in the JSON forms of Web Authentication. */

/** Far more than an authenticator sends. */
const BASE64_MAX = 20_000;
const CREDENTIAL_ID_MAX = 1400;

function Base64Url(maxLength = BASE64_MAX) {
  return Matching('^[A-Za-z0-9_-]+$', 'must be base64url without padding', { minLength: 1, maxLength });
}

const Transport = Type.String({ maxLength: 32, pattern: '^[a-z-]+$' });

/** Browsers may say more than is read here. */
const shared = {
  id: Base64Url(CREDENTIAL_ID_MAX),
  rawId: Base64Url(CREDENTIAL_ID_MAX),
  type: Type.Literal('public-key'),
  clientExtensionResults: Type.Object({}),
};

export const RegistrationAnswer = Type.Object(
  {
    ...shared,
    response: Type.Object({
      clientDataJSON: Base64Url(),
      attestationObject: Base64Url(),
      transports: Type.Optional(Type.Array(Transport, { maxItems: 10 })),
    }),
  },
  { description: 'What `navigator.credentials.create` has returned, as JSON' },
);

export const SignInAnswer = Type.Object(
  {
    ...shared,
    response: Type.Object({
      clientDataJSON: Base64Url(),
      authenticatorData: Base64Url(),
      signature: Base64Url(),
      userHandle: Type.Optional(Base64Url(100)),
    }),
  },
  { description: 'What `navigator.credentials.get` has returned, as JSON' },
);

export const RegistrationOptions = Type.Object(
  {
    challenge: Type.String(),
    rp: Type.Object({ id: Type.Optional(Type.String()), name: Type.String() }),
    user: Type.Object({ id: Type.String(), name: Type.String(), displayName: Type.String() }),
    pubKeyCredParams: Type.Array(Type.Object({ type: Type.Literal('public-key'), alg: Type.Integer() })),
    timeout: Type.Optional(Type.Integer()),
    excludeCredentials: Type.Optional(
      Type.Array(
        Type.Object({
          id: Type.String(),
          type: Type.String(),
          transports: Type.Optional(Type.Array(Type.String())),
        }),
      ),
    ),
    authenticatorSelection: Type.Optional(
      Type.Object({
        residentKey: Type.Optional(Type.Enum(['discouraged', 'preferred', 'required'])),
        requireResidentKey: Type.Optional(Type.Boolean()),
        userVerification: Type.Optional(Type.Enum(['discouraged', 'preferred', 'required'])),
      }),
    ),
    attestation: Type.Optional(Type.Enum(['direct', 'enterprise', 'indirect', 'none'])),
    extensions: Type.Optional(Type.Object({ credProps: Type.Optional(Type.Boolean()) })),
  },
  { $id: 'PasskeyRegistrationOptions' },
);

export const SignInOptions = Type.Object(
  {
    challenge: Type.String(),
    rpId: Type.Optional(Type.String()),
    timeout: Type.Optional(Type.Integer()),
    userVerification: Type.Optional(Type.Enum(['discouraged', 'preferred', 'required'])),
  },
  { $id: 'PasskeySignInOptions' },
);
