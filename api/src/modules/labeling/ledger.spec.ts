import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp } from '../../testing/app.ts';
import type { TestApp } from '../../testing/app.ts';
import { appointed, LABELS, openJob, PRICE, qualified, settleChain } from '../../testing/labeling.ts';
import type { TestLabeler } from '../../testing/labeling.ts';
import { randomSource } from './consensus/simulate-votes.ts';
import { LeaseExpiryService } from './lease-expiry.service.ts';
import { SettlementService } from './settlement.service.ts';

const ITEMS = 24;
const LABELERS = 6;
const ROUNDS = 20;

/**
 * Everybody works at once: answers right or wrong, skips, reports, lets leases run out, appeals, decides, while settlements
 * run and clocks end.
 */
describe('a job under everything at once', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startApp();
  });
  afterAll(() => api.stop());

  const right = (id: string): string => LABELS[Number(BigInt(id) % 3n)]!;

  async function act(labeler: TestLabeler, random: () => number, skill: number): Promise<void> {
    const dice = random();
    if (dice > 0.85) await appealAll(labeler);
    const assignment = await labeler.accept();
    if (assignment.code) return;
    if (dice < 0.05) await labeler.end(assignment.id, 'Skip');
    else if (dice < 0.07) await labeler.end(assignment.id, 'Report');
    else if (dice < 0.1) await api.app.get(LeaseExpiryService).expire(assignment.lease.deadline + 1);
    else {
      const wrong = LABELS[(LABELS.indexOf(right(assignment.contributionId)) + 1) % 3]!;
      const value = random() < skill ? right(assignment.contributionId) : wrong;
      await labeler.submit(await labeler.annotation(assignment, value));
    }
  }

  /** Objects to every refusal; some of these come too late, twice, or too many at once. */
  async function appealAll(labeler: TestLabeler): Promise<void> {
    const { outcomes } = await labeler.earnings();
    const refused = outcomes.filter(({ verdict }) => verdict === 'REFUSED');
    await Promise.all(refused.map(({ assignmentId }) => labeler.appeal(assignmentId)));
  }

  /** At every moment: nobody earned below zero, and what is owed is set aside and covered by the escrow. */
  async function expectCovered(jobId: string): Promise<void> {
    const [row] = await api.sql<{ covered: boolean; negative: boolean }>(
      `SELECT (SELECT coalesce(sum(amount), 0) FROM earning WHERE job_id = $1) <= committed
           AND committed <= reserved AND reserved <= budget AS covered,
         EXISTS (SELECT 1 FROM annotation WHERE job_id = $1 AND pay < 0)
           OR EXISTS (SELECT 1 FROM earning WHERE job_id = $1 AND amount < 0) AS negative
       FROM labeling_job WHERE id = $1`,
      [jobId],
    );
    expect(row).toEqual({ covered: true, negative: false });
  }

  /** Settles and confirms blocks in which several labelers withdraw one unit each; resolves to the number of blocks. */
  async function settleMeanwhile(jobId: string, labelers: TestLabeler[], done: () => boolean): Promise<number> {
    let blocks = 0;
    for (; !done(); blocks += 1) {
      const redeemed = labelers.map(({ address }) => ({
        contract: 'LabelEscrow' as const,
        name: 'VoucherRedeemed',
        args: { jobId, labeler: address, amount: '1', cumulative: String(blocks + 1) },
      }));
      api.chain.mine(...(blocks % 2 ? redeemed : redeemed.reverse()));
      await Promise.all([api.app.get(SettlementService).settleAll(), settleChain(api)]);
      await expectCovered(jobId);
    }
    return blocks;
  }

  it('owes exactly what its ledger says, and every voucher is the sum of its lines', async () => {
    const job = await openJob(api, ITEMS);
    const labelers = await qualified(api, job, LABELERS);
    let working = LABELERS;
    const work = labelers.map(async (labeler, i) => {
      const random = randomSource(i);
      for (let round = 0; round < ROUNDS; round += 1) await act(labeler, random, i === 0 ? 0.2 : 0.95);
      working -= 1;
    });
    const adjudicator = await appointed(api, job);
    const decisions = (async () => {
      while (working > 0) {
        await adjudicator.decide(right);
        await api.sql(`UPDATE appeal SET decide_by = now() WHERE job_id = $1 AND state = 'OPEN' AND random() < .1`, [
          job.id,
        ]);
        await sleep(50);
      }
    })();
    const [blocks] = await Promise.all([settleMeanwhile(job.id, labelers, () => working === 0), decisions, ...work]);
    await api.app.get(SettlementService).settleAll();
    await Promise.all(labelers.map(appealAll));
    await api.app.get(LeaseExpiryService).expire(4_000_000_000);
    await api.sql(`UPDATE labeling_job SET state = 'CLOSED', news = news + 1 WHERE id = $1`, [job.id]);
    for (let i = 0; i < 3; i += 1) await api.app.get(SettlementService).settleAll();
    await expectCovered(job.id);

    const [facts] = await api.sql<Record<string, string>>(
      `SELECT
         (SELECT count(*) FROM labeling_task WHERE job_id = $1 AND state IN ('OPEN', 'ADJUDICATION')) AS open_tasks,
         (SELECT count(*) FROM appeal WHERE job_id = $1 AND state = 'OPEN') AS open_appeals,
         (SELECT count(*) FROM appeal WHERE job_id = $1) AS appeals,
         (SELECT count(*) FROM annotation WHERE job_id = $1 AND verdict = 'PENDING') AS pending,
         (SELECT count(*) FROM annotation WHERE job_id = $1 AND verdict = 'PAID') AS paid,
         (SELECT count(*) FROM annotation WHERE job_id = $1 AND verdict = 'REFUSED') AS refused,
         (SELECT count(*) FROM earning WHERE job_id = $1 AND cause = 'ANNOTATION') AS lines,
         (SELECT sum(amount) FROM earning WHERE job_id = $1) AS earned,
         (SELECT coalesce(sum(q.pay), 0) FROM qualification q WHERE q.job_id = $1 AND NOT EXISTS
            (SELECT 1 FROM earning e WHERE e.cause_id = q.job_id || ':' || q.labeler)) AS quiz_waiting,
         (SELECT coalesce(sum(a.price), 0) FROM annotation n JOIN assignment a ON a.id = n.assignment_id
            WHERE n.job_id = $1 AND n.verdict = 'REFUSED' AND NOT n.freed) AS held,
         committed, reserved, budget
       FROM labeling_job WHERE id = $1`,
      [job.id],
    );
    expect(facts).toMatchObject({ open_tasks: '0', open_appeals: '0', pending: '0', lines: facts!['paid'] });
    expect(Number(facts!['refused'])).toBeGreaterThan(0);
    expect(Number(facts!['appeals'])).toBeGreaterThan(0);
    const owed = BigInt(facts!['earned']!) + BigInt(facts!['quiz_waiting']!) + BigInt(facts!['held']!);
    expect(BigInt(facts!['committed']!)).toBe(owed);
    expect(owed <= BigInt(facts!['reserved']!) && BigInt(facts!['reserved']!) <= BigInt(facts!['budget']!)).toBe(true);

    const statements = await Promise.all([...labelers, adjudicator].map((labeler) => labeler.earnings()));
    const cumulative = statements.reduce((sum, { voucher }) => sum + BigInt(voucher?.cumulative ?? '0'), 0n);
    expect(cumulative).toBe(BigInt(facts!['earned']!));
    for (const { outcomes, withdrawn } of statements.slice(0, LABELERS)) {
      expect(withdrawn).toBe(String(blocks));
      const paid = outcomes.filter(({ verdict }) => verdict === 'PAID');
      expect(paid.every(({ pay }) => pay === PRICE.toString())).toBe(true);
      expect(new Set(outcomes.map(({ assignmentId }) => assignmentId)).size).toBe(outcomes.length);
    }
  }, 180_000);
});
