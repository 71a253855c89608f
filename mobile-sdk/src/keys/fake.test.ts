import type { SealedKeyRecord } from '@allod/protocol';
import { createFakeKeyGate } from './fake.ts';
import { describeKeyGate } from './testing/key-gate.contract.ts';

const LABEL = 64;

/** AccessPolicy and the test world behind it, in memory. */
describeKeyGate('the fake', async () => {
  const licensed = new Map<string, number>();
  const qualified = new Set<string>();
  const nonces = new Map<string, number>();
  const key = (...parts: string[]): string => parts.join('|').toLowerCase();
  const allows = (account: string, record: SealedKeyRecord): boolean => {
    if (account.toLowerCase() === record.contributorRef.toLowerCase()) return true;
    if (record.validUntil * 1000 <= Date.now() || record.sources !== 1) return false;
    if ((nonces.get(key(record.contributorRef, record.datasetId)) ?? 0) !== record.consentNonce) return false;
    return record.kind === 'kek'
      ? record.version <= (licensed.get(key(account, record.datasetId)) ?? 0)
      : (record.purposes & LABEL) !== 0 && qualified.has(key(account, record.packId));
  };
  return {
    gate: createFakeKeyGate({ chainId: 31337, allows }),
    chain: 'baseSepolia',
    chainId: 31337,
    accessPolicy: '0x00000000000000000000000000000000000a11ce',
    license: async (user, datasetId, maxVersion) => void licensed.set(key(user, datasetId), maxVersion),
    qualify: async (user, packId, yes) =>
      void (yes ? qualified.add(key(user, packId)) : qualified.delete(key(user, packId))),
    withdraw: async (ref, datasetId) => void nonces.set(key(ref, datasetId), 1),
    settle: async () => {},
    stop: async () => {},
  };
});
