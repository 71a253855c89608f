import { ln } from './deterministic-math.ts';
import { NO_GOLD } from './em.ts';
import type { VoteTable } from './vote-table.ts';

/**
 * Is this group a ring that copies one key? Its members agree with each other almost always. With gold, their pooled
 * answers to it are no better than guessing. Without enough gold, a key that has nothing to do with the truth has nothing to do
 * with anybody else's answers either: real experts are echoed by weaker workers, a ring is echoed by nobody, while those
 * outside agree among themselves. A group with half of the votes cannot be told from the others that way.
 */
export function isRing(table: VoteTable, goldLabel: Int32Array, group: Uint8Array): boolean {
  const compared = compareGroup(table, goldLabel, group);
  const { members, inner, outer, outside, gold } = compared;
  if (members < SMALLEST_GROUP || inner.met < ENOUGH || inner.agreed < ONE_VOICE * inner.met) return false;
  const known = knowledge(gold, table.labels.length);
  if (known < -CERTAIN) return true;
  // One voice that knows is right about as often as it agrees with itself: a lucky ring is not.
  if (known > CERTAIN && gold.agreed > KNOWING * gold.met) return false;
  if (outer.met < ENOUGH || outside.met < ENOUGH || 2 * compared.votes > table.voteLabel.length) return false;
  const among = agreementOf(outside, -BOUND);
  return among > 0 && agreementOf(outer, BOUND) < ECHO * among;
}

const SMALLEST_GROUP = 3;
/** Comparisons below which nothing is said. */
const ENOUGH = 30;
/** Share of agreement within a group that speaks with one voice. */
const ONE_VOICE = 0.97;
/** Standard errors of doubt that speak for the group. */
const BOUND = 2;
/** ln odds of knowledge from which on the gold decides. */
const CERTAIN = 3;
/** Share of gold that a group of one voice gets right when it knows. */
const KNOWING = 0.8;
/** Share of the agreement among the others that experts would reach with them. */
const ECHO = 0.5;

/** How often two sides said the same, and what each side says how often, [class]. */
interface Comparison {
  agreed: number;
  met: number;
  readonly ours: Float64Array;
  readonly theirs: Float64Array;
}

interface Compared {
  members: number;
  votes: number;
  /** Each member with the plurality of the other members; each outsider with that of the members, and of the other outsiders. */
  readonly inner: Comparison;
  readonly outer: Comparison;
  readonly outside: Comparison;
  /** Members with the known answers. */
  readonly gold: Comparison;
}

function compareGroup(table: VoteTable, goldLabel: Int32Array, group: Uint8Array): Compared {
  const classes = table.labels.length;
  const nothing = (): Comparison => ({
    agreed: 0,
    met: 0,
    ours: new Float64Array(classes),
    theirs: new Float64Array(classes),
  });
  const compared: Compared = {
    members: 0,
    votes: 0,
    inner: nothing(),
    outer: nothing(),
    outside: nothing(),
    gold: nothing(),
  };
  for (const member of group) compared.members += member;
  const key = new Uint32Array(classes);
  const rest = new Uint32Array(classes);
  for (let t = 0; t < goldLabel.length; t += 1) {
    const from = table.taskStart[t]!;
    const to = table.taskStart[t + 1]!;
    if (goldLabel[t] !== NO_GOLD) {
      for (let v = from; v < to; v += 1) {
        if (group[table.voteWorker[v]!] === 1) meet(compared.gold, table.voteLabel[v]!, goldLabel[t]!);
      }
      continue;
    }
    key.fill(0);
    rest.fill(0);
    for (let v = from; v < to; v += 1) (group[table.voteWorker[v]!] === 1 ? key : rest)[table.voteLabel[v]!]! += 1;
    const leader = uniqueLeader(key);
    for (let v = from; v < to; v += 1) {
      const label = table.voteLabel[v]!;
      const inside = group[table.voteWorker[v]!] === 1;
      const own = inside ? key : rest;
      own[label]! -= 1;
      meet(inside ? compared.inner : compared.outside, label, uniqueLeader(own));
      own[label]! += 1;
      if (inside) compared.votes += 1;
      else meet(compared.outer, label, leader);
    }
  }
  return compared;
}

function meet(comparison: Comparison, label: number, other: number): void {
  if (other < 0) return;
  comparison.met += 1;
  comparison.ours[label]! += 1;
  comparison.theirs[other]! += 1;
  if (label === other) comparison.agreed += 1;
}

/** Agreement corrected for chance (Cohen 1960), moved by so many standard errors. */
function agreementOf({ agreed, met, ours, theirs }: Comparison, errors: number): number {
  let chance = 0;
  for (let k = 0; k < ours.length; k += 1) chance += (ours[k]! / met) * (theirs[k]! / met);
  if (chance >= 1) return 0;
  const share = agreed / met;
  return (share - chance + errors * Math.sqrt((share * (1 - share)) / met)) / (1 - chance);
}

/** ln odds that the answers to gold come from those who are right half of the way from guessing to always, not by guessing. */
function knowledge({ agreed, met }: Comparison, classes: number): number {
  const right = (1 + 1 / classes) / 2;
  return agreed * ln(right * classes) + (met - agreed) * ln(((1 - right) * classes) / (classes - 1));
}

/** The class with most votes, −1 when there is none or two share the lead. */
export function uniqueLeader(counts: Uint32Array): number {
  let leader = -1;
  let most = 0;
  for (let k = 0; k < counts.length; k += 1) {
    if (counts[k]! > most) {
      most = counts[k]!;
      leader = k;
    } else if (counts[k] === most) leader = -1;
  }
  return leader;
}
