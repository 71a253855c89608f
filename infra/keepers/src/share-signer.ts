import { createRequire } from 'node:module';
import { bls12_381 as bls } from '@noble/curves/bls12-381.js';
import { wipe } from './share-file.ts';
import type { Share } from './share-file.ts';
import { scalarToBytes } from './shamir.ts';

const DST = 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_';

/** Signs identities with one share. `sign` returns index (1 byte) ‖ H(identity)·f(index) (96 bytes, compressed G2). */
export interface ShareSigner {
  readonly engine: 'blst' | 'noble';
  sign(identity: string): Uint8Array;
}

/** The native signer, 40 times faster; falls back to pure JavaScript where blst has no build. Both give equal bytes. */
export function createShareSigner(share: Share): ShareSigner {
  return nativeSigner(share) ?? portableSigner(share);
}

export function nativeSigner(share: Share): ShareSigner | undefined {
  let blst: typeof import('@chainsafe/blst');
  try {
    blst = createRequire(import.meta.url)('@chainsafe/blst') as typeof import('@chainsafe/blst');
  } catch {
    return undefined;
  }
  const { index } = share;
  const bytes = scalarToBytes(share.secret);
  const key = blst.SecretKey.fromBytes(bytes);
  wipe(bytes);
  return { engine: 'blst', sign: (identity) => withIndex(index, key.sign(Buffer.from(identity)).toBytes()) };
}

export function portableSigner(share: Share): ShareSigner {
  const { index } = share;
  const key = scalarToBytes(share.secret);
  const sign = (identity: string): Uint8Array =>
    bls.longSignatures.sign(bls.longSignatures.hash(Buffer.from(identity), DST), key).toBytes(true);
  return { engine: 'noble', sign: (identity) => withIndex(index, sign(identity)) };
}

const withIndex = (index: number, signature: Uint8Array): Uint8Array => Buffer.concat([Buffer.of(index), signature]);
