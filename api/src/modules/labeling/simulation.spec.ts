import { childrenOf, jsonBytes, parseCid } from '@allod/protocol';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { ContentStore } from '../../integrations/storage/content-store.port.ts';
import { startApp } from '../../testing/app.ts';
import type { TestApp } from '../../testing/app.ts';
import { anchoredItems, GOLD, LABELS, openJob, settleChain, TestLabeler } from '../../testing/labeling.ts';
import type { TestJob } from '../../testing/labeling.ts';
import { randomSource } from './consensus/simulate-votes.ts';
import type { PublishedVotes } from './recompute/published-votes.ts';
import { recompute } from './recompute/recompute.ts';
import { VotesPublisher } from './recompute/votes.publisher.ts';
import { SettlementService } from './settlement.service.ts';
import { TaskService } from './task.service.ts';

/**
 * `SIMULATION=full` runs the job of the targets. Without it a small one under the same rules: too few labels per labeler for
 * the information gate, so it is held to everything except the share of spam that the gate removes.
 */
const FULL = process.env['SIMULATION'] === 'full';
const TASKS = FULL ? 2_000 : 40;
const LABELERS = FULL ? 60 : 10;
/** Items of one label pack. */
const BATCH = 32;
/** Shares of the labelers: 30 % bad, of whom a ring is two thirds (20 % of all); the rest is honest. */
const RING = Math.round(LABELERS * 0.2);
const BAD = Math.round(LABELERS * 0.3);
/** Multicodec of a file that is one block. */
const RAW = 0x55;

type Kind = 'honest' | 'ring' | 'random' | 'constant';
interface Worker {
  readonly labeler: TestLabeler;
  readonly kind: Kind;
  readonly skill: number;
}

/**
 * A whole job through the public API: leases, signed annotations, adaptive overlap, settlements, published votes. The bad
 * pass the quiz by luck, else they would not get this far: a ring copies one wrong key, others answer at random or always
 * the same.
 */
