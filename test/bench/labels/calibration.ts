import { aggregate } from '../../../api/src/modules/labeling/consensus/aggregate.ts';
import { calibrated, fitCalibration } from '../../../api/src/modules/labeling/consensus/calibration.ts';
import { randomSource } from '../../../api/src/modules/labeling/consensus/simulate-votes.ts';
import { CALIBRATION, SEED } from './protocol.ts';
import type { LabelSet } from './sets.ts';
import { shuffled } from './sets.ts';

/** Tasks that were stated at `CALIBRATION.stated` or surer, over all splits. */
export interface Sure {
  readonly tasks: number;
  readonly right: number;
  /** Sum of what was stated. */
  readonly stated: number;
}

/** Up to `CALIBRATION.gold` tasks of one half of the truth fit the calibration, the other half is judged: how often is a task right that is stated sure? */
export function calibrationOf(set: LabelSet, splits: number): Sure {
  const { posterior } = aggregate(set.table);
  const classes = set.labels.length;
  const rows = set.table.tasks.flatMap((task, t) => {
    const truth = set.labels.indexOf(set.truth.get(task) ?? '');
    return truth < 0 ? [] : [{ posterior: posterior.subarray(t * classes, (t + 1) * classes), truth }];
  });
  let tasks = 0;
  let right = 0;
  let sum = 0;
  for (let split = 0; split < splits; split += 1) {
    const mixed = shuffled(rows, randomSource(SEED + split));
    const half = Math.floor(mixed.length / 2);
    const calibration = fitCalibration(mixed.slice(0, Math.min(half, CALIBRATION.gold)));
    for (const row of mixed.slice(half)) {
      const stated = calibrated(row.posterior, calibration);
      const said = Math.max(...stated);
      if (said < CALIBRATION.stated) continue;
      tasks += 1;
      sum += said;
      if (stated[row.truth] === said) right += 1;
    }
  }
  return { tasks, right, stated: sum };
}
