import { describe, expect, it } from '@jest/globals';
import ids from '../vectors/ids.json' with { type: 'json' };
import purchases from '../vectors/purchase-nonce.json' with { type: 'json' };
import fc from 'fast-check';
import { tag, toHex } from './bytes.ts';
import {
  annotationCommitment,
  contributionId,
  datasetId,
  jobId,
  labelSetRef,
  licenseId,
  offerId,
  packId,
  purchaseNonce,
  taskId,
} from './ids.ts';
import { jsonKeccak } from './json.ts';

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex);
const address = fc.uint8Array({ minLength: 20, maxLength: 20 }).map(toHex);
const uint32 = fc.nat(0xffffffff);

describe('ids', () => {
  it.each(Object.entries(ids.tags))('tags %s', (label, expected) => {
    expect(tag(label)).toBe(expected);
  });

  it.each(ids.datasetId)('derives dataset $datasetId', ({ input, datasetId: expected }) => {
    expect(datasetId({ ...input, chainId: BigInt(input.chainId) })).toBe(expected);
  });

  it.each(ids.offerId)('derives offer $input.offerIndex', ({ input, offerId: expected }) => {
    expect(offerId({ ...input, offerIndex: Number(input.offerIndex) })).toBe(expected);
  });

  it.each(ids.licenseId)('derives license $licenseId', ({ input, licenseId: expected }) => {
    expect(licenseId(input)).toBe(expected);
  });

  it.each(ids.jobId)('derives job $jobId and the account of its label set', (vector) => {
    expect(jobId({ ...vector.input, chainId: BigInt(vector.input.chainId) })).toBe(vector.jobId);
    expect(labelSetRef(vector.jobId)).toBe(vector.labelSetRef);
  });

  it.each(ids.packId)('derives pack $input.packIndex', ({ input, packId: expected }) => {
    expect(packId({ ...input, intake: Number(input.intake), packIndex: Number(input.packIndex) })).toBe(expected);
  });

  it.each(ids.contributionId)('derives contribution $input.index', ({ input, contributionId: expected }) => {
    expect(contributionId({ ...input, index: Number(input.index) })).toBe(expected);
  });

  it.each(ids.taskId)('derives task $taskId', ({ input, taskId: expected }) => {
    expect(taskId(input)).toBe(expected);
  });

  it.each(ids.annotation)('commits to annotation $input.value', ({ input, commitment }) => {
    expect(jsonKeccak(JSON.parse(input.value))).toBe(input.valueHash);
    expect(annotationCommitment(input)).toBe(commitment);
  });

  it('keeps the ids of two datasets, packs, offers and contributions apart', () => {
    const groups = [
      ids.datasetId.map((v) => v.datasetId),
      ids.offerId.map((v) => v.offerId),
      ids.packId.map((v) => v.packId),
      ids.contributionId.map((v) => v.contributionId),
    ];
    for (const group of groups) expect(new Set(group).size).toBe(group.length);
  });

  it('refuses an index that does not fit its type', () => {
    expect(() => offerId({ datasetId: ids.offerId[0]!.input.datasetId, offerIndex: 2 ** 32 })).toThrow();
    expect(() => offerId({ datasetId: ids.offerId[0]!.input.datasetId, offerIndex: -1 })).toThrow();
    expect(() => offerId({ datasetId: '0x1234', offerIndex: 0 })).toThrow();
  });

  it('ignores the letter case of addresses', () => {
    fc.assert(
      fc.property(address, bytes32, (licensee, id) => {
        const upper = `0x${licensee.slice(2).toUpperCase()}`;
        expect(licenseId({ licensee: upper, offerId: id })).toBe(licenseId({ licensee, offerId: id }));
      }),
    );
  });

  it('never gives one id for two inputs', () => {
    fc.assert(
      fc.property(address, bytes32, bytes32, uint32, uint32, (ref, dataset, salt, a, b) => {
        const id = (index: number) => contributionId({ contributorRef: ref, datasetId: dataset, salt, index });
        expect(id(a) === id(b)).toBe(a === b);
      }),
    );
  });
});

describe('purchase nonce', () => {
  const parse = (input: (typeof purchases.purchases)[number]['input']) => ({
    ...input,
    chainId: BigInt(input.chainId),
    offerIndex: Number(input.offerIndex),
    slot: Number(input.slot),
    version: Number(input.version),
    maxPrice: BigInt(input.maxPrice),
    maxWithdrawnBps: Number(input.maxWithdrawnBps),
  });

  it.each(purchases.purchases)('is $nonce', ({ input, nonce }) => {
    expect(purchaseNonce(parse(input))).toBe(nonce);
  });

  it('commits to every term', () => {
    const terms = parse(purchases.purchases[0]!.input);
    const other = `0x${'11'.repeat(20)}`;
    const word = `0x${'11'.repeat(32)}`;
    const changes: Partial<typeof terms>[] = [
      { chainId: 8453n },
      { vault: other },
      { licensee: other },
      { datasetId: word },
      { offerIndex: 2 },
      { slot: 1 },
      { version: 4 },
      { maxPrice: terms.maxPrice + 1n },
      { maxWithdrawnBps: 501 },
      { salt: word },
    ];
    expect(changes.length).toBe(Object.keys(terms).length);
    const nonces = changes.map((change) => purchaseNonce({ ...terms, ...change }));
    expect(new Set([purchaseNonce(terms), ...nonces]).size).toBe(changes.length + 1);
  });
});
