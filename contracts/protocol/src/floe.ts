import { hmac } from '@noble/hashes/hmac.js';
import { sha384 } from '@noble/hashes/sha2.js';
import { concatBytes, equalBytes, uintBE, utf8 } from './bytes.ts';

/**
 * FLOE: fast lightweight online encryption with random access.
 * Source: C2SP/Snowflake FLOE specification (ePrint 2025/2275), AEAD AES-256-GCM, KDF HKDF-Expand-SHA-384. Not audited.
 */
export interface FloeParams {
  /** Bytes of one encrypted segment, overhead included. */
  segmentSize: number;
  /** A new segment key every 2^rotationBits segments. */
  rotationBits: number;
}

/** Allod's parameters: one encrypted segment is one raw leaf of 1 MiB. */
export const FLOE: FloeParams = { segmentSize: 1 << 20, rotationBits: 20 };
/** 10 bytes of parameters, 32 of IV, 32 of header tag. */
export const FLOE_HEADER_SIZE = 74;
const IV_SIZE = 32;
const NONCE_SIZE = 12;
const TAG_SIZE = 16;
/** 4 bytes of length, 12 of nonce, 16 of tag. */
export const FLOE_SEGMENT_OVERHEAD = 4 + NONCE_SIZE + TAG_SIZE;

function encodeParams(params: FloeParams): Uint8Array<ArrayBuffer> {
  return concatBytes(new Uint8Array([0, 0]), uintBE(params.segmentSize, 4), uintBE(IV_SIZE, 4));
}

/** HKDF-Expand-SHA-384 (RFC 5869 §2.3) of at most 48 bytes: one HMAC block. FLOE expands 32-byte keys without extracting. */
function kdf(
  key: Uint8Array,
  params: FloeParams,
  iv: Uint8Array,
  aad: Uint8Array,
  purpose: Uint8Array,
  length: number,
): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    hmac(sha384, key, concatBytes(encodeParams(params), iv, purpose, aad, new Uint8Array([1]))).subarray(0, length),
  );
}

/** Signals a ciphertext that does not open: wrong key, wrong AAD, altered, reordered or cut. */
export class FloeError extends Error {
  readonly code = 'FLOE_OPEN_FAILED';
  override readonly name = 'FloeError';
}

/**
 * Gives memory of WebCrypto back at once where the engine can. Garbage collectors count it late: tens of segments would lie
 * about before the first collection.
 */
function forget(bytes: Uint8Array<ArrayBuffer>): void {
  (bytes.buffer as { transfer?: (length: number) => unknown }).transfer?.(0);
}

type SegmentKey = Awaited<ReturnType<typeof globalThis.crypto.subtle.importKey>>;

/** Encrypts or decrypts the segments of one message. Segments may be processed in any order. */
export class FloeMessage {
  readonly header: Uint8Array<ArrayBuffer>;
  readonly #params: FloeParams;
  readonly #iv: Uint8Array;
  readonly #aad: Uint8Array;
  readonly #messageKey: Uint8Array;
  readonly #keys = new Map<number, Promise<SegmentKey>>();

  private constructor(params: FloeParams, key: Uint8Array, iv: Uint8Array, aad: Uint8Array) {
    this.#params = params;
    this.#iv = iv;
    this.#aad = aad;
    this.#messageKey = kdf(key, params, iv, aad, utf8('MESSAGE_KEY:'), 48);
    this.header = concatBytes(encodeParams(params), iv, kdf(key, params, iv, aad, utf8('HEADER_TAG:'), 32));
  }

  /** Starts a message under a 32-byte key. */
  static create(
    key: Uint8Array,
    aad: Uint8Array,
    params: FloeParams = FLOE,
    iv = globalThis.crypto.getRandomValues(new Uint8Array(IV_SIZE)),
  ): FloeMessage {
    if (key.length !== 32) throw new RangeError('a FLOE key is 32 bytes');
    return new FloeMessage(params, key, iv, aad);
  }

  /** Opens a message by its header; throws FloeError when parameters, key or AAD do not match. */
  static open(key: Uint8Array, aad: Uint8Array, header: Uint8Array, params: FloeParams = FLOE): FloeMessage {
    if (header.length !== FLOE_HEADER_SIZE || key.length !== 32) throw new FloeError('malformed header or key');
    const message = new FloeMessage(params, key, header.slice(10, 10 + IV_SIZE), aad);
    if (!equalBytes(message.header, header)) throw new FloeError('header does not match key and associated data');
    return message;
  }

  /** Most plaintext bytes of one segment. */
  get plainSize(): number {
    return this.#params.segmentSize - FLOE_SEGMENT_OVERHEAD;
  }

