import { beforeEach, describe, expect, it } from '@jest/globals';
import { annotationCommitment, jsonKeccak, type SealedLabelKey, signStruct, tag } from '@allod/protocol';
import type { Client } from '../client.ts';
import type { Platform } from '../platform/ports.ts';
import { CHAIN_ID, contracts } from '../testing/fakeChain.ts';
import { FakeJob } from '../testing/fakeJob.ts';
import { consentTo, createWorld, CURATOR, DATASET, seedOf, walletOf, type World } from '../testing/fixtures.ts';

const JOB = tag('a job');
const RULE = tag('its rules');
const signer = walletOf(50);
const labeler = walletOf(60);

const text = (value: string): { bytes: Uint8Array; mediaType: string } => ({
  bytes: new TextEncoder().encode(value),
  mediaType: 'text/plain',
});

describe('labeling', () => {
  let world: World;
  let client: Client;
  let platform: Platform;
  let job: FakeJob;
  let releases: number;

  beforeEach(async () => {
    releases = 0;
    world = createWorld((account, record) => {
      releases++;
      return account === labeler.address && record.kind === 'label';
    });
    platform = world.platform();
    client = world.client({ signer: labeler, platform });
    world.chain.views['LabelEscrow.getJob'] = () => ({
      datasetId: DATASET,
      requester: CURATOR,
      signer: signer.address,
      createdAt: 1,
      closedAt: 0,
      budget: 100n,
      dailyCap: 100n,
      quizBudget: 0n,
      reserved: 0n,
      paid: 0n,
      pending: 0n,
      refunded: 0n,
      ruleHash: RULE,
    });
    const contributor = world.client({ seed: seedOf(1) });
    await consentTo(contributor);
    await contributor.contribute({ datasetId: DATASET, items: [text('seven'), text('eight')] });
    job = new FakeJob(world, { jobId: JOB, ruleHash: RULE, labeler: labeler.address, signer });
  });

  it('decrypts leased items with one key release for a whole pack', async () => {
    const first = await client.acceptAssignment({ jobId: JOB });
    const second = await client.acceptAssignment({ jobId: JOB });
    expect([first, second].map(({ bytes }) => new TextDecoder().decode(bytes))).toEqual(['seven', 'eight']);
    expect(releases).toBe(1);
    await expect(client.acceptAssignment({ jobId: JOB })).rejects.toMatchObject({
      name: 'RefusedError',
      code: 'NO_TASK',
    });
  });

  it('does not work on a lease that the escrow would not pay', async () => {
    job.leaseSigner = walletOf(51);
    await expect(client.acceptAssignment({ jobId: JOB })).rejects.toMatchObject({
      code: 'UNTRUSTED_ANSWER',
      details: { assignmentId: 'assignment-0' },
    });
    expect(releases).toBe(0);
  });

  it('names the assignment when the keepers refuse or the item is broken', async () => {
    const record = world.api.commits[0]!.labelPacks[0]!.sealed.record as SealedLabelKey;
    world.api.commits[0]!.labelPacks[0]!.sealed.record = { ...record, packId: tag('another pack') };
    await expect(client.acceptAssignment({ jobId: JOB })).rejects.toMatchObject({ code: 'UNTRUSTED_ANSWER' });
    world.api.commits[0]!.labelPacks[0]!.sealed.record = record;
    world.api.blocks.delete(world.api.commits[0]!.contributions[1]!.leaves[0]!);
    await expect(client.acceptAssignment({ jobId: JOB })).rejects.toMatchObject({
      code: 'BLOCK_UNAVAILABLE',
      details: { assignmentId: 'assignment-1' },
    });
    const stranger = world.client({ signer: walletOf(61) });
    await expect(stranger.acceptAssignment({ jobId: JOB })).rejects.toBeDefined();
  });

  it('submits a salted, signed commitment and keeps its receipt', async () => {
    const { assignment } = await client.acceptAssignment({ jobId: JOB });
    const receipt = await client.submitAnnotation({ assignment, value: '7' });
    const [sent] = job.submissions;
    const expected = annotationCommitment({
      jobId: JOB,
      taskId: assignment.lease.taskId,
      labeler: labeler.address,
      valueHash: jsonKeccak('7'),
      salt: sent!.salt,
    });
    expect(sent!.commitment).toBe(expected);
    expect(receipt.commitment).toBe(expected);
    expect(await client.submitAnnotation({ assignment, value: '7' })).toEqual(receipt);
    expect(job.submissions).toHaveLength(1);
    await expect(client.submitAnnotation({ assignment, value: '8' })).rejects.toMatchObject({
      code: 'ALREADY_SUBMITTED',
    });
  });

  it('repeats the same commitment after a crash before the answer', async () => {
    const { assignment } = await client.acceptAssignment({ jobId: JOB });
    const reachable = platform.fetch;
    platform.fetch = async (url, init) => {
      const response = await reachable(url, init);
      if (String(init?.body).includes('annotationSubmit')) throw new Error('the answer is lost');
      return response;
    };
    await expect(client.submitAnnotation({ assignment, value: '7' })).rejects.toMatchObject({
      code: 'TRANSPORT_FAILED',
    });
    platform.fetch = reachable;
    const restarted = world.client({ signer: labeler, platform });
    await restarted.submitAnnotation({ assignment, value: '7' });
    const [kept] = await platform.resumeStore.list('annotation/');
    const before = JSON.parse(new TextDecoder().decode(await restarted.platform.resumeStore.get(kept!))) as {
      salt: string;
    };
    expect(new Set(job.submissions.map(({ salt, commitment }) => salt + commitment)).size).toBe(1);
    expect(job.submissions[0]!.salt).toBe(before.salt);
  });

  it('refuses a receipt of another signer', async () => {
    const { assignment } = await client.acceptAssignment({ jobId: JOB });
    job.receiptSigner = walletOf(52);
    await expect(client.submitAnnotation({ assignment, value: '7' })).rejects.toMatchObject({
      code: 'UNTRUSTED_ANSWER',
    });
  });

  it('withdraws nothing without a voucher, and refuses one that the escrow would not take', async () => {
    world.chain.views['LabelEscrow.paidOf'] = () => 10n;
    const earnings = (cumulative: string, signature: string): object[] => [
      {
        jobId: JOB,
        earned: cumulative,
        pending: '0',
        withdrawn: '10',
        withdrawable: '0',
        outcomes: [],
        voucher: {
          jobId: JOB,
          labeler: labeler.address,
          cumulative,
          settledThrough: 1,
          signer: signer.address,
          signature,
        },
      },
    ];
    const forged = await signStruct(
      walletOf(53),
      'Voucher',
      { jobId: JOB, labeler: labeler.address, cumulative: 50n, settledThrough: 1 },
      CHAIN_ID,
      contracts,
    );
    world.api.resolvers['earnings'] = () => earnings('10', forged);
    await expect(client.withdrawEarnings({ jobId: JOB })).rejects.toMatchObject({ code: 'NOTHING_DUE' });
    world.api.resolvers['earnings'] = () => earnings('50', forged);
    await expect(client.withdrawEarnings({ jobId: JOB })).rejects.toMatchObject({ code: 'UNTRUSTED_ANSWER' });
  });
});
