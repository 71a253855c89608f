import { aggregate } from '../../../api/src/modules/labeling/consensus/aggregate.ts';
import { twoLevelDawidSkene, leaveOneOut } from '../../../api/src/modules/labeling/consensus/dawid-skene.ts';
import { informednessOf } from '../../../api/src/modules/labeling/consensus/information-gate.ts';
import { randomSource } from '../../../api/src/modules/labeling/consensus/simulate-votes.ts';
import type { PayRule } from '../../../api/src/modules/labeling/consensus/verdict.ts';
import { PAY_RULE, refusalOf } from '../../../api/src/modules/labeling/consensus/verdict.ts';
import type { Vote } from '../../../api/src/modules/labeling/consensus/vote-table.ts';
import { buildVoteTable } from '../../../api/src/modules/labeling/consensus/vote-table.ts';
import type { Scenario } from './protocol.ts';
import { PAY, SCENARIOS, SEED, SPAM } from './protocol.ts';
import type { LabelSet } from './sets.ts';
import { accuracyOf, shuffled } from './sets.ts';

export type Spam = 'random' | 'constant' | 'ring';

const SPAMMER = 'spam:';
const QUIZ = 'quiz:';

/** Adds spammers until `share` of the workers and of the labels are theirs. */
export function spamVotes(set: LabelSet, kind: Spam, share: number, random: () => number): Vote[] {
  const factor = share / (1 - share);
  const spammers = Math.ceil(set.table.workers.length * factor);
  const perSpammer = Math.min(set.table.tasks.length, Math.round((set.votes.length * factor) / spammers));
  const anyLabel = () => set.labels[Math.floor(random() * set.labels.length)]!;
  const key = new Map(set.table.tasks.map((task) => [task, anyLabel()]));
  return Array.from({ length: spammers }, (_, i) => {
    const constant = set.labels[i % set.labels.length]!;
    return shuffled(set.table.tasks, random)
      .slice(0, perSpammer)
      .map((task) => {
        const label = kind === 'ring' ? key.get(task)! : kind === 'constant' ? constant : anyLabel();
        return { task, worker: `${SPAMMER}${i}`, label };
      });
  }).flat();
}

/**
 * Answers to `SPAM.quiz` gold tasks by every worker: honest ones by their own confusion with the truth, spammers of a
 * ring blindly.
 */
function quizVotes(set: LabelSet, spammers: readonly string[], random: () => number) {
  const truths = [...set.truth.values()].filter((label) => set.labels.includes(label));
  const given = new Map<string, string[]>();
  for (const vote of set.votes) {
    const expected = set.truth.get(vote.task);
    if (expected === undefined) continue;
    for (const who of [`${vote.worker}\n${expected}`, `\n${expected}`]) {
      const list = given.get(who) ?? [];
      list.push(vote.label);
      given.set(who, list);
    }
  }
  const gold = new Map<string, string>();
  const votes: Vote[] = [];
  for (let i = 0; i < SPAM.quiz; i += 1) {
    const task = `${QUIZ}${i}`;
    const expected = truths[Math.floor(random() * truths.length)]!;
    gold.set(task, expected);
    for (const worker of set.table.workers) {
      const habits = given.get(`${worker}\n${expected}`) ?? given.get(`\n${expected}`) ?? [expected];
      votes.push({ task, worker, label: habits[Math.floor(random() * habits.length)]! });
    }
    for (const worker of spammers) {
      votes.push({ task, worker, label: set.labels[Math.floor(random() * set.labels.length)]! });
    }
  }
  return { gold, votes };
}

const accuracyWith = (set: LabelSet, votes: readonly Vote[], gold?: ReadonlyMap<string, string>): number => {
  const table = buildVoteTable(votes, set.labels);
  return accuracyOf(table, aggregate(table, { gold }).posterior, set.truth);
};

