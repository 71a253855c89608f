import type { Informedness } from './information-gate.ts';
import { isGated } from './information-gate.ts';
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

/** An answer that the others make this improbable is not paid. Everything above is, contested tasks included. */
const REFUSE_BELOW = 0.05;

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
  if (isGated(input.worker)) {
    const gate = evidence.gate;
    return {
      verdict: 'REFUSED',
      reason: `WORKER_GATE ${gate.score.toFixed(2)} ± ${gate.standardError.toFixed(2)}`,
      evidence,
    };
  }
  if (input.otherLabels.length > 0 && evidence.withoutYou < REFUSE_BELOW) {
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
