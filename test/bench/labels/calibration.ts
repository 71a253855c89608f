import { aggregate } from '../../../api/src/modules/labeling/consensus/aggregate.ts';
import { atTemperature, fitTemperature } from '../../../api/src/modules/labeling/consensus/calibration.ts';
import { randomSource } from '../../../api/src/modules/labeling/consensus/simulate-votes.ts';
import { CALIBRATION, SEED } from './protocol.ts';
import type { LabelSet } from './sets.ts';
import { meanOf, shuffled } from './sets.ts';

/** Half of the truth fits the temperature, the other half is judged: how often is a task right that is stated sure? */
export function calibrationOf(sets: readonly LabelSet[]) {
  const perSet: Record<string, { right: number | null; stated: number | null; tasks: number }> = {};
  for (const set of sets) {
    const { posterior } = aggregate(set.table);
    const classes = set.labels.length;
    const rows = set.table.tasks.flatMap((task, t) => {
      const truth = set.labels.indexOf(set.truth.get(task) ?? '');
      return truth < 0 ? [] : [{ posterior: posterior.subarray(t * classes, (t + 1) * classes), truth }];
    });
    const sure: { said: number; right: boolean }[] = [];
    for (let split = 0; split < CALIBRATION.splits; split += 1) {
      const mixed = shuffled(rows, randomSource(SEED + split));
      const half = Math.floor(mixed.length / 2);
      const temperature = fitTemperature(mixed.slice(0, Math.min(half, 500)));
      for (const row of mixed.slice(half)) {
        const calibrated = atTemperature(row.posterior, temperature);
        const said = Math.max(...calibrated);
        if (said >= CALIBRATION.stated) sure.push({ said, right: calibrated[row.truth] === said });
      }
    }
    const known = sure.length > 0;
    perSet[set.name] = {
      right: known ? meanOf(sure.map((one) => (one.right ? 1 : 0))) : null,
      stated: known ? meanOf(sure.map((one) => one.said)) : null,
      tasks: sure.length / CALIBRATION.splits,
    };
  }
  const all = Object.values(perSet);
  const tasks = all.reduce((sum, one) => sum + one.tasks, 0);
  const pooled = (of: 'right' | 'stated') => all.reduce((sum, one) => sum + (one[of] ?? 0) * one.tasks, 0) / tasks;
  return { threshold: CALIBRATION.stated, right: pooled('right'), stated: pooled('stated'), perSet };
}