/** Accuracy points lost by spam against the same votes (and the same quiz) without it, one figure per seed. */
export function spamLosses(set: LabelSet, scenario: Scenario, seeds: number): number[] {
  const { kind, share, quiz } = SCENARIOS[scenario];
  const clean = quiz ? 0 : accuracyWith(set, set.votes);
  return Array.from({ length: seeds }, (_, seed) => {
    const spam = spamVotes(set, kind, share, randomSource(SEED + seed));
    if (!quiz) return 100 * (clean - accuracyWith(set, [...set.votes, ...spam]));
    const names = [...new Set(spam.map((vote) => vote.worker))];
    const honest = quizVotes(set, [], randomSource(SEED + seed));
    const all = quizVotes(set, names, randomSource(SEED + seed));
    const without = accuracyWith(set, [...set.votes, ...honest.votes], honest.gold);
    return 100 * (without - accuracyWith(set, [...set.votes, ...spam, ...all.votes], all.gold));
  });
}

export interface Paid {
  /** Share of spam labels that are paid. */
  readonly spamPaid: number;
  /** Share of correct labels of informative workers that are not. */
  readonly honestUnpaid: number;
}

/** What the pay rule does with `PAY.share` spam of one kind after everybody took the quiz, one figure per seed. */
export const paidBySeed = (set: LabelSet, kind: Spam, seeds: number, quiz: boolean): Paid[] =>
  Array.from({ length: seeds }, (_, seed) => paidByRule(set, kind, seed, quiz, [PAY_RULE])[0]!);

/** The same labels under several pay rules. */
export function paidByRule(set: LabelSet, kind: Spam, seed: number, quiz: boolean, rules: readonly PayRule[]): Paid[] {
  const spam = spamVotes(set, kind, PAY.share, randomSource(SEED + seed));
  const names = [...new Set(spam.map((vote) => vote.worker))];
  const { gold, votes } = quiz ? quizVotes(set, names, randomSource(SEED + seed)) : { gold: undefined, votes: [] };
  const table = buildVoteTable([...set.votes, ...spam, ...votes], set.labels);
  const consensus = twoLevelDawidSkene(table, { gold });
  const workers = informednessOf(table, consensus, (task) => !task.startsWith(QUIZ));
  const informative = informativeWorkers(set);
  const totals = { spam: 0, honest: 0 };
  const counts = rules.map(() => ({ spamPaid: 0, honestUnpaid: 0 }));
  table.tasks.forEach((task, t) => {
    if (task.startsWith(QUIZ)) return;
    const from = table.taskStart[t]!;
    const to = table.taskStart[t + 1]!;
    for (let v = from; v < to; v += 1) {
      const worker = table.workers[table.voteWorker[v]!]!;
      const label = table.voteLabel[v]!;
      const isSpam = worker.startsWith(SPAMMER);
      if (!isSpam && !(informative.has(worker) && set.truth.get(task) === table.labels[label])) continue;
      totals[isSpam ? 'spam' : 'honest'] += 1;
      const withoutYou = leaveOneOut(table, consensus, t, v)[label]!;
      rules.forEach((rule, i) => {
        const isPaid = refusalOf(workers[table.voteWorker[v]!]!, withoutYou, to - from - 1, rule) === null;
        if (isSpam && isPaid) counts[i]!.spamPaid += 1;
        if (!isSpam && !isPaid) counts[i]!.honestUnpaid += 1;
      });
    }
  });
  return counts.map((one) => ({
    spamPaid: one.spamPaid / totals.spam,
    honestUnpaid: one.honestUnpaid / totals.honest,
  }));
}

/** Workers whose true accuracy, corrected for chance, reaches `PAY.informative`. */
function informativeWorkers(set: LabelSet): Set<string> {
  const right = new Map<string, number>();
  const total = new Map<string, number>();
  for (const { task, worker, label } of set.votes) {
    const expected = set.truth.get(task);
    if (expected === undefined) continue;
    total.set(worker, (total.get(worker) ?? 0) + 1);
    if (expected === label) right.set(worker, (right.get(worker) ?? 0) + 1);
  }
  const chance = 1 / set.labels.length;
  const informative = [...total].filter(
    ([worker, labels]) => ((right.get(worker) ?? 0) / labels - chance) / (1 - chance) >= PAY.informative,
  );
  return new Set(informative.map(([worker]) => worker));
}
