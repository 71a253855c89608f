import { annotationCommitment, jsonKeccak, jsonSha256 } from '@allod/protocol';
import { adjudicationPriceOf, ruleHashOf, scorerHash } from '../rules.ts';
import type { GivenVerdict } from '../settlement-types.ts';
import type { PublishedVote, PublishedVotes } from './published-votes.ts';
import { replay, voteKey } from './replay.ts';
import type { Replay } from './replay.ts';

/** One thing that does not follow from the rest of the file. */
export interface Difference {
  readonly task?: string;
  readonly worker?: number;
  readonly what: 'VOTE' | 'VERDICT' | 'PAY' | 'LABEL' | 'APPEAL' | 'EARNED' | 'RULES' | 'SCORER' | 'BUDGET' | 'CHAIN';
  readonly published: string;
  readonly recomputed: string;
}

export interface Recomputed {
  readonly jobId: string;
  readonly ok: boolean;
  readonly votes: number;
  readonly tasks: number;
  readonly appeals: number;
  /** Hash over every recomputed verdict and payout. */
  readonly resultHash: string;
  readonly payouts: readonly { readonly worker: number; readonly earned: string }[];
  readonly differences: readonly Difference[];
  /** Account of each worker whose commitments open. */
  readonly accounts: Readonly<Record<number, string>>;
}

/** Verdicts that follow from a clock rather than from votes; their pay is checked, their time is not. */
const BY_CLOCK = ['AUTO_APPROVED'];

/**
 * Rebuilds every verdict, label and payout of a job from its published votes, and names everything that does not follow
 * from them: an altered vote first of all, since its commitment no longer opens. Top-ups to the wage floor are bounded by
 * their reserve but not rebuilt, because times are not published.
 */
export function recompute(file: PublishedVotes): Recomputed {
  const again = replay(file);
  const accounts = accountsOf(file);
  const differences: Difference[] = [...termDifferences(file)];
  const earned = new Map<number, bigint>();
  const verdicts: unknown[] = [];
  for (const vote of file.votes) {
    const account = accounts.get(vote.worker);
    if (!account || !opens(file, vote, account))
      differences.push(named(vote, 'VOTE', vote.value, 'does not open its commitment'));
    const expected = finalVerdict(file, again, vote);
    const price = vote.kind === 'ADJUDICATION' ? adjudicationPriceOf(file.rules) : file.rules.price;
    const pay = expected.verdict === 'PAID' ? price : '0';
    verdicts.push([vote.taskId, vote.worker, expected.verdict, expected.reason, pay]);
    const said = textOf(vote);
    if (said !== textOf(expected)) differences.push(named(vote, 'VERDICT', said, textOf(expected)));
    if (vote.pay !== pay) differences.push(named(vote, 'PAY', vote.pay, pay));
    earned.set(vote.worker, (earned.get(vote.worker) ?? 0n) + BigInt(pay) + BigInt(vote.topUp));
  }
  differences.push(
    ...labelDifferences(file, again),
    ...appealDifferences(file, again),
    ...sumDifferences(file, earned),
  );
  const payouts = file.workers.map(({ worker, quizPay }) => {
    const labels = earned.get(worker) ?? 0n;
    const credited = file.votes.some((vote) => vote.worker === worker && vote.verdict === 'PAID');
    return { worker, earned: (labels + (credited ? BigInt(quizPay) : 0n)).toString() };
  });
  for (const { worker, earned: sum } of payouts) {
    const published = file.workers.find((one) => one.worker === worker)!.earned;
    if (published !== sum) differences.push({ worker, what: 'EARNED', published, recomputed: sum });
  }
  return {
    jobId: file.jobId,
    ok: differences.length === 0,
    votes: file.votes.length,
    tasks: file.tasks.length,
    appeals: file.appeals.length,
    resultHash: jsonSha256({ verdicts, payouts }),
    payouts,
    differences,
    accounts: Object.fromEntries(accounts),
  };
}

/** A worker is the account that opens the first of the worker's commitments that any account opens. */
function accountsOf(file: PublishedVotes): Map<number, string> {
  const accounts = new Map<number, string>();
  for (const vote of file.votes) {
    if (accounts.has(vote.worker)) continue;
    const account = file.accounts.find((candidate) => opens(file, vote, candidate));
    if (account) accounts.set(vote.worker, account);
  }
  return accounts;
}

function opens(
  { jobId }: PublishedVotes,
  { taskId, value, salt, commitment }: PublishedVote,
  labeler: string,
): boolean {
  return annotationCommitment({ jobId, taskId, labeler, valueHash: jsonKeccak(value), salt }) === commitment;
}

