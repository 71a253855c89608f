/** Secure random bytes of the platform. Looked up at each call: on React Native an app installs `crypto` after the SDK was loaded. */
export function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  return globalThis.crypto.getRandomValues(new Uint8Array(length));
}