  #segmentKey(index: number): Promise<SegmentKey> {
    const period = Math.floor(index / 2 ** this.#params.rotationBits) * 2 ** this.#params.rotationBits;
    let key = this.#keys.get(period);
    if (!key) {
      const bytes = kdf(
        this.#messageKey,
        this.#params,
        this.#iv,
        this.#aad,
        concatBytes(utf8('DEK:'), uintBE(period, 8)),
        32,
      );
      key = globalThis.crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
      this.#keys.set(period, key);
    }
    return key;
  }

  #algorithm(index: number, last: boolean, iv: Uint8Array<ArrayBuffer>) {
    return {
      name: 'AES-GCM',
      iv,
      additionalData: concatBytes(uintBE(index, 8), new Uint8Array([last ? 1 : 0])),
      tagLength: 128,
    };
  }

  /**
   * Encrypts segment `index`. Every segment but the last holds exactly `plainSize` bytes. Never encrypt one index twice with different
   * bytes under a published root: the CID changes.
   *
   * @param into at least `segmentSize` bytes that receive the segment, so that a long message needs no new memory for each
   */
  async sealSegment(
    index: number,
    plain: Uint8Array<ArrayBuffer>,
    last: boolean,
    into?: Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array<ArrayBuffer>> {
    if (last ? plain.length > this.plainSize : plain.length !== this.plainSize)
      throw new RangeError(`segment ${index} has ${plain.length} bytes`);
    const nonce = globalThis.crypto.getRandomValues(new Uint8Array(NONCE_SIZE));
    const sealed = new Uint8Array(
      await globalThis.crypto.subtle.encrypt(this.#algorithm(index, last, nonce), await this.#segmentKey(index), plain),
    );
    const length = last ? uintBE(plain.length + FLOE_SEGMENT_OVERHEAD, 4) : uintBE(0xffffffff, 4);
    const out =
      into?.subarray(0, plain.length + FLOE_SEGMENT_OVERHEAD) ?? new Uint8Array(plain.length + FLOE_SEGMENT_OVERHEAD);
    out.set(length);
    out.set(nonce, 4);
    out.set(sealed, 4 + NONCE_SIZE);
    forget(sealed);
    return out;
  }

  /** Decrypts segment `index`; throws FloeError on any mismatch. */
  async openSegment(index: number, segment: Uint8Array<ArrayBuffer>, last: boolean): Promise<Uint8Array<ArrayBuffer>> {
    const { segmentSize } = this.#params;
    const fits = last
      ? segment.length >= FLOE_SEGMENT_OVERHEAD && segment.length <= segmentSize
      : segment.length === segmentSize;
    const expected = last ? segment.length : 0xffffffff;
    if (!fits || new DataView(segment.buffer, segment.byteOffset).getUint32(0) !== expected) {
      throw new FloeError(`segment ${index} has a wrong length`);
    }
    try {
      const nonce = segment.slice(4, 4 + NONCE_SIZE);
      return new Uint8Array(
        await globalThis.crypto.subtle.decrypt(
          this.#algorithm(index, last, nonce),
          await this.#segmentKey(index),
          segment.slice(4 + NONCE_SIZE),
        ),
      );
    } catch {
      throw new FloeError(`segment ${index} does not open`);
    }
  }
}

/** Encrypts a whole message in memory: header and body kept apart. */
export async function floeSeal(
  key: Uint8Array,
  aad: Uint8Array,
  plain: Uint8Array<ArrayBuffer>,
  params: FloeParams = FLOE,
): Promise<{ header: Uint8Array<ArrayBuffer>; body: Uint8Array<ArrayBuffer> }> {
  const message = FloeMessage.create(key, aad, params);
  const parts: Uint8Array[] = [];
  const count = Math.max(1, Math.ceil(plain.length / message.plainSize));
  for (let i = 0; i < count; i++) {
    parts.push(
      await message.sealSegment(i, plain.slice(i * message.plainSize, (i + 1) * message.plainSize), i === count - 1),
    );
  }
  return { header: message.header, body: concatBytes(...parts) };
}

/** Decrypts a whole message in memory. Throws FloeError. */
export async function floeOpen(
  key: Uint8Array,
  aad: Uint8Array,
  header: Uint8Array,
  body: Uint8Array<ArrayBuffer>,
  params: FloeParams = FLOE,
): Promise<Uint8Array<ArrayBuffer>> {
  const message = FloeMessage.open(key, aad, header, params);
  const count = Math.ceil(body.length / params.segmentSize);
  if (count === 0) throw new FloeError('empty body');
  const parts: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    parts.push(
      await message.openSegment(i, body.slice(i * params.segmentSize, (i + 1) * params.segmentSize), i === count - 1),
    );
  }
  return concatBytes(...parts);
}