describe('a simulated job', () => {
  let api: TestApp;
  const random = randomSource(20_26);
  const right = (id: string): number => Number(BigInt(id) % 3n);

  beforeAll(async () => {
    api = await startApp();
  });
  afterAll(() => api.stop());

  function answerOf({ kind, skill }: Worker, id: string): string {
    const truth = right(id);
    if (kind === 'ring') return LABELS[Number((BigInt(id) / 7n) % 3n)]!;
    if (kind === 'constant') return LABELS[0]!;
    if (kind === 'random') return LABELS[Math.floor(random() * 3)]!;
    return LABELS[random() < skill ? truth : (truth + 1 + Math.floor(random() * 2)) % 3]!;
  }

  /** The bad have just as many right answers in the quiz as let them in. */
  async function crew(job: TestJob): Promise<Worker[]> {
    const lucky = GOLD.map((answer, i) => (i < 2 ? LABELS[(LABELS.indexOf(answer) + 1) % 3]! : answer));
    const labelers = await Promise.all(Array.from({ length: LABELERS }, () => new TestLabeler(api, job).signIn()));
    for (const [i, labeler] of labelers.entries()) await labeler.quiz(i < BAD ? lucky : GOLD);
    await settleChain(api);
    return labelers.map((labeler, i) => {
      const kind: Kind = i < RING ? 'ring' : i < BAD ? (i % 2 ? 'random' : 'constant') : 'honest';
      return { labeler, kind, skill: 0.75 + 0.23 * random() };
    });
  }

  async function openBigJob(): Promise<Awaited<ReturnType<typeof openJob>>> {
    const price = 40_000n;
    const quizBudget = price * BigInt(LABELERS * GOLD.length);
    const budget = (quizBudget + price * BigInt(TASKS) * 6n).toString();
    const changes = { budget, dailyCap: budget, overlapMin: 2, overlapMax: 5, hiddenGoldBps: 500, holdLabels: 40 };
    const job = await openJob(api, Math.min(BATCH, TASKS), { ...changes, quizBudget: quizBudget.toString() });
    for (let made = BATCH; made < TASKS; made += BATCH)
      await anchoredItems(api, job.dataset, Math.min(BATCH, TASKS - made));
    await api.app.get(TaskService).fillOpenJobs();
    return job;
  }

  /** Everybody works in turn until nothing is left; settlements and the chain run in between, as in the worker. */
  async function work(workers: readonly Worker[]): Promise<void> {
    for (let idle = 0; idle < 2;) {
      const turn = [...workers].map((worker) => ({ worker, at: random() })).sort((a, b) => a.at - b.at);
      const done = await Promise.all(
        turn.map(({ worker }) => worker.labeler.label((id) => answerOf(worker, id)).then((given) => given !== null)),
      );
      await Promise.all([api.app.get(SettlementService).settleAll(), settleChain(api)]);
      idle = done.some(Boolean) ? 0 : idle + 1;
    }
  }

  it(
    'pays good labels, not spam, and everything follows from its published votes',
    async () => {
      const job = await openBigJob();
      const workers = await crew(job);
      await work(workers);
      await api.sql(`UPDATE labeling_job SET state = 'CLOSED', news = news + 1 WHERE id = $1`, [job.id]);
      for (let i = 0; i < 3; i += 1) await api.app.get(SettlementService).settleAll();
      const cid = await api.app.get(VotesPublisher).publish(job.id);
      expect(await api.app.get(ContentStore).has([cid])).toEqual(new Set([cid]));

      const kindOf = new Map(workers.map(({ labeler, kind }) => [labeler.address, kind]));
      const rows = await api.sql<{ labeler: string; verdict: string; value: string; contribution_id: string }>(
        `SELECT n.labeler, n.verdict, n.value, a.contribution_id FROM annotation n JOIN assignment a ON a.id = n.assignment_id
         WHERE n.job_id = $1`,
        [job.id],
      );
      const share = (of: typeof rows) => of.filter(({ verdict }) => verdict === 'PAID').length / Math.max(1, of.length);
      const spam = rows.filter(({ labeler }) => kindOf.get(labeler) !== 'honest');
      const good = rows.filter(
        (row) => kindOf.get(row.labeler) === 'honest' && row.value === LABELS[right(row.contribution_id)],
      );
      const tasks = await api.sql<{ state: string; label: string; contribution_id: string }>(
        'SELECT state, label, contribution_id FROM labeling_task WHERE job_id = $1',
        [job.id],
      );
      const correct = tasks.filter(({ label, contribution_id: id }) => label === LABELS[right(id)]).length;
      const [escrow] = await api.sql<Record<string, string>>(
        `SELECT committed, reserved, budget, (SELECT sum(amount) FROM earning WHERE job_id = $1) AS earned
         FROM labeling_job WHERE id = $1`,
        [job.id],
      );
      const file = await votesOf(cid);
      const recomputed = recompute(file);
      const figures = {
        tasks: tasks.length,
        labels: rows.length,
        labelsPerTask: rows.length / tasks.length,
        spamPaid: share(spam),
        spamLabels: spam.length,
        goodPaid: share(good),
        goodLabels: good.length,
        accuracy: correct / tasks.length,
        byKind: Object.fromEntries(
          ['ring', 'random', 'constant'].map((kind) => [
            kind,
            share(rows.filter(({ labeler }) => kindOf.get(labeler) === kind)),
          ]),
        ),
      };
      process.stdout.write(`simulation ${JSON.stringify(figures)}\n`);
      if (process.env['SIMULATION_VOTES']) writeFileSync(process.env['SIMULATION_VOTES'], jsonBytes(file));
      expect(recomputed.differences).toEqual([]);
      expect(BigInt(escrow!['earned']!) <= BigInt(escrow!['committed']!)).toBe(true);
      expect(BigInt(escrow!['committed']!) <= BigInt(escrow!['reserved']!)).toBe(true);
      expect(BigInt(escrow!['reserved']!) <= BigInt(escrow!['budget']!)).toBe(true);
      expect(figures.spamPaid).toBeLessThanOrEqual(FULL ? 0.08 : figures.goodPaid);
      expect(figures.goodPaid).toBeGreaterThanOrEqual(FULL ? 0.93 : 0.8);
    },
    FULL ? 900_000 : 120_000,
  );

  async function votesOf(cid: string): Promise<PublishedVotes> {
    const store = api.app.get(ContentStore);
    const root = (await store.get(cid))!;
    const leaves =
      parseCid(cid).code === RAW
        ? [root]
        : await Promise.all(childrenOf(root).map((leaf) => store.get(leaf.toString())));
    return JSON.parse(Buffer.concat(leaves.map((leaf) => leaf!)).toString()) as PublishedVotes;
  }
});
