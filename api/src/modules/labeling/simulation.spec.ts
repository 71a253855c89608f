import { childrenOf, jsonBytes, parseCid } from '@allod/protocol';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { ContentStore } from '../../integrations/storage/content-store.port.ts';
import { startApp } from '../../testing/app.ts';
import type { TestApp } from '../../testing/app.ts';
import { anchoredItems, GOLD, LABELS, openJob, settleChain, TestLabeler } from '../../testing/labeling.ts';
import type { TestJob } from '../../testing/labeling.ts';
import { answerOf, CREWS, crewOf, quizOf } from '../../testing/simulated-labelers.ts';
import type { CrewName, SimulatedLabeler } from '../../testing/simulated-labelers.ts';
import { gradeQuiz } from './quiz-grade.ts';
import type { PublishedVotes } from './recompute/published-votes.ts';
import { recompute } from './recompute/recompute.ts';
import { VotesPublisher } from './recompute/votes.publisher.ts';
import { SettlementService } from './settlement.service.ts';
import { TaskService } from './task.service.ts';

/**
 * `SIMULATION=full` runs the job of the targets, with the crew of `SIMULATION_CREW`. Without it a small one under the same
 * rules: too few labels per labeler for the information gate, so it is held to everything except the share of spam that the
 * gate removes.
 */
const FULL = process.env['SIMULATION'] === 'full';
const CREW = (process.env['SIMULATION_CREW'] ?? 'target') as CrewName;
const TASKS = Number(process.env['SIMULATION_TASKS'] ?? (FULL ? 2_000 : 40));
const SMALL_CREW = { labelers: 10, bad: { ring: 2, random: 1 } };
const SEED = 20_26;
/** Items of one label pack. */
const BATCH = 32;
const PASS_BPS = 7_000;
/** Multicodec of a file that is one block. */
const RAW = 0x55;

interface Worker {
  readonly labeler: TestLabeler;
  readonly style: SimulatedLabeler;
}

/**
 * A whole job through the public API: quizzes, leases, signed annotations, adaptive overlap, settlements, published votes.
 * Who does not look passes the quiz by luck, under as many names as it takes (see simulated-labelers.ts).
 */
