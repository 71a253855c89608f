import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { computeAddress } from 'ethers';
import { concatBytes, fromHex, type Hex, toHex, uintBE, utf8 } from './bytes.ts';

/** Highest KEK index, and so the highest intake and version number of a dataset. */
export const MAX_VERSION = 1023;

const SECP256K1_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** HKDF-SHA-256 (RFC 5869) with an empty salt. */
function derive(ikm: Uint8Array, info: Uint8Array, length = 32): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hkdf(sha256, ikm, undefined, info, length));
}

/** Secret of one (contributor, dataset): everything below comes from it, and datasets of one person stay unlinked. */
export function refSeed(seed: Uint8Array, chainId: bigint | number, datasetId: string): Uint8Array<ArrayBuffer> {
  if (seed.length !== 32) throw new RangeError('seed must be 32 bytes');
  return derive(seed, concatBytes(utf8('allod/ref-seed'), uintBE(chainId, 32), fromHex(datasetId)));
}

/** secp256k1 private key of the contributorRef: 48 bytes of HKDF output reduced mod n − 1, plus 1 (bias below 2^-128). */
export function refPrivateKey(refSeedBytes: Uint8Array): Hex {
  const wide = BigInt(toHex(derive(refSeedBytes, utf8('allod/ref-key'), 48)));
  return toHex(uintBE((wide % (SECP256K1_ORDER - 1n)) + 1n, 32));
}

/** Address of the contributorRef, in EIP-55 letter case. */
export function contributorRef(refSeedBytes: Uint8Array): string {
  return computeAddress(refPrivateKey(refSeedBytes));
}

/** KEK_1023, the top of the chain of one consent. */
export function topKek(
  refSeedBytes: Uint8Array,
  chainId: bigint | number,
  datasetId: string,
  consentHash: string,
): Uint8Array<ArrayBuffer> {
  return derive(
    refSeedBytes,
    concatBytes(utf8('allod/kek'), uintBE(chainId, 32), fromHex(datasetId), fromHex(consentHash)),
  );
}

/** Walks a KEK chain down from index `from` to `to` (from ≥ to ≥ 1); upwards is infeasible by design. */
export function walkKek(kek: Uint8Array, from: number, to: number): Uint8Array<ArrayBuffer> {
  if (!Number.isInteger(from) || !Number.isInteger(to) || to < 1 || from > MAX_VERSION || to > from) {
    throw new RangeError(`cannot walk a KEK from ${from} to ${to}`);
  }
  let key = new Uint8Array(kek);
  const info = utf8('allod/kek/down');
  for (let i = from; i > to; i--) key = derive(key, info);
  return key;
}

/** Label key of a pack (32 bytes), derived from the KEK of its intake; it does not lead back to the KEK. */
export function labelKey(kek: Uint8Array, packId: string): Uint8Array<ArrayBuffer> {
  return derive(kek, concatBytes(utf8('allod/label'), fromHex(packId)));
}
