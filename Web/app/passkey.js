// Passkeys: between the JSON of WebAuthn (Level 2 §5, base64url for bytes), which the venue speaks, and the
// browser's own calls, which take and give buffers.

import { decode, encode } from "./base64url.js";

/** Whether this page may use passkeys: a secure context (https or localhost) and a browser that knows them. */
export const isAvailable = () =>
  typeof window !== "undefined" && window.isSecureContext && typeof window.PublicKeyCredential === "function";

const descriptors = (list) => (list ?? []).map((item) => ({ ...item, id: decode(item.id) }));

/** The options of a registration as `navigator.credentials.create` takes them. */
export function creationOptions(options) {
  return {
    ...options,
    challenge: decode(options.challenge),
    user: { ...options.user, id: decode(options.user.id) },
    excludeCredentials: descriptors(options.excludeCredentials),
  };
}

/** The options of a log-in as `navigator.credentials.get` takes them. */
export function requestOptions(options) {
  return {
    ...options,
    challenge: decode(options.challenge),
    allowCredentials: descriptors(options.allowCredentials),
  };
}

function common(credential, response) {
  return {
    id: credential.id,
    rawId: encode(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

/** A new credential as JSON. */
export function registrationJSON(credential) {
  const { response } = credential;
  return common(credential, {
    clientDataJSON: encode(response.clientDataJSON),
    attestationObject: encode(response.attestationObject),
    transports: response.getTransports?.() ?? [],
  });
}

/** A log-in's signature as JSON. */
export function assertionJSON(credential) {
  const { response } = credential;
  return common(credential, {
    clientDataJSON: encode(response.clientDataJSON),
    authenticatorData: encode(response.authenticatorData),
    signature: encode(response.signature),
    userHandle: response.userHandle ? encode(response.userHandle) : undefined,
  });
}

/** Asks the device for a new passkey. */
export async function create(options) {
  return registrationJSON(await navigator.credentials.create({ publicKey: creationOptions(options) }));
}

/** Asks the device for a signature with a passkey that it has. */
export async function get(options) {
  return assertionJSON(await navigator.credentials.get({ publicKey: requestOptions(options) }));
}