describe('a simulated job', () => {
  let api: TestApp;
  const crew = crewOf(FULL ? CREWS[CREW] : SMALL_CREW, SEED);
  const leaks = crew.some(({ kind }) => kind === 'leak' || kind === 'leakRing');
  /** Annotations for which nobody looked, as `contribution/labeler`. */
  const spam = new Set<string>();
  const right = (id: string): number => Number(BigInt(id) % 3n);

  beforeAll(async () => {
    api = await startApp();
  });
  afterAll(() => api.stop());

  async function isKnown(id: string): Promise<boolean> {
    if (!leaks) return false;
    const [row] = await api.sql<{ kind: string }>('SELECT kind FROM assignment WHERE id = $1', [id]);
    return row!.kind === 'GOLD';
  }

  async function labelOnce({ labeler, style }: Worker): Promise<boolean> {
    const assignment = await labeler.accept();
    if (assignment.code) return false;
    const id = assignment.contributionId;
    const item = { id, truth: right(id), key: Number((BigInt(id) / 7n) % 3n) };
    const answer = answerOf(style, item, LABELS.length, await isKnown(assignment.id));
    if (answer.spam) spam.add(`${id}/${labeler.address}`);
    await labeler.submit(await labeler.annotation(assignment, LABELS[answer.label]!));
    return true;
  }

  async function hire(job: TestJob): Promise<Worker[]> {
    const known = GOLD.map((label) => LABELS.indexOf(label));
    const passes = (answers: readonly number[]) =>
      gradeQuiz(
        answers.map((k) => LABELS[k]!),
        GOLD,
        PASS_BPS,
      ).passed;
    const workers = crew.map((style) => ({ style, labeler: new TestLabeler(api, job) }));
    await Promise.all(
      workers.map(async ({ labeler, style }) => {
        await labeler.signIn();
        const { answers } = quizOf(style, known, LABELS.length, passes);
        await labeler.quiz(answers.map((k) => LABELS[k]!));
      }),
    );
    await settleChain(api);
    return workers;
  }

  async function openBigJob(): Promise<Awaited<ReturnType<typeof openJob>>> {
    const price = 40_000n;
    const quizBudget = price * BigInt(crew.length * GOLD.length);
    const budget = (quizBudget + price * BigInt(TASKS) * 6n).toString();
    const changes = { budget, dailyCap: budget, overlapMin: 2, overlapMax: 5, hiddenGoldBps: 500, holdLabels: 40 };
    const job = await openJob(api, Math.min(BATCH, TASKS), { ...changes, quizBudget: quizBudget.toString() });
    for (let made = BATCH; made < TASKS; made += BATCH)
      await anchoredItems(api, job.dataset, Math.min(BATCH, TASKS - made));
    await api.app.get(TaskService).fillOpenJobs();
    return job;
  }

  /** Everybody works at once until nothing is left; the chain is confirmed and the job settled meanwhile, as in the worker. */
  async function work(workers: readonly Worker[]): Promise<{ seconds: number; cpuSeconds: number }> {
    const started = performance.now();
    const cpu = process.cpuUsage();
    for (let idle = 0; idle < 2;) {
      const done = await Promise.all(workers.map(labelOnce));
      await api.app.get(SettlementService).settleAll();
      await settleChain(api);
      idle = done.some(Boolean) ? 0 : idle + 1;
    }
    const { user, system } = process.cpuUsage(cpu);
    return { seconds: (performance.now() - started) / 1000, cpuSeconds: (user + system) / 1e6 };
  }

  it(
    'pays good labels, not spam, and everything follows from its published votes',
    async () => {
      const job = await openBigJob();
      const workers = await hire(job);
      const { seconds, cpuSeconds } = await work(workers);
      await api.sql(`UPDATE labeling_job SET state = 'CLOSED', news = news + 1 WHERE id = $1`, [job.id]);
      for (let i = 0; i < 3; i += 1) await api.app.get(SettlementService).settleAll();
      const cid = await api.app.get(VotesPublisher).publish(job.id);
      expect(await api.app.get(ContentStore).has([cid])).toEqual(new Set([cid]));

      const kindOf = new Map(workers.map(({ labeler, style }) => [labeler.address, style.kind]));
      const rows = await api.sql<{ labeler: string; verdict: string; value: string; contribution_id: string }>(
        `SELECT n.labeler, n.verdict, n.value, a.contribution_id FROM annotation n JOIN assignment a ON a.id = n.assignment_id
         WHERE n.job_id = $1`,
        [job.id],
      );
      const share = (of: typeof rows) => of.filter(({ verdict }) => verdict === 'PAID').length / Math.max(1, of.length);
      const isSpam = (row: (typeof rows)[number]) => spam.has(`${row.contribution_id}/${row.labeler}`);
      const bad = rows.filter(isSpam);
      const good = rows.filter((row) => !isSpam(row) && row.value === LABELS[right(row.contribution_id)]);
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
        spamPaid: share(bad),
        spamLabels: bad.length,
        goodPaid: share(good),
        goodLabels: good.length,
        accuracy: correct / tasks.length,
        paidByKind: Object.fromEntries(
          [...new Set(bad.map(({ labeler }) => kindOf.get(labeler)!))]
            .sort()
            .map((kind) => [kind, share(bad.filter(({ labeler }) => kindOf.get(labeler) === kind))]),
        ),
        labelsPerSecond: rows.length / seconds,
        cpuMillisecondsPerLabel: (cpuSeconds * 1000) / rows.length,
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
    FULL ? 3_600_000 : 300_000,
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
