import type { StructName } from '@allod/protocol';

/** Token of the signer: `@Inject(SIGNER) signer: SignerPort`. */
export const SIGNER = Symbol('SIGNER');

/** Token of the `RelayPort` that sends as the job signer: `LabelEscrow.qualify` and `raiseReserved` accept nobody else. */
export const JOB_RELAY = Symbol('JOB_RELAY');

/** A signed struct with the values that went into it; integers are decimal strings. */
export interface SignedStruct {
  readonly struct: StructName;
  readonly message: Readonly<Record<string, string>>;
  readonly signer: string;
  readonly signature: string;
}

/**
 * The job signer's key, reached from either process. A caller names a kind of document and the row it is about,
 * never the values: the signer reads the row itself and refuses what the state machine does not allow.
 */
export interface SignerPort {
  address(): Promise<string>;
  sign(kind: string, id: string): Promise<SignedStruct>;
}

/** What is to be signed for one row, rebuilt from the database by the module that owns the row. */
export interface SigningPolicy {
  prepare(id: string): Promise<{ struct: StructName; message: Record<string, string | number | bigint> }>;
}
