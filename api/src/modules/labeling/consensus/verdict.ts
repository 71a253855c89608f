import type { Gate, Informedness } from './information-gate.ts';
import { GATE, isGated } from './information-gate.ts';
import { shown } from './stopping.ts';

/** What one annotation of a decided task earns, and the numbers that say why. */
export interface AnnotationVerdict {
  readonly verdict: 'PAID' | 'REFUSED';
  readonly reason: string;
  /** Null when no consensus was asked. */
  readonly evidence: VerdictEvidence | null;
}

export interface VerdictEvidence {
  /** Posterior of the given label from the others' answers only. */
  readonly withoutYou: number;
  /** Label that the others' answers prefer, with its posterior. */
  readonly othersSay: string;
  readonly othersPosterior: number;
  /** How many others answered, and how many of them gave another label. */
  readonly others: number;
  readonly contradictedBy: number;
  readonly gate: { readonly score: number; readonly standardError: number; readonly labels: number };
}

/** Which labels are not paid. */
export interface PayRule {
  readonly gate: Gate;
  /** An answer that the others make this improbable is not paid. Everything above is, contested tasks included. */
  readonly refuseBelow: number;
}

/** Chosen leave-one-set-out: test/bench/labels/README.md. */
export const PAY_RULE: PayRule = { gate: GATE, refuseBelow: 0.01 };

/** Why a label is not paid, null when it is. `withoutYou` is its posterior from the answers of the `others`. */
export function refusalOf(
  worker: Informedness,
  withoutYou: number,
  others: number,
  rule: PayRule = PAY_RULE,
): 'WORKER_GATE' | 'CONTRADICTED' | null {
  if (isGated(worker, rule.gate)) return 'WORKER_GATE';
  return others > 0 && withoutYou < rule.refuseBelow ? 'CONTRADICTED' : null;
}

export interface VerdictInput {
  readonly label: number;
  readonly labels: readonly string[];
  /** Leave-one-out posterior of the task for this annotation. */
  readonly others: ArrayLike<number>;
  readonly otherLabels: readonly number[];
  readonly worker: Informedness;
}

export function judge(input: VerdictInput): AnnotationVerdict {
  const evidence = evidenceOf(input);
  const refusal = refusalOf(input.worker, input.others[input.label]!, input.otherLabels.length);
  if (refusal === 'WORKER_GATE') {
    const gate = evidence.gate;
    return {
      verdict: 'REFUSED',
      reason: `WORKER_GATE ${gate.score.toFixed(2)} ± ${gate.standardError.toFixed(2)}`,
      evidence,
    };
  }
  if (refusal === 'CONTRADICTED') {
    const reason = `CONTRADICTED by ${evidence.contradictedBy}, p=${shown(evidence.othersPosterior)} without you`;
    return { verdict: 'REFUSED', reason, evidence };
  }
  return { verdict: 'PAID', reason: `AGREED p=${shown(evidence.withoutYou)}`, evidence };
}

function evidenceOf(input: VerdictInput): VerdictEvidence {
  let preferred = 0;
  for (let k = 1; k < input.others.length; k += 1) if (input.others[k]! > input.others[preferred]!) preferred = k;
  return {
    withoutYou: rounded(input.others[input.label]!),
    othersSay: input.labels[preferred]!,
    othersPosterior: rounded(input.others[preferred]!),
    others: input.otherLabels.length,
    contradictedBy: input.otherLabels.filter((label) => label !== input.label).length,
    gate: {
      score: rounded(input.worker.score),
      standardError: rounded(input.worker.standardError),
      labels: input.worker.labels,
    },
  };
}

/** Six decimals: stored evidence is compared byte for byte. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
