import { canDecryptCondition, canLabelCondition, type EvmContractCondition } from './conditions.ts';
import type { Hex } from './bytes.ts';
import { jsonSha256 } from './json.ts';
import { MAX_VERSION } from './keys.ts';

/** A key under one key network. A record may carry two, so that it can move to another network (at most 4). */
export interface Seal {
  scheme: 'lit-bls-v1';
  /** BLS12-381 G1 public key of the network, 48 bytes compressed, hex with 0x. */
  networkKey: string;
  /** SHA-256 of the sealed key, 64 hex digits. */
  dataHash: string;
  /** base64 of U ‖ V ‖ LEB128(|W|) ‖ W ‖ 0x02 (see ibe.ts). */
  ciphertext: string;
}

interface SealedKeyCommon {
  v: 1;
  chain: string;
  chainId: number;
  accessPolicy: string;
  datasetId: string;
  contributorRef: string;
  consentHash: string;
  consentNonce: number;
  purposes: number;
  validUntil: number;
  sources: number;
  seals: Seal[];
}

/** KEK of index `version` (= intake), readable by licensees of that version and above. */
export interface SealedKek extends SealedKeyCommon {
  kind: 'kek';
  version: number;
}

/** Label key of one pack. */
export interface SealedLabelKey extends SealedKeyCommon {
  kind: 'label';
  intake: number;
  packIndex: number;
  packId: string;
}

export type SealedKeyRecord = SealedKek | SealedLabelKey;

/** A record with the signature that binds it to its contributor: `SealedKey{contributorRef, datasetId, recordHash}`. */
export interface SignedKeyRecord<R extends SealedKeyRecord = SealedKeyRecord> {
  record: R;
  signature: string;
  /** The contributorRef itself or a device key that it granted. */
  signer: string;
}

/** Terms that no licensee and no labeler ever meets: AccessPolicy says yes to the contributorRef alone. */
export const OWNER_ONLY = { purposes: 0, validUntil: 0, sources: 0 } as const;

/** True for KEK_1023 sealed to its contributor alone, as an account without a seed keeps it. */
export function isOwnerKek(record: SealedKeyRecord): boolean {
  const { purposes, validUntil, sources } = record;
  return record.kind === 'kek' && record.version === MAX_VERSION && purposes + validUntil + sources === 0;
}

/** The condition that a record is sealed under; it follows from the record alone, so nobody can swap it. */
export function conditionOf(record: SealedKeyRecord): EvmContractCondition {
  return record.kind === 'kek' ? canDecryptCondition(record) : canLabelCondition(record);
}

/** SHA-256 of the canonical record: what its owner signs. */
export function sealedKeyHash(record: SealedKeyRecord): Hex {
  return jsonSha256(record);
}
