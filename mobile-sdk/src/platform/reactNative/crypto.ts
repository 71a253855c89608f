import { gcm } from '@noble/ciphers/aes.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import type { ExpoCryptoModule, ExpoSealed } from './modules.ts';

/** The part of WebCrypto that the core uses: AES-256-GCM with raw keys, SHA-2, random bytes. */
export interface MinimalCrypto {
  getRandomValues<T extends ArrayBufferView>(array: T): T;
  subtle: {
    importKey(
      format: 'raw',
      bytes: Uint8Array,
      algorithm: unknown,
      extractable: boolean,
      usages: string[],
    ): Promise<unknown>;
    encrypt(algorithm: AesGcm, key: unknown, data: Uint8Array): Promise<ArrayBuffer>;
    decrypt(algorithm: AesGcm, key: unknown, data: Uint8Array): Promise<ArrayBuffer>;
    digest(algorithm: string | { name: string }, data: Uint8Array): Promise<ArrayBuffer>;
  };
}

interface AesGcm {
  name: string;
  iv: Uint8Array;
  additionalData?: Uint8Array;
}

const DIGESTS = { 'SHA-256': sha256, 'SHA-384': sha384, 'SHA-512': sha512 };
const bufferOf = (bytes: Uint8Array): ArrayBuffer =>
  bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;

async function digest(algorithm: string | { name: string }, data: Uint8Array): Promise<ArrayBuffer> {
  const name = typeof algorithm === 'string' ? algorithm : algorithm.name;
  const hash = DIGESTS[name as keyof typeof DIGESTS];
  if (!hash) throw new RangeError(`${name} is not supported`);
  return bufferOf(hash(data));
}

/**
 * Native AES-GCM of `expo-crypto`. Use it where `react-native-quick-crypto`, whose `install()` gives the whole of WebCrypto, is not
 * linked (Expo Go).
 */
export function expoCrypto<Key, Sealed extends ExpoSealed>(module: ExpoCryptoModule<Key, Sealed>): MinimalCrypto {
  return {
    getRandomValues: (array) => {
      module.getRandomValues(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
      return array;
    },
    subtle: {
      importKey: (_format, bytes) => module.AESEncryptionKey.import(bytes),
      encrypt: async ({ iv, additionalData }, key, data) => {
        const options = { nonce: { bytes: iv }, ...(additionalData ? { additionalData } : {}) };
        const sealed = await module.aesEncryptAsync(data, key as Key, options);
        return bufferOf(await sealed.ciphertext({ includeTag: true, encoding: 'bytes' }));
      },
      decrypt: async ({ iv, additionalData }, key, data) => {
        const sealed = module.AESSealedData.fromParts(iv, data, 16);
        const options = { output: 'bytes' as const, ...(additionalData ? { additionalData } : {}) };
        return bufferOf(await module.aesDecryptAsync(sealed, key as Key, options));
      },
      digest,
    },
  };
}

/** AES-GCM in JavaScript, twenty times slower: for readings and tests, not for files. Needs secure random bytes from the platform. */
export function softwareCrypto(getRandomValues: MinimalCrypto['getRandomValues']): MinimalCrypto {
  return {
    getRandomValues,
    subtle: {
      importKey: async (_format, bytes) => bytes.slice(),
      encrypt: async ({ iv, additionalData }, key, data) =>
        bufferOf(gcm(key as Uint8Array, iv, additionalData).encrypt(data)),
      decrypt: async ({ iv, additionalData }, key, data) =>
        bufferOf(gcm(key as Uint8Array, iv, additionalData).decrypt(data)),
      digest,
    },
  };
}

/** Makes it the global `crypto` where there is no WebCrypto yet. Call it before anything else of the SDK. */
export function installCrypto(crypto: MinimalCrypto): void {
  const present = (globalThis as { crypto?: { subtle?: unknown } }).crypto;
  if (present?.subtle) return;
  Object.defineProperty(globalThis, 'crypto', { value: crypto, configurable: true, writable: true });
}
