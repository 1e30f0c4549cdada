import {
  browserSupportsWebAuthn,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from '@simplewebauthn/browser';
import { ApiFailure } from '../api/failure.ts';

/** Whether the browser can use passkeys at this address: not at an IP address, and over https or at localhost only. */
export function canUsePasskeys(): boolean {
  const isAddress = /^\[|^[\d.]+$/.test(location.hostname);
  return browserSupportsWebAuthn() && !isAddress;
}

/**
 * Lets the person make a passkey.
 * @throws ApiFailure with what the person can do
 */
export async function createPasskey(options: PublicKeyCredentialCreationOptionsJSON) {
  const answer = await startRegistration({ optionsJSON: options }).catch((cause: unknown) => {
    throw failureOf(cause, 'No passkey was made. Try again, and confirm it when the browser asks you.');
  });
  const { clientDataJSON, attestationObject, transports } = answer.response;
  const response = { clientDataJSON, attestationObject, ...(transports ? { transports } : {}) };
  return { ...credentialOf(answer), response };
}

/**
 * Lets the person choose a passkey, and confirm that.
 * @throws ApiFailure with what the person can do
 */
export async function answerWithPasskey(options: PublicKeyCredentialRequestOptionsJSON) {
  const answer = await startAuthentication({ optionsJSON: options }).catch((cause: unknown) => {
    throw failureOf(cause, 'No passkey was used. Try again, or sign in with your password.');
  });
  const { clientDataJSON, authenticatorData, signature, userHandle } = answer.response;
  const response = { clientDataJSON, authenticatorData, signature, ...(userHandle ? { userHandle } : {}) };
  return { ...credentialOf(answer), response };
}

function credentialOf({ id, rawId }: { readonly id: string; readonly rawId: string }) {
  return { id, rawId, type: 'public-key' as const, clientExtensionResults: {} };
}

/** Browsers do not tell whether the person has declined or has no passkey, so that pages cannot find out. */
function failureOf(cause: unknown, text: string): ApiFailure {
  const isKnown = cause instanceof Error && cause.name === 'InvalidStateError';
  return new ApiFailure(isKnown ? 'This device has a passkey for your account already.' : text, { key: 'PASSKEY' });
}
