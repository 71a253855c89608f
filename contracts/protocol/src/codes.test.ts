import { describe, expect, it } from '@jest/globals';
import vectors from '../vectors/codes.json' with { type: 'json' };
import { Role } from './cap-table.ts';
import { Code, ItemReason, ReceiptKind, VerdictReason } from './codes.ts';
import { ALL_PURPOSES, Purpose } from './purposes.ts';

/** Frozen: a code may be added at the end, none may be renamed or taken away. */
const CODES = `
  UNAUTHENTICATED FORBIDDEN BAD_INPUT RATE_LIMITED WRONG_CHAIN WRONG_SIGNATURE CHALLENGE_EXPIRED
  CONSENT_EXPIRED CONSENT_WITHDRAWN CONSENT_PURPOSES CONSENT_SOURCES GRANT_EXPIRED GRANT_REVOKED
  UNKNOWN_DATASET INTAKE_CLOSED HASH_MISMATCH ROOT_MISMATCH BLOCK_TOO_LARGE BLOCK_MISSING BAD_CID SIZE_MISMATCH
  SCHEMA_MISMATCH BATCH_REPLAYED DUPLICATE_CONTRIBUTION CONTENT_CONTESTED QUOTA_EXCEEDED BAD_SEALED_KEY BAD_LABEL_PACK
  NOT_FOUND NOT_CURATOR INTAKE_EMPTY LABELS_PENDING MIN_PRICE NOT_VALIDATED ITEM_WITHDRAWN
  JOB_STATE NOT_QUALIFIED NO_TASK QUIZ_TAKEN LEASE_EXPIRED ALREADY_SUBMITTED COMMITMENT_MISMATCH UNKNOWN_LABEL
  ESCROW_EXHAUSTED NOT_AUTHORIZED UNAVAILABLE INVALID_SHARE SESSION_EXPIRED REGISTRY_MISMATCH
  RESERVE_PENDING TOO_MANY_LEASES APPROVAL_EXPIRED NOTHING_EARNED LEDGER_MISMATCH WRONG_SIGNER WORKER_UNAVAILABLE
  AWAITS_REWRAP REWRAPPED NOT_LATE SCORER_CHANGED
`
  .trim()
  .split(/\s+/);

describe('codes', () => {
  it('are the frozen ones', () => {
    expect(Object.values(Code)).toEqual(CODES);
    expect(vectors.codes).toEqual(CODES);
  });

  it('have the name they carry', () => {
    for (const [name, code] of Object.entries(Code)) expect(code).toBe(name);
  });

  it('have frozen numbers where a contract or signature carries them', () => {
    expect(VerdictReason).toEqual({
      AGREED: 1,
      CONTESTED_PAID: 2,
      CONTRADICTED: 3,
      WORKER_GATE: 4,
      GOLD_FAILED: 5,
      DUPLICATE: 6,
      TOO_FAST: 7,
      AUTO_APPROVED: 8,
      PENDING: 9,
      TASK_CANCELLED: 10,
      MAX_OVERLAP: 11,
      LABELS_DISAGREE: 12,
      GOLD_PASSED: 13,
      COPIED: 14,
    });
    expect(ItemReason).toEqual({
      CONTRIBUTOR_REQUEST: 1,
      LEGAL_ERASURE: 2,
      ABUSE_REPORT: 3,
      DOES_NOT_OPEN: 4,
      WRONG_SCHEMA: 5,
      DUPLICATE_CONTENT: 6,
      MISSING_CONTRIBUTION: 7,
      WRONG_WEIGHT: 8,
      FILES_UNAVAILABLE: 9,
    });
    expect(ReceiptKind).toEqual({ COMMITTED: 1, CONSENT_WITHDRAWN: 2, ITEM_WITHDRAWN: 3, KEYS_SHREDDED: 4 });
    expect(Purpose).toEqual({ TRAIN: 1, FINE_TUNE: 2, EVALUATE: 4, RAG: 8, DERIVE: 16, REDISTRIBUTE: 32, LABEL: 64 });
    expect(Role).toEqual({ CONTRIBUTOR: 0, LABELER: 1, CURATOR: 2, PROTOCOL: 3 });
  });

  it('are those of the vectors', () => {
    expect(vectors).toEqual({
      codes: CODES,
      verdictReasons: VerdictReason,
      itemReasons: ItemReason,
      receiptKinds: ReceiptKind,
      purposes: Purpose,
      allPurposes: ALL_PURPOSES,
      roles: Role,
    });
  });
});
