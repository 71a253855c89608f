import { sha256 } from '@noble/hashes/sha2.js';

/**
 * Runs `work` with a reproducible stream in place of the platform's random bytes: byte block i is SHA-256(label ‖ 0x00 ‖ u32be(i)).
 * Only for test vectors.
 */
export async function withFixedRandomness<T>(label: string, work: () => T | Promise<T>): Promise<T> {
  const { crypto } = globalThis;
  const prefix = new TextEncoder().encode(`${label}\0`);
  let counter = 0;
  const fill = (target: Uint8Array): Uint8Array => {
    for (let at = 0; at < target.length; at += 32) {
      const input = new Uint8Array(prefix.length + 4);
      input.set(prefix);
      new DataView(input.buffer).setUint32(prefix.length, counter++);
      target.set(sha256(input).subarray(0, target.length - at), at);
    }
    return target;
  };
  Object.defineProperty(crypto, 'getRandomValues', { value: fill, configurable: true });
  try {
    return await work();
  } finally {
    Reflect.deleteProperty(crypto, 'getRandomValues');
  }
}
