import { blindGroups } from './copy-groups.ts';
import { exp, ln, normalizeLogs } from './deterministic-math.ts';
import type { VoteTable } from './vote-table.ts';
import { addVote, count, emptyCounts, NO_GOLD } from './em.ts';
import { startPosterior } from './gold.ts';
import { fitTwoLevel } from './worker-model.ts';

/**
 * Finds workers who copy each other, when gold shows who can answer. Every task has two hidden classes: its truth, and
 * the key that a ring would share. Every worker is either honest (a two-level Dawid–Skene matrix over the truth) or a
 * copyist of the key, and answers gold by knowledge or blindly. Both are fitted by mean-field variational Bayes
 * (Jordan et al. 1999), started from the gold answers alone, so that the ring's own votes never vouch for it. A vote is
 * explained by the key of the *other* copyists only. This is excess agreement over what the truth explains, for groups
 * whose members hardly meet pairwise.
 */
export function copyRing(table: VoteTable, goldLabel: Int32Array): Float64Array {
  if (table.labels.length < 2) return new Float64Array(table.workers.length);
  const honestByGold = goldEvidence(table, goldLabel);
  const members = blindGroups(table, goldLabel, honestByGold);
  const member = Float64Array.from(members);
  const copies = honestByGold.map((log, w) => member[w]! || logistic(ln(PRIOR_START) - ln(1 - PRIOR_START) - log));
  const truth = startPosterior(table, goldLabel);
  for (let i = 0; i < ROUNDS; i += 1) {
    const honest = copies.map((share) => 1 - share);
    const evidence = compare(table, goldLabel, truth, honest, i === 0);
    for (let w = 0; w < copies.length; w += 1) {
      copies[w] = member[w]! || logistic(ln(PRIOR) - ln(1 - PRIOR) - honestByGold[w]! + evidence[w]!);
    }
  }
  return isBlind(table, goldLabel, truth, copies) ? copies : member;
}

/** 1 for a worker who is heard, 0 for a copyist. */
export const heardWeights = (copies: Float64Array): Float64Array => copies.map((share) => (isCopyist(share) ? 0 : 1));

export const isCopyist = (share: number): boolean => share > CERTAIN;

const CERTAIN = 0.9;
/** Expected share of copyists: by gold alone, and once votes are compared. */
const PRIOR_START = 0.3;
const PRIOR = 0.1;
const ROUNDS = 12;
const MATRIX_STRENGTH = 8;
/** P(a copyist gives the key). */
const FAITHFUL = 0.95;
/** Honest accuracy on gold: Beta(4, 1.5), mean .73. */
const HONEST_RIGHT = 4;
const HONEST_WRONG = 1.5;
/** A ring whose gold answers are this much better than guessing, of 1, knows the answers. */
const BLIND_BELOW = 0.35;

const logistic = (log: number): number => 1 / (1 + exp(-Math.max(-500, Math.min(500, log))));

/** ln P(gold answers | honest) − ln P(gold answers | blind), [worker]; 0 for one who answered no gold. */
function goldEvidence(table: VoteTable, goldLabel: Int32Array): Float64Array {
  const classes = table.labels.length;
  const evidence = new Float64Array(table.workers.length);
  const right = new Float64Array(table.workers.length);
  const wrong = new Float64Array(table.workers.length);
  forGold(table, goldLabel, (worker, hit) => {
    const seen = right[worker]! + wrong[worker]! + HONEST_RIGHT + HONEST_WRONG;
    if (hit) evidence[worker]! += ln(((right[worker]! + HONEST_RIGHT) / seen) * classes);
    else evidence[worker]! += ln((((wrong[worker]! + HONEST_WRONG) / seen) * classes) / (classes - 1));
    (hit ? right : wrong)[worker]! += 1;
  });
  return evidence;
}

function forGold(table: VoteTable, goldLabel: Int32Array, see: (worker: number, right: boolean) => void): void {
  for (let t = 0; t < table.tasks.length; t += 1) {
    if (goldLabel[t] === NO_GOLD) continue;
    for (let v = table.taskStart[t]!; v < table.taskStart[t + 1]!; v += 1) {
      see(table.voteWorker[v]!, table.voteLabel[v] === goldLabel[t]);
    }
  }
}

/** Updates `truth` and returns, per worker, ln P(votes | copies the key of the others) − ln P(votes | honest). */
function compare(
  table: VoteTable,
  goldLabel: Int32Array,
  truth: Float64Array,
  honest: Float64Array,
  goldOnly: boolean,
): Float64Array {
  const classes = table.labels.length;
  const square = classes * classes;
  const counts = emptyCounts(table);
  count(table, goldLabel, truth, counts, goldOnly);
  const model = fitTwoLevel(counts, { strength: MATRIX_STRENGTH, learnPrior: false, weights: honest });
  // The matrix is scaled by how much a worker is heard; the likelihood must not be.
  const likelihood = model.logConfusion.map((log, i) => exp(log / Math.max(honest[Math.floor(i / square)]!, 1e-6)));
  const faithful = ln(FAITHFUL) - ln((1 - FAITHFUL) / (classes - 1));
  const evidence = new Float64Array(table.workers.length);
  const row = new Float64Array(classes);
  const key = new Float64Array(classes);
  const others = new Float64Array(classes);
  for (let t = 0; t < table.tasks.length; t += 1) {
    if (goldLabel[t] !== NO_GOLD) continue;
    const from = table.taskStart[t]!;
    const to = table.taskStart[t + 1]!;
    row.set(model.logPrior);
    key.fill(0);
    for (let v = from; v < to; v += 1) {
      addVote(table, model, v, row, 0);
      key[table.voteLabel[v]!]! += (1 - honest[table.voteWorker[v]!]!) * faithful;
    }
    normalizeLogs(row, 0, classes);
    truth.set(row, t * classes);
    for (let v = from; v < to; v += 1) {
      const worker = table.voteWorker[v]!;
      const label = table.voteLabel[v]!;
      others.set(key);
      others[label]! -= (1 - honest[worker]!) * faithful;
      normalizeLogs(others, 0, classes);
      const copied = others[label]! * FAITHFUL + ((1 - others[label]!) * (1 - FAITHFUL)) / (classes - 1);
      let known = 0;
      for (let k = 0; k < classes; k += 1) known += row[k]! * likelihood[(worker * classes + label) * classes + k]!;
      evidence[worker]! += ln(copied) - ln(known);
    }
  }
  return evidence;
}

/** False when those who copy answer gold well, or their key is mostly the truth: then they only agree on what is right. */
function isBlind(table: VoteTable, goldLabel: Int32Array, truth: Float64Array, copies: Float64Array): boolean {
  const chance = 1 / table.labels.length;
  let right = 0;
  let given = 0;
  forGold(table, goldLabel, (worker, hit) => {
    if (!isCopyist(copies[worker]!)) return;
    given += 1;
    if (hit) right += 1;
  });
  const classes = table.labels.length;
  let agreed = 0;
  let votes = 0;
  for (let t = 0; t < table.tasks.length; t += 1) {
    if (goldLabel[t] !== NO_GOLD) continue;
    for (let v = table.taskStart[t]!; v < table.taskStart[t + 1]!; v += 1) {
      if (!isCopyist(copies[table.voteWorker[v]!]!)) continue;
      votes += 1;
      agreed += truth[t * classes + table.voteLabel[v]!]!;
    }
  }
  const above = (share: number) => (share - chance) / (1 - chance);
  return given > 0 && above(right / given) < BLIND_BELOW && (votes === 0 || above(agreed / votes) < BLIND_BELOW);
}
