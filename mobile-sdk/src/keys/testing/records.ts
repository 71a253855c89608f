import { sealRecord } from '@allod/protocol';
import type { SealedKek } from '@allod/protocol';
import { randomBytes } from '@noble/hashes/utils.js';

export const datasetId = `0x${'11'.repeat(32)}`;

export interface SealedFixture {
  record: SealedKek;
  key: Uint8Array;
}

/** A random key sealed for licensees of version 1, by the given contributor. */
export function sealedKek(
  network: { chain: string; chainId: number; accessPolicy: string; networkKey: string },
  contributorRef: string,
  changes: Partial<SealedKek> = {},
): SealedFixture {
  const key = randomBytes(32);
  const terms: Omit<SealedKek, 'seals'> = {
    v: 1,
    kind: 'kek',
    version: 1,
    chain: network.chain,
    chainId: network.chainId,
    accessPolicy: network.accessPolicy,
    datasetId,
    contributorRef,
    consentHash: `0x${'22'.repeat(32)}`,
    consentNonce: 0,
    purposes: 1,
    validUntil: 2_000_000_000,
    sources: 1,
    ...changes,
  };
  return { record: sealRecord<SealedKek>(terms, key, [network.networkKey]), key };
}
