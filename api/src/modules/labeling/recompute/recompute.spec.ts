import { jsonBytes } from '@allod/protocol';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runRecompute } from '../../../cli/recompute.ts';
import { ContentStore } from '../../../integrations/storage/content-store.port.ts';
import { startApp } from '../../../testing/app.ts';
import type { TestApp } from '../../../testing/app.ts';
import { appointed, LABELS, openJob, qualified } from '../../../testing/labeling.ts';
import { randomSource } from '../consensus/simulate-votes.ts';
import { SettlementService } from '../settlement.service.ts';
import type { PublishedVotes } from './published-votes.ts';
import { recompute } from './recompute.ts';
import { VotesPublisher } from './votes.publisher.ts';

const ITEMS = 30;

/** A job with everything in it: labels in rounds, known items, disputes, appeals by labels and by adjudicators, closing. */
describe('published votes', () => {
  let api: TestApp;
  let file: PublishedVotes;
  let jobId: string;
  let cid: string;

  beforeAll(async () => {
    api = await startApp();
    const settle = () => api.app.get(SettlementService).settleAll();
    const job = await openJob(api, ITEMS, { hiddenGoldBps: 2_000 });
    jobId = job.id;
    const labelers = await qualified(api, job, 6);
    const right = (id: string) => LABELS[Number(BigInt(id) % 3n)]!;
    const wrong = (id: string) => LABELS[(Number(BigInt(id) % 3n) + 1) % 3]!;
    const random = randomSource(7);
    const work = async (turns: number) => {
      for (let turn = 0; turn < turns; turn += 1) {
        for (const [i, labeler] of labelers.entries()) {
          await labeler.label(random() < (i === 0 ? 0.4 : 0.85) ? right : wrong);
        }
        await settle();
      }
    };
    await work(6);
    const appeal = async () => {
      for (const labeler of labelers) {
        const { outcomes } = await labeler.earnings();
        const refused = outcomes.filter(({ appealUntil }) => appealUntil !== null);
        for (const { assignmentId } of refused.slice(0, 2)) await labeler.appeal(assignmentId);
      }
    };
    await appeal();
    await work(3);
    const adjudicator = await appointed(api, job);
    for (let i = 0; i < 4; i += 1) await adjudicator.decide(right);
    await work(3);
    await appeal();
    await settle();
    for (let i = 0; i < 3; i += 1) await adjudicator.decide(right);
    await work(6);
    await appeal();
    await api.sql(`UPDATE labeling_job SET state = 'CLOSED', news = news + 1 WHERE id = $1`, [job.id]);
    for (let i = 0; i < 3; i += 1) await settle();
    await api.app.get(VotesPublisher).publishAll();
    const [row] = await api.sql<{ votes_cid: string }>('SELECT votes_cid FROM labeling_job WHERE id = $1', [job.id]);
    cid = row!.votes_cid;
    const bytes = await api.app.get(ContentStore).get(cid);
    file = JSON.parse(new TextDecoder().decode(bytes)) as PublishedVotes;
  }, 120_000);
  afterAll(() => api.stop());

  const again = (change: (votes: PublishedVotes) => unknown = () => undefined) => {
    const copy = structuredClone(file);
    change(copy);
    return recompute(copy);
  };
  type Writable<T> = { -readonly [K in keyof T]: T[K] };
  const at = <T>(list: readonly T[], index: number) => list[index] as Writable<T>;

  it('give every verdict, label, appeal and payout of the job again', () => {
    const result = again();
    expect(result.differences).toEqual([]);
    expect(result.ok).toBe(true);
    expect(file.votes.length).toBeGreaterThan(ITEMS * 2);
    expect(file.appeals.length).toBeGreaterThan(0);
    expect(new Set(file.votes.map(({ kind }) => kind))).toEqual(new Set(['LABEL', 'GOLD', 'ADJUDICATION']));
    expect(new Set(file.votes.map(({ verdict }) => verdict))).toEqual(new Set(['PAID', 'REFUSED']));
  });

  it('agree with the ledger, and name no account beside a number', async () => {
    const [ledger] = await api.sql<{ sum: string }>('SELECT sum(amount)::text AS sum FROM earning WHERE job_id = $1', [
      jobId,
    ]);
    const sum = again().payouts.reduce((total, { earned }) => total + BigInt(earned), 0n);
    expect(sum.toString()).toBe(ledger!.sum);
    expect(JSON.stringify([file.votes, file.workers, file.appeals])).not.toMatch(/0x[0-9a-fA-F]{40}"/);
  });

  it('name an altered vote by its task and worker', () => {
    const { taskId, worker } = file.votes[5]!;
    const { ok, differences } = again(({ votes, rules }) => {
      const vote = at(votes, 5);
      vote.value = rules.labels.find((label) => label !== vote.value)!;
    });
    expect(ok).toBe(false);
    expect(differences).toContainEqual(expect.objectContaining({ what: 'VOTE', task: taskId, worker }));
  });

  it.each([
    [
      'a verdict',
      'VERDICT',
      (votes: PublishedVotes) => (at(votes.votes, 3).reason = 'CONTRADICTED by 9, p=.99 without you'),
    ],
    ['a payment', 'PAY', (votes: PublishedVotes) => (at(votes.votes, 3).pay = '1')],
    ['a label', 'LABEL', (votes: PublishedVotes) => (at(votes.tasks, 0).label = 'x')],
    ['a sum', 'EARNED', (votes: PublishedVotes) => (at(votes.workers, 0).earned = '1')],
    ['a rule', 'RULES', (votes: PublishedVotes) => ((votes.rules as { price: string }).price = '1')],
    ['the scorer', 'SCORER', (votes: PublishedVotes) => ((votes as { scorerHash: string }).scorerHash = '0x00')],
    ['an appeal', 'APPEAL', (votes: PublishedVotes) => (at(votes.appeals, 0).refusedFor = 'GOLD_FAILED 0/99')],
  ])('show that %s was altered', (_, what, change) => {
    const { ok, differences } = again(change);
    expect(ok).toBe(false);
    expect(differences.map((difference) => difference.what)).toContain(what);
  });

  it('are recomputed by the command line: the same bytes each time, exit 1 when something does not follow', async () => {
    const run = async (votes: PublishedVotes, args = ['votes.json']) => {
      let out = '';
      let err = '';
      const terminal = {
        read: () => jsonBytes(votes),
        out: (text: string) => (out += text),
        err: (text: string) => (err += text),
      };
      return { code: await runRecompute(args, terminal), out, err };
    };
    const first = await run(file);
    expect(first.code).toBe(0);
    expect(await run(file)).toEqual(first);
    expect(JSON.parse(first.out)).toMatchObject({ ok: true, jobId });
    expect((await run({ ...file, scorerHash: '0x' })).code).toBe(1);
    expect((await run({ ...file, type: 'x' } as never)).code).toBe(2);
    expect((await run(file, [])).err).toContain('needs one file');
  });
});
