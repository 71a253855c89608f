import { averagePosterior } from '../../../api/src/modules/labeling/consensus/average.ts';
import { twoLevelDawidSkene } from '../../../api/src/modules/labeling/consensus/dawid-skene.ts';
import { goldByTask, startPosterior } from '../../../api/src/modules/labeling/consensus/gold.ts';
import { hearWorkers } from '../../../api/src/modules/labeling/consensus/heard-workers.ts';
import { oneCoin } from '../../../api/src/modules/labeling/consensus/one-coin.ts';
import { plainDawidSkene } from '../../../api/src/modules/labeling/consensus/plain-dawid-skene.ts';
import type { PayRule } from '../../../api/src/modules/labeling/consensus/verdict.ts';
import { wawa } from '../../../api/src/modules/labeling/consensus/wawa.ts';
import { adaptiveSavings } from './adaptive.ts';
import { PAY } from './protocol.ts';
import { accuracyOf, meanOf, readSet } from './sets.ts';
import type { Paid } from './spam.ts';
import { paidByRule } from './spam.ts';

interface Asked {
  readonly folder: string;
  readonly set: string;
}

/** Models by name: `mv`, `wawa`, `coin`, `ds`, or `two-STRENGTH-PRIORWEIGHT`; `+` averages several. */
export function accuracies({ folder, set: name, candidates }: Asked & { candidates: readonly string[] }) {
  const set = readSet(folder, name)!;
  const none = goldByTask(set.table, new Map());
  const hearing = hearWorkers(set.table, none);
  const fitted = new Map<string, Float64Array>();
  const modelOf = (model: string): Float64Array => {
    const known = fitted.get(model);
    if (known) return known;
    const [kind, strength, weight] = model.split('-');
    const posterior =
      kind === 'mv'
        ? startPosterior(set.table, none)
        : kind === 'wawa'
          ? wawa(hearing.heard)
          : kind === 'coin'
            ? oneCoin(hearing.heard).posterior
            : kind === 'ds'
              ? plainDawidSkene(hearing.heard)
              : twoLevelDawidSkene(set.table, {
                  hearing,
                  matrixStrength: Number(strength),
                  priorWeight: Number(weight),
                }).posterior;
    fitted.set(model, posterior);
    return posterior;
  };
  return Object.fromEntries(
    candidates.map((candidate) => [
      candidate,
      accuracyOf(set.table, averagePosterior(candidate.split('+').map(modelOf)), set.truth),
    ]),
  );
}

/** Loss and saving of each threshold over `orders` orders. */
export function savings({
  folder,
  set,
  thresholds,
  orders,
}: Asked & { thresholds: readonly number[]; orders: number }) {
  const known = readSet(folder, set)!;
  return thresholds.map((threshold) => {
    const runs = adaptiveSavings(known, orders, threshold);
    return { saved: meanOf(runs.map((run) => run.saved)), loss: meanOf(runs.map((run) => run.loss)) };
  });
}

/** What each pay rule does, mean over kinds of spam and seeds. */
export function paid({ folder, set, rules, seeds }: Asked & { rules: readonly PayRule[]; seeds: number }): Paid[] {
  const known = readSet(folder, set)!;
  const runs = PAY.kinds.flatMap((kind) =>
    Array.from({ length: seeds }, (_, seed) => paidByRule(known, kind, seed, true, rules)),
  );
  return rules.map((_, i) => ({
    spamPaid: meanOf(runs.map((run) => run[i]!.spamPaid)),
    honestUnpaid: meanOf(runs.map((run) => run[i]!.honestUnpaid)),
  }));
}
