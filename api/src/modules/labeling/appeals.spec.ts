import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp } from '../../testing/app.ts';
import type { TestApp } from '../../testing/app.ts';
import { appoint, appointed, draftJob, openJob, PRICE, qualified, TestLabeler } from '../../testing/labeling.ts';
import type { TestJob } from '../../testing/labeling.ts';
import { SkillService } from './skill.service.ts';
import { SettlementService } from './settlement.service.ts';

const THREE = { overlapMin: 3, overlapMax: 3 };

describe('appeals and blind decisions', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startApp();
  });
  afterAll(() => api.stop());

  const settle = () => api.app.get(SettlementService).settleAll();
  const taskOf = async (jobId: string) =>
    (await api.sql<Record<string, unknown>>('SELECT * FROM labeling_task WHERE job_id = $1', [jobId]))[0]!;

  /** Ledger, promise and verdicts of a job must say the same. */
  async function expectBalanced(jobId: string): Promise<void> {
    const [facts] = await api.sql<Record<string, string>>(
      `SELECT committed, reserved, budget, wage_reserve, wage_granted,
         (SELECT coalesce(sum(a.price), 0) FROM assignment a LEFT JOIN annotation n ON n.assignment_id = a.id
          WHERE a.job_id = j.id AND (a.state = 'LEASED' OR n.verdict IN ('PENDING', 'PAID') OR NOT n.freed))
           + (SELECT coalesce(sum(pay), 0) FROM qualification WHERE job_id = j.id) + wage_reserve AS owed,
         (SELECT coalesce(sum(pay), 0) FROM annotation WHERE job_id = j.id)
           + (SELECT coalesce(sum(amount), 0) FROM earning WHERE job_id = j.id AND cause <> 'ANNOTATION') AS said,
         (SELECT coalesce(sum(amount), 0) FROM earning WHERE job_id = j.id) AS earned
       FROM labeling_job j WHERE id = $1`,
      [jobId],
    );
    expect(facts!['committed']).toBe(facts!['owed']);
    expect(facts!['earned']).toBe(facts!['said']);
    expect(BigInt(facts!['committed']!) <= BigInt(facts!['reserved']!)).toBe(true);
    expect(BigInt(facts!['earned']!) <= BigInt(facts!['committed']!)).toBe(true);
  }

  /** Two labelers say 1, the third says 2 and is refused. */
  async function refused(
    changes: object = {},
    more = 2,
  ): Promise<{ job: TestJob; labeler: TestLabeler; others: TestLabeler[]; id: string }> {
    const job = await openJob(api, 1, { ...THREE, ...changes });
    const [first, second, labeler, ...others] = await qualified(api, job, 3 + more);
    for (const right of [first!, second!]) await right.label(() => '1');
    const { id } = (await labeler!.label(() => '2'))!;
    await settle();
    expect(await labeler!.outcome(id)).toMatchObject({ verdict: 'REFUSED', pay: '0', appeal: null });
    expect((await labeler!.outcome(id)).appealUntil).not.toBeNull();
    return { job, labeler: labeler!, others, id };
  }

  describe('an appeal', () => {
    it('asks two more labelers, and when they agree with the labeler it is paid and the label corrected', async () => {
      const { job, labeler, others, id } = await refused();
      const before = BigInt((await labeler.earnings()).earned);
      const skill = async () => (await api.app.get(SkillService).skillsOf(labeler.address))[0]!;
      expect(await skill()).toMatchObject({ judged: 1, right: 2, wrong: 2 });
      expect(await labeler.appeal(id)).toEqual({
        state: 'OPEN',
        route: 'MORE_LABELS',
        reason: 'APPEAL_OPEN MORE_LABELS',
      });
      await settle();
      expect((await labeler.outcome(id)).appeal).toMatchObject({ state: 'OPEN' });
      for (const other of others) await other.label(() => '2');
      await settle();
      const outcome = await labeler.outcome(id);
      expect(outcome).toMatchObject({ verdict: 'PAID', pay: PRICE.toString() });
      expect(outcome.appeal).toMatchObject({
        state: 'UPHELD',
        reason: expect.stringMatching(/^APPEAL_UPHELD by 2 more, p=/),
        evidence: expect.objectContaining({ moreLabels: 2, others: 4 }),
      });
      const { earned, voucher } = await labeler.earnings();
      expect(BigInt(earned) - before).toBe(PRICE + PRICE * 7n);
      expect(voucher!.cumulative).toBe(earned);
      expect(await skill()).toMatchObject({ judged: 1, right: 3, wrong: 1 });
      expect((await taskOf(job.id))['label']).toBe('2');
      await settle();
      for (const other of others) expect((await other.earnings()).outcomes[0]).toMatchObject({ verdict: 'PAID' });
      await expectBalanced(job.id);
    });

    it('is denied with the evidence of the new labels, and its price is free again', async () => {
      const { job, labeler, others, id } = await refused();
      await labeler.appeal(id);
      for (const other of others) await other.label(() => '1');
      await settle();
      const outcome = await labeler.outcome(id);
      expect(outcome).toMatchObject({ verdict: 'REFUSED', pay: '0', appealUntil: null });
      expect(outcome.appeal).toMatchObject({
        state: 'DENIED',
        reason: expect.stringMatching(/^APPEAL_DENIED CONTRADICTED by 4, p=/),
        evidence: expect.objectContaining({ contradictedBy: 4, moreLabels: 2 }),
      });
      expect(await labeler.appeal(id)).toMatchObject({ state: 'DENIED' });
      await expectBalanced(job.id);
    });

    it('goes to an adjudicator who sees the item and not the votes, and the decision counts', async () => {
      const { job, labeler, id } = await refused({}, 0);
      const adjudicator = await appointed(api, job);
      expect(await labeler.appeal(id)).toMatchObject({ route: 'ADJUDICATION' });
      const decided = await adjudicator.decide(() => '2');
      expect(decided!.lease.price).toBe((PRICE * 3n).toString());
      expect(JSON.stringify(decided)).not.toMatch(/vote|CONTRADICTED|posterior/);
      await settle();
      expect(await labeler.outcome(id)).toMatchObject({ verdict: 'PAID', reason: 'APPEAL_UPHELD ADJUDICATED' });
      expect((await taskOf(job.id))['label']).toBe('2');
      expect((await adjudicator.earnings()).earned).toBe((PRICE * 3n).toString());
      await expectBalanced(job.id);
    });

    it('is decided for the labeler when nobody answers in time', async () => {
      const { job, labeler, id } = await refused();
      await labeler.appeal(id);
      await api.sql(`UPDATE appeal SET decide_by = now() WHERE job_id = $1`, [job.id]);
      await settle();
      expect(await labeler.outcome(id)).toMatchObject({ verdict: 'PAID', reason: 'APPEAL_UPHELD UNANSWERED' });
      await expectBalanced(job.id);
    });

    it('is judged with all labels of the job when the job closes', async () => {
      const { job, labeler, id } = await refused();
      await labeler.appeal(id);
      await api.sql(`UPDATE labeling_job SET state = 'CLOSED', news = news + 1 WHERE id = $1`, [job.id]);
      await settle();
      expect((await labeler.outcome(id)).appeal).toMatchObject({ state: 'DENIED' });
      await expectBalanced(job.id);
    });

    it('is refused without words, for others’ work, for what is paid, and when its time is over', async () => {
      const { job, labeler, others, id } = await refused();
      expect(await labeler.appeal(id, '  ')).toEqual({ code: 'BAD_INPUT' });
      expect(await labeler.appeal(id, 'x'.repeat(1_001))).toEqual({ code: 'BAD_INPUT' });
      expect(await others[0]!.appeal(id)).toEqual({ code: 'NOT_FOUND' });
      await api.sql(`UPDATE annotation SET appeal_until = now() WHERE assignment_id = $1`, [id]);
      expect(await labeler.appeal(id)).toEqual({ code: 'JOB_STATE' });
      await settle();
      await expectBalanced(job.id);
      const [paid] = await api.sql<{ assignment_id: string; labeler: string }>(
        `SELECT assignment_id, labeler FROM annotation WHERE job_id = $1 AND verdict = 'PAID' LIMIT 1`,
        [job.id],
      );
      expect(paid).toBeDefined();
    });

    it('opened twice at once is one appeal', async () => {
      const { job, labeler, id } = await refused();
      await Promise.all([labeler.appeal(id), labeler.appeal(id)]);
      const [row] = await api.sql<{ n: number; overlap: number }>(
        `SELECT count(*)::int AS n, (SELECT overlap FROM labeling_task WHERE job_id = $1) AS overlap FROM appeal WHERE job_id = $1`,
        [job.id],
      );
      expect(row).toEqual({ n: 1, overlap: 5 });
    });
  });

  describe('adjudicators', () => {
    it('are proposed by the requester and approved by the curator, nobody else', async () => {
      const job = await openJob(api, 1);
      const [labeler] = await qualified(api, job, 1);
      const curator = await api.signIn(job.dataset.curator);
      expect(await appoint(api, job, labeler!.address, labeler!.token)).toEqual({ code: 'FORBIDDEN' });
      expect(await appoint(api, job, labeler!.address, curator)).toEqual({ code: 'NOT_FOUND' });
      expect((await appoint(api, job, labeler!.address, job.token)).adjudicators).toEqual([
        { account: labeler!.address, state: 'PROPOSED' },
      ]);
      expect(await labeler!.accept('adjudicationAccept')).toMatchObject({ code: 'FORBIDDEN' });
      expect((await appoint(api, job, labeler!.address, curator)).adjudicators).toEqual([
        { account: labeler!.address, state: 'ACTIVE' },
      ]);
      expect(await labeler!.accept()).toMatchObject({ code: 'FORBIDDEN' });
      expect(await appoint(api, job, job.requester.address, job.token)).toEqual({ code: 'FORBIDDEN' });
    });

    it('decide what labelers cannot, and contested work is paid', async () => {
      const quiz = ['0', '1', '2', '0', '1', '2'].map((answer) => ({ mediaType: 'a/b', contentBase64: '', answer }));
      const job = await openJob(api, 1, { overlapMin: 2, overlapMax: 2, quiz });
      const [first, second] = await Promise.all([0, 1].map(() => new TestLabeler(api, job).signIn()));
      for (const labeler of [first!, second!]) await labeler.quiz(quiz.map(({ answer }) => answer));
      const adjudicator = await appointed(api, job);
      await first!.label(() => '0');
      await second!.label(() => '1');
      await settle();
      expect(await taskOf(job.id)).toMatchObject({ state: 'ADJUDICATION' });
      expect((await first!.earnings()).outcomes[0]).toMatchObject({ verdict: 'PENDING' });
      await adjudicator.decide(() => '1');
      await settle();
      expect(await taskOf(job.id)).toMatchObject({ state: 'RESOLVED', label: '1', reason: 'ADJUDICATED' });
      for (const labeler of [first!, second!])
        expect((await labeler.earnings()).outcomes[0]).toMatchObject({ verdict: 'PAID' });
      expect(await adjudicator.accept('adjudicationAccept')).toMatchObject({ code: 'NO_TASK' });
      await expectBalanced(job.id);
    });

    it('label the first items for pay, which become the known items that labelers meet unknowingly', async () => {
      const job = await openJob(api, 3, { hiddenGoldBps: 10_000, overlapMin: 1, overlapMax: 1 });
      const adjudicator = await appointed(api, job);
      for (let i = 0; i < 3; i += 1) await adjudicator.decide(() => '1');
      await settle();
      const [careful, careless] = await qualified(api, job, 2);
      for (let i = 0; i < 3; i += 1) await careful!.label(() => '1');
      for (let i = 0; i < 3; i += 1) await careless!.label(() => (i === 0 ? '1' : '2'));
      expect(await careful!.accept()).toMatchObject({ code: 'NO_TASK' });
      await settle();
      const reasons = async (labeler: TestLabeler) =>
        (await labeler.earnings()).outcomes.map(({ reason, verdict }) => `${verdict} ${reason}`).sort();
      expect(await reasons(careful!)).toEqual(Array(3).fill('PAID GOLD_PASSED 3/3'));
      expect(await reasons(careless!)).toEqual(['PAID GOLD_PASSED 1/3', ...Array(2).fill('REFUSED GOLD_FAILED 1/3')]);
      await expectBalanced(job.id);
    });

    it('may be wrong: a known item that good labelers contradict is retired and its refusals are paid', async () => {
      const job = await openJob(api, 1, { hiddenGoldBps: 10_000, overlapMin: 1, overlapMax: 1 });
      const adjudicator = await appointed(api, job);
      await adjudicator.decide(() => '0');
      await settle();
      const labelers = await qualified(api, job, 4);
      await labelers[0]!.label(() => '1');
      await settle();
      expect((await labelers[0]!.earnings()).outcomes[0]).toMatchObject({ reason: 'GOLD_FAILED 0/1' });
      for (const labeler of labelers.slice(1)) await labeler.label(() => '1');
      await settle();
      expect((await labelers[0]!.earnings()).outcomes[0]).toMatchObject({ verdict: 'PAID', reason: 'GOLD_RETIRED' });
      for (const labeler of labelers) expect((await labeler.earnings()).outcomes[0]).toMatchObject({ verdict: 'PAID' });
      const task = await taskOf(job.id);
      expect(task['label']).toBe('1');
      expect(task['gold_until']).not.toBeNull();
      await expectBalanced(job.id);
    });
  });

  describe('time', () => {
    it('can be extended twice, under a new signed lease', async () => {
      const job = await openJob(api, 1);
      const [labeler] = await qualified(api, job, 1);
      const first = await labeler!.accept();
      const second = await labeler!.end(first.id, 'Extend');
      expect(second.lease.deadline).toBeGreaterThan(first.lease.deadline);
      expect(second.lease.autoApproveAt).toBeGreaterThan(first.lease.autoApproveAt);
      expect(second.lease.signature).not.toBe(first.lease.signature);
      await labeler!.end(first.id, 'Extend');
      expect(await labeler!.end(first.id, 'Extend')).toMatchObject({ code: 'LEASE_EXPIRED' });
      expect(await labeler!.submit(await labeler!.annotation(second, '1'))).toHaveProperty('commitment');
    });

    it('an answer faster than one can look is held and one more is asked; it is not refused for that', async () => {
      const job = await openJob(api, 1, { tooFastMs: 60_000, overlapMin: 2, overlapMax: 3 });
      const [first, second, third] = await qualified(api, job, 3);
      for (const labeler of [first!, second!]) await labeler.label(() => '1');
      await settle();
      expect(await taskOf(job.id)).toMatchObject({ state: 'OPEN', overlap: 3 });
      await third!.label(() => '1');
      await settle();
      expect((await first!.earnings()).outcomes[0]).toMatchObject({ verdict: 'PAID' });
    });

    it('an answer without a verdict by its time is paid', async () => {
      const job = await openJob(api, 1);
      const [labeler] = await qualified(api, job, 1);
      const { id } = (await labeler!.label(() => '1'))!;
      await api.sql(`UPDATE assignment SET auto_approve_at = 1 WHERE id = $1`, [id]);
      await settle();
      expect(await labeler!.outcome(id)).toMatchObject({ verdict: 'PAID', reason: 'AUTO_APPROVED' });
      await expectBalanced(job.id);
    });
  });

  describe('the wage floor', () => {
    it('refuses a job that says itself that it pays less', async () => {
      const { dataset } = await openJob(api, 1);
      const hourly = (PRICE * 3600n) / 8n;
      expect(await draftJob(api, dataset, { wageFloor: (hourly + 1n).toString() })).toMatchObject({
        code: 'BAD_INPUT',
      });
      expect(await draftJob(api, dataset, { wageFloor: hourly.toString() })).not.toHaveProperty('code');
    });

    it('tops up slow work from the reserve, then leases nothing more below it', async () => {
      const job = await openJob(api, 8, {
        wageFloor: ((PRICE * 3600n) / 8n).toString(),
        wageReserve: (PRICE * 3n).toString(),
        overlapMin: 1,
        overlapMax: 1,
      });
      const labelers = await qualified(api, job, 6);
      for (const labeler of labelers.slice(0, 5)) await labeler.label(() => '1');
      await api.sql('UPDATE annotation SET milliseconds = 16000 WHERE job_id = $1', [job.id]);
      await settle();
      const topUps = await api.sql<{ amount: string }>(
        `SELECT amount FROM earning WHERE job_id = $1 AND cause = 'WAGE_FLOOR'`,
        [job.id],
      );
      expect(topUps.map(({ amount }) => amount)).toEqual(Array(3).fill(PRICE.toString()));
      expect(await labelers[5]!.accept()).toMatchObject({ code: 'JOB_STATE' });
      await expectBalanced(job.id);
    });

    it('measures the pace by labels that were neither hasty nor refused', async () => {
      const job = await openJob(api, 8, { overlapMin: 1, overlapMax: 1 });
      const labelers = await qualified(api, job, 7);
      for (const labeler of labelers) await labeler.label(() => '1');
      await settle();
      const [quick, quicker, ...others] = labelers.map(({ address }) => address);
      await api.sql(`UPDATE annotation SET milliseconds = 16000 WHERE job_id = $1 AND labeler = ANY ($2)`, [
        job.id,
        others,
      ]);
      await api.sql(`UPDATE annotation SET milliseconds = 1, too_fast = true WHERE labeler = $1`, [quick]);
      await api.sql(`UPDATE annotation SET milliseconds = 1, verdict = 'REFUSED' WHERE labeler = $1`, [quicker]);
      await api.sql('UPDATE labeling_job SET news = news + 1 WHERE id = $1', [job.id]);
      await settle();
      const [row] = await api.sql('SELECT measured_ms FROM labeling_job WHERE id = $1', [job.id]);
      expect(row).toEqual({ measured_ms: 16_000 });
    });
  });
});