/** The first verdict, and what an appeal or a retired item made of it. */
function finalVerdict(file: PublishedVotes, again: Replay, vote: PublishedVote): GivenVerdict {
  if (vote.kind === 'ADJUDICATION') return { verdict: 'PAID', reason: 'ADJUDICATED', evidence: null };
  if (BY_CLOCK.includes(vote.reason)) return { verdict: 'PAID', reason: vote.reason, evidence: null };
  const first = again.verdicts.get(voteKey(vote)) ?? cancelledVerdict(file, vote);
  const appeal = again.appeals.get(voteKey(vote));
  if (appeal?.state === 'UPHELD') return { ...first, verdict: 'PAID', reason: appeal.reason };
  const undone = again.retired.has(vote.taskId) && first.reason.startsWith('GOLD_FAILED');
  return undone ? { ...first, verdict: 'PAID', reason: 'GOLD_RETIRED' } : first;
}

function cancelledVerdict(file: PublishedVotes, { taskId }: PublishedVote): GivenVerdict {
  const task = file.tasks.find((one) => one.taskId === taskId);
  if (task?.state !== 'CANCELLED') return { verdict: 'REFUSED', reason: 'NO_VERDICT', evidence: null };
  return { verdict: 'PAID', reason: `TASK_CANCELLED ${task.reason}`, evidence: null };
}

/** Evidence may come back from a database with its keys in another order, so it is compared by its canonical hash. */
const textOf = ({ verdict, reason, evidence }: Pick<PublishedVote, 'verdict' | 'reason' | 'evidence'>): string =>
  `${verdict} ${reason} ${evidence === null ? '' : jsonSha256(evidence).slice(0, 18)}`.trim();

const named = (
  { taskId, worker }: PublishedVote,
  what: Difference['what'],
  published: string,
  recomputed: string,
): Difference => ({ task: taskId, worker, what, published, recomputed });

function* termDifferences(file: PublishedVotes): Generator<Difference> {
  const ruleHash = ruleHashOf(file.rules);
  if (ruleHash !== file.ruleHash) yield { what: 'RULES', published: file.ruleHash, recomputed: ruleHash };
  const scorer = scorerHash();
  if (scorer !== file.scorerHash) yield { what: 'SCORER', published: file.scorerHash, recomputed: scorer };
}

function* labelDifferences(file: PublishedVotes, again: Replay): Generator<Difference> {
  const changed = new Map<string, string>(again.retired);
  for (const outcome of again.appeals.values()) if (outcome.label !== null) changed.set(outcome.taskId, outcome.label);
  for (const task of file.tasks) {
    if (task.round === null) continue;
    const outcome = again.tasks.get(task.taskId);
    const recomputed = `${outcome?.state ?? 'none'} ${changed.get(task.taskId) ?? outcome?.label ?? ''} ${outcome?.reason ?? ''}`;
    const published = `${task.state} ${task.label ?? ''} ${task.reason ?? ''}`;
    if (published !== recomputed) yield { task: task.taskId, what: 'LABEL', published, recomputed };
  }
}

function* appealDifferences(file: PublishedVotes, again: Replay): Generator<Difference> {
  for (const appeal of file.appeals) {
    const { taskId: task, worker } = appeal;
    const first = again.verdicts.get(voteKey(appeal));
    if (first?.reason !== appeal.refusedFor) {
      yield { task, worker, what: 'APPEAL', published: appeal.refusedFor, recomputed: first?.reason ?? 'none' };
    }
    if (appeal.state === 'OPEN' || appeal.reason === 'APPEAL_UPHELD GOLD_RETIRED') continue;
    const outcome = again.appeals.get(voteKey(appeal));
    const published = `${appeal.state} ${appeal.reason}`;
    const recomputed = outcome ? `${outcome.state} ${outcome.reason}` : 'none';
    if (published !== recomputed) yield { task, worker, what: 'APPEAL', published, recomputed };
  }
}

function* sumDifferences(file: PublishedVotes, earned: ReadonlyMap<number, bigint>): Generator<Difference> {
  const topUps = file.votes.reduce((sum, { topUp }) => sum + BigInt(topUp), 0n);
  const reserve = BigInt(file.rules.wageReserve ?? '0');
  if (topUps > reserve) yield { what: 'BUDGET', published: topUps.toString(), recomputed: `at most ${reserve}` };
  for (const worker of earned.keys()) {
    if (file.workers.some((one) => one.worker === worker)) continue;
    yield { worker, what: 'EARNED', published: 'none', recomputed: earned.get(worker)!.toString() };
  }
}
