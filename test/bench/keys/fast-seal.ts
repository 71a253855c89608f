/**
 * Seals thousands of keys in a bench's preparation: the format of @allod/protocol, with native curve arithmetic. Nothing of it is
 * measured; that the keys open shows that the format is right.
 */
import { SecretKey } from '@chainsafe/blst';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { shake128 } from '@noble/hashes/sha3.js';
import { concatBytes, randomBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { conditionOf, fromHex, sealDataHash, sealIdentity, toBase64 } from '@allod/protocol';
import type { IbeCurve, Seal, SealedKek } from '@allod/protocol';

const ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;
const SALT = utf8ToBytes('TIMELOCK_BLS12381_XOF:HKDF-SHA2-256_');

/** The secret key 1 signs a text with its hash on the curve. */
const one = SecretKey.fromBytes(Uint8Array.of(...new Uint8Array(31), 1));

const hashToScalar = (message: Uint8Array): bigint => {
  const wide = hkdf(sha256, concatBytes(message, Uint8Array.of(0)), SALT, Uint8Array.of(0, 48), 48);
  return BigInt(`0x${Buffer.from(wide).toString('hex')}`) % ORDER;
};
const scalarBytes = (scalar: bigint): Uint8Array => fromHex(`0x${scalar.toString(16).padStart(64, '0')}`);
const xor = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((byte, i) => byte ^ b[i]!);

/** @param multiply the network's public key times a scalar, compressed */
export function fastSeal(
  record: SealedKek,
  key: Uint8Array,
  network: { networkKey: string; curve: IbeCurve; multiply: (scalar: bigint) => Uint8Array },
): Seal {
  const dataHash = sealDataHash(key);
  const point = one.sign(utf8ToBytes(sealIdentity([conditionOf(record)], dataHash))).toBytes(true);
  const alpha = scalarBytes(hashToScalar(randomBytes(32)));
  const r = hashToScalar(concatBytes(alpha, sha256(key)));
  const shared = network.curve.sharedSecret(network.multiply(r), [{ index: 1, signature: point }])!;
  const framed = concatBytes(Uint8Array.of(key.length), key);
  const w = xor(framed, shake128(alpha, { dkLen: framed.length }));
  const u = network.curve.timesGenerator(r);
  const bytes = concatBytes(u, xor(alpha, sha256(shared)), Uint8Array.of(w.length), w, Uint8Array.of(2));
  return { scheme: 'lit-bls-v1', networkKey: network.networkKey.toLowerCase(), dataHash, ciphertext: toBase64(bytes) };
}
