import { fromHex, keccak256, toHex, utf8 } from '@allod/protocol';

/** One row of `KeeperRegistry.getKeepers()`. */
export interface KeeperRow {
  url: string;
  ip: number;
  port: number;
  nodeAddress: string;
  /** 48 bytes, 0x hex. */
  commitment: string;
  organization: string;
  /** SHA-256 of the TLS public key (SPKI), 0x hex; 32 zero bytes without TLS. */
  tlsKeyHash: string;
  active: boolean;
}

const WORD = 32;

/** Call data of a view without arguments. */
export const viewCall = (name: string): string => keccak256(utf8(`${name}()`)).slice(0, 10);

/**
 * Reads Solidity's ABI encoding: the few forms that the keeper registry answers with, so that the light client does not carry a
 * general decoder. Offsets are relative to `start`. Throws RangeError where the data ends too early.
 */
class Words {
  readonly #data: Uint8Array;
  readonly #start: number;

  constructor(data: Uint8Array, start = 0) {
    this.#data = data;
    this.#start = start;
  }

  /** An unsigned integer in a word. Throws RangeError above 2^53 − 1: no such offset, length or field exists here. */
  uint(word: number): number {
    const value = BigInt(toHex(this.#slice(this.#start + word * WORD, WORD)));
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError('the number is too large');
    return Number(value);
  }

  word(word: number): Uint8Array {
    return this.#slice(this.#start + word * WORD, WORD);
  }

  /** `bytes` or `string` behind the offset in a word. */
  bytes(word: number): Uint8Array {
    const at = this.#start + this.uint(word);
    return this.#slice(at + WORD, new Words(this.#data, at).uint(0));
  }

  text(word: number): string {
    return new TextDecoder().decode(this.bytes(word));
  }

  /** An array of dynamic tuples behind the offset in a word. */
  tuples(word: number): Words[] {
    const at = this.#start + this.uint(word);
    const count = new Words(this.#data, at).uint(0);
    const items = new Words(this.#data, at + WORD);
    this.#slice(at + WORD, count * WORD);
    return Array.from({ length: count }, (_, i) => new Words(this.#data, at + WORD + items.uint(i)));
  }

  #slice(from: number, length: number): Uint8Array {
    if (from + length > this.#data.length) throw new RangeError('the answer is cut short');
    return this.#data.subarray(from, from + length);
  }
}

export const decodeBytes = (data: string): string => toHex(new Words(fromHex(data)).bytes(0));

export const decodeUint = (data: string): number => new Words(fromHex(data)).uint(0);

export const decodeKeepers = (data: string): KeeperRow[] =>
  new Words(fromHex(data)).tuples(0).map((row) => ({
    url: row.text(0),
    ip: row.uint(1),
    port: row.uint(2),
    nodeAddress: toHex(row.word(3).subarray(12)),
    commitment: toHex(row.bytes(4)),
    organization: row.text(5),
    tlsKeyHash: toHex(row.word(6)),
    active: row.uint(7) === 1,
  }));
