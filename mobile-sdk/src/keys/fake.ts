import { conditionOf, ibeOpen, sealCiphertext, sealDataHash, sealIdentity, sealKey, toHex } from '@allod/protocol';
import type { EvmContractCondition, Seal, SealedKeyRecord } from '@allod/protocol';
import { bls12_381 as bls } from '@noble/curves/bls12-381.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { refusal } from './key-gate.port.ts';
import type { KeyGate, KeyGateHealth, KeyResult } from './key-gate.port.ts';
import { createKeySession, isExpired } from './session.ts';
import type { KeySession, KeySigner, StartSessionOptions } from './session.ts';

export interface FakeKeyGateOptions {
  chainId: number;
  /** Stands in for AccessPolicy and the keepers' reading of it. */
  allows: (account: string, record: SealedKeyRecord) => boolean | Promise<boolean>;
  /** BLS secret key, 32 bytes; random by default. */
  secretKey?: Uint8Array;
}

const DST = 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_';

/** A key network of one, in memory: real seals, no keepers. For tests of code that uses a `KeyGate`; never in the product. */
export function createFakeKeyGate(options: FakeKeyGateOptions): KeyGate {
  return new FakeKeyGate(options);
}

class FakeKeyGate implements KeyGate {
  readonly networkKey: string;
  readonly #options: FakeKeyGateOptions;
  readonly #secretKey: Uint8Array;

  constructor(options: FakeKeyGateOptions) {
    this.#options = options;
    this.#secretKey = options.secretKey ?? bls.utils.randomSecretKey();
    this.networkKey = toHex(bls.longSignatures.getPublicKey(this.#secretKey).toBytes(true));
  }

  async seal(key: Uint8Array, condition: EvmContractCondition): Promise<Seal> {
    return sealKey(this.networkKey, condition, key);
  }

  async startSession(signer: KeySigner, options: StartSessionOptions = {}): Promise<KeySession> {
    return createKeySession(signer, { ...options, nonce: `0x${'00'.repeat(32)}`, chainId: this.#options.chainId });
  }

  async open(records: readonly SealedKeyRecord[], session: KeySession): Promise<KeyResult[]> {
    return Promise.all(records.map((record) => this.#openOne(record, session)));
  }

  async health(): Promise<KeyGateHealth> {
    return { keepers: 1, threshold: 1, up: 1, singleOperator: true, singleRpc: true };
  }

  async close(): Promise<void> {}

  async #openOne(record: SealedKeyRecord, session: KeySession): Promise<KeyResult> {
    if (isExpired(session)) return refusal('SESSION_EXPIRED', 'the session is over');
    const seal = record.seals.find((candidate) => candidate.networkKey.toLowerCase() === this.networkKey);
    if (!seal) return refusal('BAD_SEALED_KEY', 'not sealed to this key network');
    if (!(await this.#options.allows(session.account, record))) return refusal('NOT_AUTHORIZED', 'the policy says no');
    const identity = sealIdentity([conditionOf(record)], seal.dataHash);
    const signature = bls.longSignatures.sign(bls.longSignatures.hash(utf8ToBytes(identity), DST), this.#secretKey);
    try {
      const key = ibeOpen(sealCiphertext(seal), [{ index: 1, signature: signature.toBytes(true) }]);
      if (key?.length === 32 && sealDataHash(key) === seal.dataHash) return { ok: true, key };
    } catch {
      return refusal('BAD_SEALED_KEY', 'the ciphertext is malformed');
    }
    return refusal('BAD_SEALED_KEY', 'the record does not open');
  }
}
