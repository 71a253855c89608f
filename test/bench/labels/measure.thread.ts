import { aggregate } from '../../../api/src/modules/labeling/consensus/aggregate.ts';
import type { Method } from '../../../api/src/modules/labeling/consensus/aggregate.ts';
import { adaptiveSavings } from './adaptive.ts';
import { calibrationOf } from './calibration.ts';
import type { Scenario } from './protocol.ts';
import type { LabelSet } from './sets.ts';
import { accuracyOf, f1Of, macroF1Of, readSet } from './sets.ts';
import type { Spam } from './spam.ts';
import { paidBySeed, spamLosses } from './spam.ts';

/** Names a set; each thread reads it once. */
export interface SetRequest {
  readonly folder: string;
  readonly set: string;
}

export interface SetAccuracy {
  readonly accuracy: number;
  readonly standardError: number;
  readonly macroF1: number;
  /** Of the larger label, where there are two; null elsewhere. */
  readonly positiveF1: number | null;
  readonly mv: number;
}

const read = new Map<string, LabelSet>();

function setOf({ folder, set }: SetRequest): LabelSet {
  const known = read.get(set) ?? readSet(folder, set);
  if (!known) throw new Error(`there is no set ${set} in ${folder}`);
  read.set(set, known);
  return known;
}

export function accuracy(request: SetRequest & { method: Method }): SetAccuracy {
  const set = setOf(request);
  const { posterior, chosen } = aggregate(set.table, { method: request.method });
  const right = accuracyOf(set.table, posterior, set.truth);
  const classes = [...new Set(set.truth.values())].sort();
  return {
    accuracy: right,
    standardError: Math.sqrt((right * (1 - right)) / set.truth.size),
    macroF1: macroF1Of(set.table, chosen, set.truth),
    positiveF1: classes.length === 2 ? f1Of(set.table, chosen, set.truth, classes[1]!) : null,
    mv: accuracyOf(set.table, aggregate(set.table, { method: 'mv' }).posterior, set.truth),
  };
}

export const adaptive = (request: SetRequest & { orders: number }) => adaptiveSavings(setOf(request), request.orders);

export const spam = (request: SetRequest & { scenario: Scenario; seeds: number }) =>
  spamLosses(setOf(request), request.scenario, request.seeds);

export const pay = (request: SetRequest & { kind: Spam; seeds: number; quiz: boolean }) =>
  paidBySeed(setOf(request), request.kind, request.seeds, request.quiz);

export const calibration = (request: SetRequest & { splits: number }) => calibrationOf(setOf(request), request.splits);
