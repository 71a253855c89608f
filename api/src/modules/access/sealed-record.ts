import { Code, packId, sealedKeyHash, WRAPPED_DEK_SIZE } from '@allod/protocol';
import type { SealedKeyRecord, SealedKek, SealedLabelKey, SignedKeyRecord } from '@allod/protocol';
import { z } from 'zod';
import { refuse, refuseUnless } from '../../common/errors/refusal.ts';

/** What a record must say to belong to a consent of a dataset here. */
export interface RecordTerms {
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
}

const MAX_SEALS = 4;
const MAX_CIPHERTEXT = 1024;

const seal = z.strictObject({
  scheme: z.literal('lit-bls-v1'),
  networkKey: z.string().regex(/^0x[0-9a-f]{96}$/),
  dataHash: z.string().regex(/^[0-9a-f]{64}$/),
  ciphertext: z
    .string()
    .max(MAX_CIPHERTEXT)
    .regex(/^[A-Za-z0-9+/]+={0,2}$/),
});
const common = {
  v: z.literal(1),
  chain: z.string(),
  chainId: z.number().int(),
  accessPolicy: z.string(),
  datasetId: z.string(),
  contributorRef: z.string(),
  consentHash: z.string(),
  consentNonce: z.number().int(),
  purposes: z.number().int(),
  validUntil: z.number().int(),
  sources: z.number().int(),
  seals: z.array(seal).min(1).max(MAX_SEALS),
};
const kek = z.strictObject({ ...common, kind: z.literal('kek'), version: z.number().int().min(1).max(1023) });
const label = z.strictObject({
  ...common,
  kind: z.literal('label'),
  intake: z.number().int().min(1).max(1023),
  packIndex: z.number().int().nonnegative(),
  packId: z.string(),
});
const shape = z.discriminatedUnion('kind', [kek, label]);

/** Parses a record of either kind; BAD_SEALED_KEY for everything else. */
export function readRecord(record: unknown): SealedKeyRecord {
  const parsed = shape.safeParse(record);
  if (!parsed.success) refuse(Code.BAD_SEALED_KEY, `The sealed record is malformed: ${z.prettifyError(parsed.error)}`);
  return parsed.data as SealedKeyRecord;
}

const same = (a: unknown, b: unknown): boolean => String(a).toLowerCase() === String(b).toLowerCase();

/** Refuses a record that names other terms: keepers would answer for the wrong consent. */
export function checkTerms(record: SealedKeyRecord, terms: RecordTerms): void {
  refuseUnless(record.chainId === terms.chainId, Code.WRONG_CHAIN, `This api serves chain ${terms.chainId}`);
  for (const [field, expected] of Object.entries(terms)) {
    const found = record[field as keyof RecordTerms];
    refuseUnless(same(found, expected), Code.BAD_SEALED_KEY, `Sealed record: ${field} is ${found}, not ${expected}`);
  }
}

export function checkKek(record: SealedKeyRecord, intake: number): asserts record is SealedKek {
  refuseUnless(record.kind === 'kek', Code.BAD_SEALED_KEY, 'A sealed KEK is expected');
  refuseUnless(
    record.version === intake,
    Code.BAD_SEALED_KEY,
    `KEK ${record.version} does not belong to intake ${intake}`,
  );
}

export function checkLabelKey(
  record: SealedKeyRecord,
  intake: number,
  pack: { packId: string; packIndex: number },
): asserts record is SealedLabelKey {
  refuseUnless(record.kind === 'label', Code.BAD_LABEL_PACK, 'A sealed label key is expected');
  const expected = packId({ ...record, intake, packIndex: pack.packIndex });
  const fits = record.intake === intake && record.packIndex === pack.packIndex;
  refuseUnless(
    fits && same(expected, pack.packId) && same(expected, record.packId),
    Code.BAD_LABEL_PACK,
    `Pack ${pack.packIndex} has a wrong id`,
  );
}

/** The networks of this installation must be able to open it. */
export function checkNetwork(record: SealedKeyRecord, networkKey: string | undefined): void {
  const sealed = !networkKey || record.seals.some((entry) => same(entry.networkKey, networkKey));
  refuseUnless(sealed, Code.BAD_SEALED_KEY, 'The key is not sealed to this key network');
}

/** The struct whose signature binds the record to its owner. */
export const sealedKeyStruct = (record: SealedKeyRecord) => ({
  contributorRef: record.contributorRef,
  datasetId: record.datasetId,
  recordHash: sealedKeyHash(record),
});

export const isWrappedDek = (hex: string): boolean => hex.length === 2 + 2 * WRAPPED_DEK_SIZE;

export type StoredRecord<R extends SealedKeyRecord = SealedKeyRecord> = SignedKeyRecord<R>;
