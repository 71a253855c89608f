import { twoLevelDawidSkene } from '../../../api/src/modules/labeling/consensus/dawid-skene.ts';
import { randomSource } from '../../../api/src/modules/labeling/consensus/simulate-votes.ts';
import { decideTask } from '../../../api/src/modules/labeling/consensus/stopping.ts';
import type { Vote } from '../../../api/src/modules/labeling/consensus/vote-table.ts';
import { buildVoteTable } from '../../../api/src/modules/labeling/consensus/vote-table.ts';
import { ADAPTIVE, SEED } from './protocol.ts';
import type { LabelSet } from './sets.ts';
import { accuracyOf, shuffled } from './sets.ts';

export interface Saving {
  /** Per cent of the labels that were not asked for. */
  readonly saved: number;
  /** Accuracy points lost against all labels. */
  readonly loss: number;
}

/** The stopping rule of the settlement, replayed on answers in random order; one figure per order. */
export function adaptiveSavings(set: LabelSet, orders: number, threshold: number = ADAPTIVE.threshold): Saving[] {
  const full = accuracyOf(set.table, twoLevelDawidSkene(set.table).posterior, set.truth);
  return Array.from({ length: orders }, (_, i) => {
    const run = replay(set, randomSource(SEED + i), threshold);
    return { saved: 100 * (1 - run.asked / set.votes.length), loss: 100 * (full - run.accuracy) };
  });
}

function replay(set: LabelSet, random: () => number, threshold: number): { asked: number; accuracy: number } {
  const waiting = new Map<string, Vote[]>(set.table.tasks.map((task) => [task, []]));
  for (const vote of shuffled(set.votes, random)) waiting.get(vote.task)!.push(vote);
  const votes = [...waiting.values()].flatMap((list) => list.splice(0, ADAPTIVE.first));
  const open = new Set(set.table.tasks);
  for (;;) {
    const table = buildVoteTable(votes, set.labels);
    const { posterior } = twoLevelDawidSkene(table);
    for (const task of open) if (waiting.get(task)!.length === 0) open.delete(task);
    if (open.size === 0) return { asked: votes.length, accuracy: accuracyOf(table, posterior, set.truth) };
    const classes = table.labels.length;
    table.tasks.forEach((task, t) => {
      if (!open.has(task)) return;
      const given = [...table.voteLabel.subarray(table.taskStart[t]!, table.taskStart[t + 1]!)];
      const row = posterior.subarray(t * classes, (t + 1) * classes);
      const rule = { overlapMin: ADAPTIVE.first, overlapMax: Infinity, threshold, margin: 0 };
      if (decideTask(row, given, rule).kind === 'resolved') open.delete(task);
      else votes.push(waiting.get(task)!.shift()!);
    });
  }
}
