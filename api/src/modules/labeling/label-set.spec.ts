import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import actors from '@allod/protocol/vectors/actors.json' with { type: 'json' };
import {
  conditionOf,
  contentAad,
  fileToDag,
  floeOpen,
  fromHex,
  hashIdentity,
  ibeOpen,
  labelSetRef,
  Purpose,
  sealCiphertext,
  sealedKeyHash,
  sealIdentity,
  unwrapDek,
  digestOf,
} from '@allod/protocol';
import { recoverAddress } from 'ethers';
import { DataSource } from 'typeorm';
import { ContentStore } from '../../integrations/storage/content-store.port.ts';
import { JobRunner } from '../../jobs/job-runner.ts';
import { startApp } from '../../testing/app.ts';
import type { TestApp } from '../../testing/app.ts';
import { openJob, qualified } from '../../testing/labeling.ts';
import type { TestJob } from '../../testing/labeling.ts';
import { LabelSetJob } from './label-set.job.ts';
import { LabelSetService } from './label-set.service.ts';
import { SettlementService } from './settlement.service.ts';

const network = actors.networks[0]!;
/** What the keepers would give to an entitled account. */
const release = (identity: string) => hashIdentity(identity).multiply(BigInt(network.secret)).toBytes();

describe('label set', () => {
  let api: TestApp;
  let job: TestJob & { items: string[] };

  beforeAll(async () => {
    api = await startApp();
    api.chain.readers.set('KeeperRegistry.networkKey', () => network.networkKey);
    job = await openJob(api, 4);
    const [first, second] = await qualified(api, job, 2);
    for (const labeler of [first!, second!]) while (await labeler.label(() => '1'));
    await api.app.get(SettlementService).settleAll();
  });
  afterAll(() => api.stop());

  const seal = () => api.app.get(LabelSetJob).seal({ datasetId: job.dataset.id, version: 1, jobId: job.id });

  it('opens with the key of its condition to the resolved labels, one line each', async () => {
    const { manifest, sealed, wrap } = await seal();
    const [only] = sealed.record.seals;
    const identity = sealIdentity([conditionOf(sealed.record)], only!.dataHash);
    const kek = ibeOpen(sealCiphertext(only!), [{ index: 1, signature: release(identity) }]);
    const dek = unwrapDek(kek!, fromHex(wrap.wrappedDek), manifest.contributionId);
    const body = await api.app.get(ContentStore).get(manifest.cid);
    const aad = contentAad({
      contributionId: manifest.contributionId,
      datasetId: job.dataset.id,
      schemaHash: manifest.schemaHash,
    });
    const plain = await floeOpen(dek, aad, fromHex(manifest.floeHeader), Uint8Array.from(body!));
    const lines = new TextDecoder()
      .decode(plain)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ contributionId }) => contributionId)).toEqual([...job.items].sort());
    for (const line of lines)
      expect(line).toEqual({ contributionId: line['contributionId'], label: '1', posterior: expect.any(Number) });
    expect(manifest.count).toBe(4);
    expect(fileToDag(Uint8Array.from(body!)).root.toString()).toBe(manifest.cid);
  });

  it('belongs to an account without a key, under the purposes of the dataset without LABEL', async () => {
    const { manifest, sealed } = await seal();
    expect(manifest.contributorRef.toLowerCase()).toBe(labelSetRef(job.id));
    expect(sealed.record).toMatchObject({ consentNonce: 0, purposes: 127 & ~Purpose.LABEL, version: 1, sources: 1 });
    const struct = {
      contributorRef: manifest.contributorRef,
      datasetId: job.dataset.id,
      recordHash: sealedKeyHash(sealed.record),
    };
    const digest = digestOf('SealedKey', struct, api.chain.chainId, api.env.CONTRACTS);
    expect(recoverAddress(digest, sealed.signature)).toBe(job.signer);
  });

  it('tells the version which items are validated and how much each labeler did', async () => {
    await api.app.get(JobRunner).start();
    const set = await api.app.get(LabelSetService).labelSetOf(job.dataset.id, 1, api.app.get(DataSource).manager);
    expect([...set.verdicts]).toHaveLength(4);
    expect(new Set(set.verdicts.values())).toEqual(new Set(['VALIDATED']));
    expect(set.labelers.map(({ weight }) => weight)).toEqual([4n, 4n]);
    expect(set.item!.manifest).toMatchObject({ jobId: job.id, count: 4 });
    expect(set.scorerHash).toMatch(/^0x[0-9a-f]{64}$/);
  });
});
