import { digestOf, hashStruct, VerdictReason } from '@allod/protocol';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recoverAddress, Wallet } from 'ethers';
import { startApp } from '../../testing/app.ts';
import type { TestApp } from '../../testing/app.ts';
import {
  approveJob,
  draftJob,
  fundJob,
  GOLD,
  LABELS,
  openJob,
  PRICE,
  qualified,
  settleChain,
  TestLabeler,
} from '../../testing/labeling.ts';
import type { TestAssignment, TestJob } from '../../testing/labeling.ts';
import { createDataset } from '../../testing/dataset.ts';
import { LeaseExpiryService } from './lease-expiry.service.ts';
import { SettlementService } from './settlement.service.ts';

describe('labeling', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startApp();
  });
  afterAll(() => api.stop());

  const settle = () => api.app.get(SettlementService).settleAll();
  const jobRow = async (id: string) =>
    (await api.sql<Record<string, string>>('SELECT * FROM labeling_job WHERE id = $1', [id]))[0]!;
  const recovers = (struct: Parameters<typeof digestOf>[0], message: object, signature: string) =>
    recoverAddress(digestOf(struct, message, api.chain.chainId, api.env.CONTRACTS), signature);

  /** What the job owes at most must equal what its rows say. */
  async function expectBalanced(jobId: string): Promise<void> {
    const job = await jobRow(jobId);
    const [rows] = await api.sql<{ owed: string }>(
      `SELECT (SELECT coalesce(sum(a.price), 0) FROM assignment a LEFT JOIN annotation n ON n.assignment_id = a.id
               WHERE a.job_id = $1 AND (a.state = 'LEASED' OR n.verdict IN ('PENDING', 'PAID')
                 OR (n.verdict = 'REFUSED' AND NOT n.freed)))
            + (SELECT coalesce(sum(pay), 0) FROM qualification WHERE job_id = $1)
            + (SELECT wage_reserve FROM labeling_job WHERE id = $1) AS owed`,
      [jobId],
    );
    expect(job['committed']).toBe(rows!.owed);
    expect(BigInt(job['committed']!) <= BigInt(job['reserved']!)).toBe(true);
  }

  describe('a job', () => {
    it('is drafted once, approved by the curator only, and opens when its own terms are funded', async () => {
      const dataset = await createDataset(api);
      const job = await draftJob(api, dataset);
      expect(job.ruleHash).toMatch(/^0x[0-9a-f]{64}$/);
      expect(await approveJob(api, job, Wallet.createRandom())).toEqual({ code: 'WRONG_SIGNATURE' });
      expect(await approveJob(api, job)).toEqual({ state: 'APPROVED' });
      fundJob(api, job, { ruleHash: `0x${'00'.repeat(32)}` });
      await api.confirm();
      expect((await jobRow(job.id))['state']).toBe('APPROVED');
      fundJob(api, job);
      await api.confirm();
      expect((await jobRow(job.id))['state']).toBe('OPEN');
    });

    it.each([
      ['4 quiz items', { quiz: GOLD.slice(0, 4).map((answer) => ({ mediaType: 'a/b', contentBase64: '', answer })) }],
      [
        'an answer outside the labels',
        { quiz: GOLD.map(() => ({ mediaType: 'a/b', contentBase64: '', answer: 'x' })) },
      ],
      [
        'a quiz that never asks for one of the labels',
        { quiz: GOLD.map((_, i) => ({ mediaType: 'a/b', contentBase64: '', answer: i % 2 ? '0' : '1' })) },
      ],
      ['no price', { price: '0' }],
      ['overlaps in the wrong order', { overlapMin: 3, overlapMax: 2 }],
      ['a repeated label', { labels: ['0', '0', '1', '2'] }],
    ])('is refused with %s', async (_, changes) => {
      const dataset = await createDataset(api);
      expect(await draftJob(api, dataset, changes)).toMatchObject({ code: 'BAD_INPUT' });
    });

    it('is refused for an unknown dataset', async () => {
      const dataset = { ...(await createDataset(api)), id: `0x${'ab'.repeat(32)}` };
      expect(await draftJob(api, dataset)).toMatchObject({ code: 'UNKNOWN_DATASET' });
    });
  });

  describe('a quiz', () => {
    let job: TestJob;
    beforeAll(async () => {
      job = await openJob(api, 2, { quizBudget: '300000' });
    });

    it('passes once, with pay from the quiz budget, and lists the account on chain', async () => {
      const labeler = await new TestLabeler(api, job).signIn();
      expect(await labeler.accept()).toMatchObject({ code: 'NOT_QUALIFIED' });
      expect(await labeler.quiz()).toEqual({ passed: true, reason: 'GOLD_PASSED 7/7', pay: '280000' });
      expect(await labeler.quiz()).toEqual({ code: 'QUIZ_TAKEN' });
      expect(await labeler.accept()).toMatchObject({ code: 'NOT_QUALIFIED' });
      await settleChain(api);
      expect((await labeler.accept()).lease.price).toBe(PRICE.toString());
    });

    it('pays only what its budget still holds', async () => {
      const [second, third] = await Promise.all([
        new TestLabeler(api, job).signIn(),
        new TestLabeler(api, job).signIn(),
      ]);
      expect(await second!.quiz()).toMatchObject({ pay: '20000' });
      expect(await third!.quiz()).toMatchObject({ pay: '0', passed: true });
    });

    it('fails with a reason and refuses work', async () => {
      const labeler = await new TestLabeler(api, job).signIn();
      expect(await labeler.quiz(GOLD.map(() => '0'))).toEqual({ passed: false, reason: 'GOLD_FAILED 3/7', pay: '0' });
      await settleChain(api);
      expect(await labeler.accept()).toMatchObject({ code: 'NOT_QUALIFIED' });
    });
  });

  describe('an assignment', () => {
    it('is a signed lease with the label key of its item, one per labeler and task', async () => {
      const job = await openJob(api, 3);
      const [labeler] = await qualified(api, job, 1);
      const seen = new Set<string>();
      for (let i = 0; i < 3; i += 1) {
        const assignment = await labeler!.accept();
        seen.add(assignment.contributionId);
        const { signer, signature, ...lease } = assignment.lease;
        expect(recovers('Lease', { jobId: job.id, labeler: labeler!.address, ...lease }, signature)).toBe(signer);
        expect(signer).toBe(job.signer);
        expect(assignment.labelWrappedDek).toMatch(/^0x[0-9a-f]{120}$/);
      }
      expect(seen).toEqual(new Set(job.items));
      expect(await labeler!.accept()).toMatchObject({ code: 'NO_TASK' });
      await expectBalanced(job.id);
    });

    it('never gives one task to more labelers than its overlap, whoever asks at once', async () => {
      const job = await openJob(api, 4);
      const labelers = await qualified(api, job, 6);
      const accepted = await Promise.all(
        labelers.flatMap((labeler) => [labeler.accept(), labeler.accept(), labeler.accept()]),
      );
      const perTask = new Map<string, number>();
      for (const { lease } of accepted.filter(({ code }) => !code))
        perTask.set(lease.taskId, (perTask.get(lease.taskId) ?? 0) + 1);
      expect(Math.max(...perTask.values())).toBeLessThanOrEqual(2);
      const [{ n }] = (await api.sql<{ n: number }>(
        `SELECT count(*)::int AS n FROM labeling_task t WHERE job_id = $1 AND taken <> (SELECT count(*) FROM assignment a WHERE a.task_id = t.id AND a.state = 'LEASED')`,
        [job.id],
      )) as [{ n: number }];
      expect(n).toBe(0);
      await expectBalanced(job.id);
    });

    it('is skipped or reported without penalty and does not come back', async () => {
      const job = await openJob(api, 1);
      const [first, second] = await qualified(api, job, 2);
      const assignment = await first!.accept();
      expect(await first!.end(assignment.id, 'Skip')).toMatchObject({ state: 'SKIPPED', labelWrappedDek: '0x' });
      expect(await first!.accept()).toMatchObject({ code: 'NO_TASK' });
      expect(await first!.submit(await first!.annotation(assignment, '1'))).toMatchObject({ code: 'LEASE_EXPIRED' });
      const reported = await second!.accept();
      expect(await second!.end(reported.id, 'Report')).toMatchObject({ state: 'REPORTED' });
      expect((await first!.earnings()).outcomes).toEqual([]);
      await expectBalanced(job.id);
    });

    it('ends at its deadline and is given to somebody else', async () => {
      const job = await openJob(api, 1, { overlapMin: 1, overlapMax: 1 });
      const [slow, quick] = await qualified(api, job, 2);
      const assignment = await slow!.accept();
      expect(await quick!.accept()).toMatchObject({ code: 'NO_TASK' });
      await api.app.get(LeaseExpiryService).expire(assignment.lease.deadline + 1);
      expect((await quick!.accept()).lease.taskId).toBe(assignment.lease.taskId);
      expect(await slow!.submit(await slow!.annotation(assignment, '1'))).toMatchObject({ code: 'LEASE_EXPIRED' });
      await expectBalanced(job.id);
    });

    it('is not of others, and malformed ids are unknown', async () => {
      const job = await openJob(api, 1);
      const [owner, other] = await qualified(api, job, 2);
      const assignment = await owner!.accept();
      expect(await other!.end(assignment.id, 'Skip')).toMatchObject({ code: 'NOT_FOUND' });
      expect(await other!.end('1', 'Skip')).toMatchObject({ code: 'NOT_FOUND' });
      expect(await other!.submit(await other!.annotation(assignment, '1'))).toMatchObject({ code: 'NOT_FOUND' });
    });

    it('is refused when the budget is promised away', async () => {
      const job = await openJob(api, 3, { budget: (PRICE * 2n).toString(), quizBudget: '0' });
      const [labeler] = await qualified(api, job, 1);
      await labeler!.accept();
      await labeler!.accept();
      expect(await labeler!.accept()).toMatchObject({ code: 'ESCROW_EXHAUSTED' });
      await expectBalanced(job.id);
    });
  });

  describe('an annotation', () => {
    it('is answered with a receipt over its lease, the same for the same annotation', async () => {
      const job = await openJob(api, 1);
      const [labeler] = await qualified(api, job, 1);
      const assignment = await labeler!.accept();
      const input = await labeler!.annotation(assignment, '1');
      const receipt = await labeler!.submit(input);
      const { signer, signature, ...facts } = receipt;
      expect(recovers('CommitmentReceipt', facts, signature)).toBe(signer);
      const { signer: _, signature: __, ...lease } = assignment.lease;
      expect(receipt.leaseHash).toBe(hashStruct('Lease', { jobId: job.id, labeler: labeler!.address, ...lease }));
      expect(await labeler!.submit(input)).toEqual(receipt);
      expect(await labeler!.submit(await labeler!.annotation(assignment, '2'))).toEqual({ code: 'ALREADY_SUBMITTED' });
    });

    it.each([
      ['UNKNOWN_LABEL', (input: Input) => ({ ...input, value: 'x' })],
      ['COMMITMENT_MISMATCH', (input: Input) => ({ ...input, value: '2' })],
      ['COMMITMENT_MISMATCH', (input: Input) => ({ ...input, salt: `0x${'00'.repeat(32)}` })],
      ['WRONG_SIGNATURE', (input: Input) => ({ ...input, signature: `0x${'11'.repeat(65)}` })],
    ])('is refused with %s and nothing is stored', async (code, change) => {
      const job = await openJob(api, 1);
      const [labeler] = await qualified(api, job, 1);
      const assignment = await labeler!.accept();
      expect(await labeler!.submit(change(await labeler!.annotation(assignment, '1')))).toEqual({ code });
      expect((await labeler!.earnings()).outcomes).toEqual([]);
    });
  });

  describe('settlement', () => {
    it('pays those who are right, names those who are not, and its ledger is the voucher', async () => {
      const job = await openJob(api, 12);
      const labelers = await qualified(api, job, 4);
      const right = (id: string) => LABELS[Number(BigInt(id) % 3n)]!;
      const wrong = (id: string) => LABELS[(Number(BigInt(id) % 3n) + 1) % 3]!;
      for (let round = 0; round < 12; round += 1) {
        for (const [i, labeler] of labelers.entries()) await labeler.label(i === 3 && round % 3 === 2 ? wrong : right);
        await settle();
        await expectBalanced(job.id);
      }
      const tasks = await api.sql<{ contribution_id: string; label: string; state: string }>(
        'SELECT * FROM labeling_task WHERE job_id = $1',
        [job.id],
      );
      expect(tasks.map(({ state }) => state)).toEqual(Array(12).fill('RESOLVED'));
      for (const task of tasks) expect(task.label).toBe(right(task.contribution_id));
      const items = await api.sql<{ state: string }>('SELECT state FROM contribution WHERE dataset_id = $1', [
        job.dataset.id,
      ]);
      expect(items.map(({ state }) => state)).toEqual(Array(12).fill('VALIDATED'));
      let total = 0n;
      for (const labeler of labelers) {
        const { earned, pending, voucher, outcomes } = await labeler.earnings();
        const paid = outcomes.filter(({ verdict }) => verdict === 'PAID').length;
        expect(BigInt(earned)).toBe(BigInt(paid) * PRICE + PRICE * BigInt(GOLD.length));
        expect(pending).toBe('0');
        expect(voucher!.cumulative).toBe(earned);
        const message = {
          jobId: job.id,
          labeler: labeler.address,
          cumulative: voucher!.cumulative,
          settledThrough: voucher!.settledThrough,
        };
        expect(recovers('Voucher', message, voucher!.signature)).toBe(job.signer);
        total += BigInt(earned);
      }
      const careless = (await labelers[3]!.earnings()).outcomes.filter(({ verdict }) => verdict === 'REFUSED');
      expect(careless.length).toBeGreaterThan(0);
      for (const { reason, pay } of careless)
        expect([reason, pay]).toEqual([expect.stringMatching(/^CONTRADICTED by [12], p=/), '0']);
      // What was refused stays set aside as long as it can be appealed.
      expect((await jobRow(job.id))['committed']).toBe((total + BigInt(careless.length) * PRICE).toString());
      await api.sql(`UPDATE annotation SET appeal_until = now() WHERE job_id = $1 AND verdict = 'REFUSED'`, [job.id]);
      await settle();
      expect((await jobRow(job.id))['committed']).toBe(total.toString());
    });

    it('changes nothing when it runs again, and at once in two workers', async () => {
      const job = await openJob(api, 2);
      const labelers = await qualified(api, job, 2);
      for (const labeler of labelers) while (await labeler.label(() => '1'));
      const service = api.app.get(SettlementService);
      await Promise.all([service.settleJob(job.id), service.settleJob(job.id), service.settleJob(job.id)]);
      await service.settleJob(job.id);
      const lines = await api.sql<{ cause: string; n: number }>(
        'SELECT cause, count(*)::int AS n FROM earning WHERE job_id = $1 GROUP BY cause ORDER BY cause',
        [job.id],
      );
      expect(lines).toEqual([
        { cause: 'ANNOTATION', n: 4 },
        { cause: 'QUIZ', n: 2 },
      ]);
      await expectBalanced(job.id);
    });

    it('leaves a job of another scorer as it is, and leases nothing there', async () => {
      const job = await openJob(api, 2);
      const labelers = await qualified(api, job, 3);
      for (const labeler of labelers.slice(0, 2)) while (await labeler.label(() => '1'));
      await api.sql(
        `UPDATE labeling_job SET rules = jsonb_set(rules, '{scorer}', '"allod/consensus@0x00"') WHERE id = $1`,
        [job.id],
      );
      await api.app.get(SettlementService).settleJob(job.id);
      expect(await api.sql('SELECT 1 FROM earning WHERE job_id = $1', [job.id])).toEqual([]);
      expect(await labelers[2]!.accept()).toMatchObject({ code: 'SCORER_CHANGED' });
    });

    it('leaves what waits out of the voucher', async () => {
      const job = await openJob(api, 2);
      const [first, second] = await qualified(api, job, 2);
      const early = await first!.accept();
      const late = await first!.accept();
      expect(late.lease.autoApproveAt).toBeGreaterThan(early.lease.autoApproveAt);
      await first!.submit(await first!.annotation(late, '1'));
      while (await second!.label(() => '1'));
      await settle();
      const { voucher, earned } = await first!.earnings();
      expect(earned).toBe((PRICE * BigInt(GOLD.length + 1)).toString());
      expect(voucher!.settledThrough).toBeLessThan(early.lease.autoApproveAt);
    });

    it('closes a job, decides what it can and leaves no lease to sign', async () => {
      const job = await openJob(api, 2);
      const [labeler] = await qualified(api, job, 1);
      await labeler!.label(() => '1');
      const close = (token: string) =>
        api.graphql<{ labelingJobClose: object }>(
          'mutation($id: Bytes32!) { labelingJobClose(jobId: $id) { ... on LabelingJob { state resolvedCount } ... on Refused { code } } }',
          { id: job.id },
          token,
        );
      expect((await close(labeler!.token)).data.labelingJobClose).toEqual({ code: 'FORBIDDEN' });
      expect((await close(job.token)).data.labelingJobClose).toMatchObject({ state: 'CLOSED' });
      expect(await labeler!.accept()).toMatchObject({ code: 'JOB_STATE' });
      await settle();
      await settleChain(api);
      const tasks = await api.sql<{ state: string }>(
        'SELECT state FROM labeling_task WHERE job_id = $1 ORDER BY state',
        [job.id],
      );
      expect(tasks.map(({ state }) => state)).toEqual(['CANCELLED', 'RESOLVED']);
      expect((await labeler!.earnings()).outcomes[0]).toMatchObject({ verdict: 'PAID' });
    });

    it('answers the on-chain claim of a refused lease with a signed rejection, and leaves paid work alone', async () => {
      const job = await openJob(api, 1, { overlapMin: 3, overlapMax: 3 });
      const labelers = await qualified(api, job, 3);
      const leases: TestAssignment['lease'][] = [];
      for (const [i, labeler] of labelers.entries())
        leases.push((await labeler.label(() => (i === 2 ? '2' : '1')))!.lease);
      const claim = (i: number) => {
        const { signer: _, signature: __, ...lease } = leases[i]!;
        const leaseHash = hashStruct('Lease', { jobId: job.id, labeler: labelers[i]!.address, ...lease });
        const args = {
          jobId: job.id,
          leaseHash,
          labeler: labelers[i]!.address,
          price: lease.price,
          payableAt: '2000000000',
        };
        api.chain.mine({ contract: 'LabelEscrow', name: 'LeaseClaimed', args });
      };
      claim(2);
      await api.confirm();
      await settle();
      claim(0);
      await settleChain(api);
      const sent = api.relay.sent.filter(
        ({ method, args }) => method === 'rejectLease' && (args[0] as { jobId: string }).jobId === job.id,
      );
      expect(sent).toHaveLength(1);
      const [message, signature] = sent[0]!.args as [Record<string, string>, string];
      expect(message).toMatchObject({
        labeler: labelers[2]!.address,
        taskId: leases[2]!.taskId,
        reason: String(VerdictReason.CONTRADICTED),
      });
      expect(recovers('LeaseRejection', message, signature)).toBe(job.signer);
    });

    it('rejects an item that two labelers report, and pays who had answered', async () => {
      const job = await openJob(api, 1, { overlapMin: 3, overlapMax: 3 });
      const [answering, ...reporting] = await qualified(api, job, 3);
      await answering!.label(() => '1');
      for (const labeler of reporting) await labeler.end((await labeler.accept()).id, 'Report');
      await settle();
      const [item] = await api.sql<{ state: string; reason: string }>(
        'SELECT state, reason FROM contribution WHERE id = $1',
        [job.items[0]],
      );
      expect(item).toMatchObject({ state: 'REJECTED', reason: 'REPORTED' });
      expect((await answering!.earnings()).outcomes[0]).toMatchObject({
        verdict: 'PAID',
        reason: 'TASK_CANCELLED REPORTED',
      });
      await expectBalanced(job.id);
    });
  });

  describe('the ledger', () => {
    it('counts withdrawals of confirmed blocks once', async () => {
      const job = await openJob(api, 1);
      const [first, second] = await qualified(api, job, 2);
      for (const labeler of [first!, second!]) await labeler.label(() => '1');
      await settle();
      const { earned } = await first!.earnings();
      const args = { jobId: job.id, labeler: first!.address, amount: earned, cumulative: earned };
      api.chain.mine({ contract: 'LabelEscrow', name: 'VoucherRedeemed', args });
      await api.confirm();
      await api.confirm();
      expect(await first!.earnings()).toMatchObject({ earned, withdrawn: earned, withdrawable: '0' });
      expect((await jobRow(job.id))['paid']).toBe(earned);
    });

    it('cannot be changed or shortened', async () => {
      await expect(api.sql('UPDATE earning SET amount = amount + 1')).rejects.toThrow('append-only');
      await expect(api.sql('DELETE FROM earning')).rejects.toThrow('append-only');
      await expect(api.sql('TRUNCATE earning')).rejects.toThrow('append-only');
    });
  });
});

type Input = Awaited<ReturnType<TestLabeler['annotation']>>;
