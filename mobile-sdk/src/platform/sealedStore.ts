import { concatBytes, utf8 } from '@allod/protocol';
import type { KeyStore, Platform, ResumeStore } from './ports.ts';

const KEY_NAME = 'store-key';
const MAGIC = utf8('allod/1 ');
const IV_SIZE = 12;

const stores = new WeakMap<ResumeStore, SealedStore>();

/** The platform's durable store, encrypted at rest; one and the same for every client of the platform. */
export function sealedStoreOf(platform: Pick<Platform, 'resumeStore' | 'keyStore'>): ResumeStore {
  const { resumeStore, keyStore } = platform;
  if (resumeStore instanceof SealedStore) return resumeStore;
  let sealed = stores.get(resumeStore);
  if (!sealed) stores.set(resumeStore, (sealed = new SealedStore(resumeStore, keyStore)));
  return sealed;
}

/** A stored value does not open: another key store, or bytes that were changed. */
export class StoreDamagedError extends Error {
  override name = 'StoreDamagedError';
  readonly code = 'STORE_DAMAGED';
}

const isSpooled = (key: string): boolean => key.startsWith('spool/');

function spooled(key: string): string {
  if (!isSpooled(key)) throw new RangeError(`${key} would rest in clear`);
  return key;
}

/**
 * Encrypts every value with AES-256-GCM under a random key that rests in the platform's key store; the name of a value is its
 * associated data, so that values cannot be exchanged. Spooled leaves are ciphertext already and pass through: their hash is
 * checked before they are sent. Names of keys are not hidden; they hold ids only.
 */
class SealedStore implements ResumeStore {
  readonly getPart: ResumeStore['getPart'];
  readonly writer: ResumeStore['writer'];
  readonly #inner: ResumeStore;
  readonly #keyStore: KeyStore;
  #key: Promise<CryptoKey> | undefined;

  constructor(inner: ResumeStore, keyStore: KeyStore) {
    this.#inner = inner;
    this.#keyStore = keyStore;
    if (inner.getPart) this.getPart = (key, ...part) => inner.getPart!(spooled(key), ...part);
    if (inner.writer) this.writer = (key) => inner.writer!(spooled(key));
  }

  #load(): Promise<CryptoKey> {
    this.#key ??= this.#loadOrMake().catch((error: unknown) => {
      this.#key = undefined;
      throw error;
    });
    return this.#key;
  }

  async #loadOrMake(): Promise<CryptoKey> {
    let secret = await this.#keyStore.get(KEY_NAME);
    if (!secret) await this.#keyStore.set(KEY_NAME, (secret = globalThis.crypto.getRandomValues(new Uint8Array(32))));
    return globalThis.crypto.subtle.importKey('raw', secret as Uint8Array<ArrayBuffer>, 'AES-GCM', false, [
      'encrypt',
      'decrypt',
    ]);
  }

  async get(key: string, into?: Uint8Array): Promise<Uint8Array | undefined> {
    if (isSpooled(key)) return this.#inner.get(key, into);
    const stored = await this.#inner.get(key);
    if (stored === undefined) return stored;
    const iv = stored.slice(MAGIC.length, MAGIC.length + IV_SIZE);
    try {
      const sealed = stored.slice(MAGIC.length + IV_SIZE);
      const algorithm = { name: 'AES-GCM', iv, additionalData: concatBytes(MAGIC, utf8(key)) };
      return new Uint8Array(await globalThis.crypto.subtle.decrypt(algorithm, await this.#load(), sealed));
    } catch {
      throw new StoreDamagedError(`the stored value ${key} does not open`);
    }
  }

  async put(key: string, value: Uint8Array): Promise<void> {
    if (isSpooled(key)) return this.#inner.put(key, value);
    const iv = globalThis.crypto.getRandomValues(new Uint8Array(IV_SIZE));
    const algorithm = { name: 'AES-GCM', iv, additionalData: concatBytes(MAGIC, utf8(key)) };
    const plain = value as Uint8Array<ArrayBuffer>;
    const sealed = new Uint8Array(await globalThis.crypto.subtle.encrypt(algorithm, await this.#load(), plain));
    return this.#inner.put(key, concatBytes(MAGIC, iv, sealed));
  }

  delete(key: string): Promise<void> {
    return this.#inner.delete(key);
  }
  list(prefix: string): Promise<string[]> {
    return this.#inner.list(prefix);
  }
}
