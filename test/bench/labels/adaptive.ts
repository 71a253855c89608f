import { twoLevelDawidSkene } from '../../../api/src/modules/labeling/consensus/dawid-skene.ts';
import { randomSource } from '../../../api/src/modules/labeling/consensus/simulate-votes.ts';
import { decideTask } from '../../../api/src/modules/labeling/consensus/stopping.ts';
import type { Vote } from '../../../api/src/modules/labeling/consensus/vote-table.ts';
import { buildVoteTable } from '../../../api/src/modules/labeling/consensus/vote-table.ts';
import { ADAPTIVE, SEED } from './protocol.ts';
import type { LabelSet } from './sets.ts';
import { accuracyOf, meanOf, shuffled } from './sets.ts';

export interface Saving {
  readonly saved: number;
  readonly loss: number;
}

/** The stopping rule of the settlement, replayed on answers in random order; loss and saving against all answers. */
export function adaptiveSaving(sets: readonly LabelSet[], orders: number) {
  const perSet = Object.fromEntries(
    sets.map((set) => {
      const full = accuracyOf(set.table, twoLevelDawidSkene(set.table).posterior, set.truth);
      const runs = Array.from({ length: orders }, (_, i) => replay(set, randomSource(SEED + i)));
      const saved = 100 * (1 - meanOf(runs.map((run) => run.asked)) / set.votes.length);
      return [set.name, { saved, loss: 100 * (full - meanOf(runs.map((run) => run.accuracy))) }];
    }),
  );
  const all = Object.values(perSet);
  return { saved: meanOf(all.map((one) => one.saved)), loss: meanOf(all.map((one) => one.loss)), perSet };
}

function replay(set: LabelSet, random: () => number): { asked: number; accuracy: number } {
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
      const rule = { overlapMin: ADAPTIVE.first, overlapMax: Infinity, threshold: ADAPTIVE.threshold, margin: 0 };
      if (decideTask(row, given, rule).kind === 'resolved') open.delete(task);
      else votes.push(waiting.get(task)!.shift()!);
    });
  }
}
