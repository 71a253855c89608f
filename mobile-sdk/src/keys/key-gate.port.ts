import type { EvmContractCondition, Seal, SealedKeyRecord } from '@allod/protocol';
import type { KeySession, KeySigner, StartSessionOptions } from './session.ts';

/**
 * Why one key did not open.
 * - `NOT_AUTHORIZED`: the keepers say no (no licence or job, consent withdrawn or expired, condition not accepted);
 * - `UNAVAILABLE`: too few keepers answered, or their view of the chain is not settled; ask again later;
 * - `INVALID_SHARE`: enough shares came, but no choice of them opens the key;
 * - `SESSION_EXPIRED`: the session is over or not accepted: start a new one;
 * - `BAD_SEALED_KEY`: the record itself is broken, or not sealed to this network.
 */
export type KeyRefusalCode = 'NOT_AUTHORIZED' | 'UNAVAILABLE' | 'INVALID_SHARE' | 'SESSION_EXPIRED' | 'BAD_SEALED_KEY';

export type KeyResult = { ok: true; key: Uint8Array } | { ok: false; code: KeyRefusalCode; detail: string };

export interface KeyGateHealth {
  keepers: number;
  threshold: number;
  /** Keepers that are ready to answer. */
  up: number;
  /** One organization holds enough shares to open everything. Screens must show it. */
  singleOperator: boolean;
  /** A keeper believes a single RPC. Screens must show it. */
  singleRpc: boolean;
}

/**
 * The door to the key network. Domain code sees only this.
 *
 * @example
 * const session = await gate.startSession(signer);
 * const [result] = await gate.open([record], session);
 * if (result.ok) use(result.key);
 */
export interface KeyGate {
  /** Public key of the network, 0x hex, 48 bytes. */
  readonly networkKey: string;
  /** Seals a 32-byte key so that only who meets the condition gets it. Needs no network. */
  seal(key: Uint8Array, condition: EvmContractCondition): Promise<Seal>;
  /** Asks the wallet for one signature; the session then opens any number of keys until it expires. */
  startSession(signer: KeySigner, options?: StartSessionOptions): Promise<KeySession>;
  /** One result per record, in order. Refusals are values; only a registry that differs throws. */
  open(records: readonly SealedKeyRecord[], session: KeySession): Promise<KeyResult[]>;
  health(): Promise<KeyGateHealth>;
  close(): Promise<void>;
}

/** What identifies a key network. Ships with the SDK, never comes from the API. */
export interface KeyNetwork {
  chainId: number;
  /** Lit chain name in the conditions: `base`, or `baseSepolia` in development. */
  chain: string;
  /** Public key of the network, 0x hex, 48 bytes. */
  networkKey: string;
  keeperRegistry: string;
}

export const refusal = (code: KeyRefusalCode, detail: string): KeyResult => ({ ok: false, code, detail });
