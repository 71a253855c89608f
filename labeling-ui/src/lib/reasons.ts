import type { Code, VerdictReason } from '@allod/protocol';

/** Codes that are no part of the protocol's list: the API's hint to wait, and the SDK's own. */
type SdkCode =
  | 'RESERVE_PENDING'
  | 'TOO_MANY_LEASES'
  | 'UNTRUSTED_ANSWER'
  | 'DOES_NOT_OPEN'
  | 'NOTHING_DUE'
  | 'INSUFFICIENT_FUNDS'
  | 'BAD_CHALLENGE'
  | 'LabelEscrowDailyCapReached';

/** Refusals that a labeler can meet. Any other code is shown as it is, with the server's own sentence. */
const refusals: Partial<Record<Code | SdkCode, string>> = {
  RESERVE_PENDING: 'The escrow is being raised to cover your next label. This takes a few seconds…',
  TOO_MANY_LEASES:
    'You hold as many open tasks as one labeler may. Finish or skip one, or wait until a lease runs out.',
  UNTRUSTED_ANSWER: 'The server said something that its signer on chain did not sign. The answer was not used.',
  DOES_NOT_OPEN: 'The item does not open with its key. It was reported for you; the next one follows.',
  NOTHING_DUE: 'The chain says that everything on your voucher is paid already.',
  INSUFFICIENT_FUNDS: 'Your account cannot pay the gas of the transaction.',
  BAD_CHALLENGE: 'The text to sign names another site, account or chain, so it was not signed.',
  LabelEscrowDailyCapReached: 'The job has paid out its limit of today. What is left can be withdrawn tomorrow.',
  UNAUTHENTICATED: 'Your session has ended. Sign in again.',
  FORBIDDEN: 'This account may not do that.',
  RATE_LIMITED: 'Too many requests. Wait a moment.',
  WRONG_CHAIN: 'Your wallet is on another chain than this job.',
  WRONG_SIGNATURE: 'A signature does not fit the account that it names.',
  CHALLENGE_EXPIRED: 'The text to sign was too old. Try again.',
  CONSENT_WITHDRAWN: 'The contributor withdrew consent, so this item can no longer be opened.',
  CONSENT_EXPIRED: 'The contributor’s consent has run out, so this item can no longer be opened.',
  HASH_MISMATCH: 'The bytes that arrived are not the ones that the item’s address names. They were thrown away.',
  ITEM_WITHDRAWN: 'The contributor took this item back.',
  NOT_FOUND: 'This is not there, or no longer.',
  JOB_STATE: 'This job is not open. Answers that were sent are still judged and paid.',
  NOT_QUALIFIED:
    'Your account is not listed on chain as qualified for this job. After a passed quiz that takes a few seconds.',
  NO_TASK: 'There is no task left that you have not answered.',
  QUIZ_TAKEN: 'This account has taken the quiz of this job already.',
  LEASE_EXPIRED: 'The answer came after the lease had run out. The task went back, without penalty.',
  ALREADY_SUBMITTED: 'This task has an answer from you already; the first one counts.',
  COMMITMENT_MISMATCH: 'The answer does not fit the commitment that was signed for it.',
  UNKNOWN_LABEL: 'That label is not one of this job’s labels.',
  SCORER_CHANGED: 'This server judges by other rules than the job was opened with. Nothing new is leased here.',
  ESCROW_EXHAUSTED: 'The escrow cannot cover another label. No more is leased, so that nobody works unpaid.',
  NOT_AUTHORIZED:
    'The key keepers do not see your entitlement to this item yet: the job must be open and your account listed in a settled block. Trying again…',
  UNAVAILABLE: 'Too few key keepers answered. Try again in a moment.',
  INVALID_SHARE: 'A key keeper gave a wrong share, so the item could not be opened.',
  SESSION_EXPIRED: 'The permission that your wallet signed for the keepers has run out. Try again.',
  REGISTRY_MISMATCH: 'The key keepers are not the ones that the chain names. Nothing was asked of them.',
};

/** Verdicts in words. Each appears with its code, so that it can be quoted. */
/** Beside the numbered reasons: those of what an appeal or an adjudicator changed. */
type LaterReason = 'HELD' | 'ADJUDICATED' | 'GOLD_RETIRED' | 'APPEAL_OPEN' | 'APPEAL_UPHELD' | 'APPEAL_DENIED';

const verdicts: Record<VerdictReason | LaterReason, string> = {
  HELD: 'Verdicts in this job begin when you have given as many labels as the second figure says. They come earlier when nothing is left to label, and at the latest when the time for a verdict is over.',
  ADJUDICATED: 'Your decision is paid, whatever it was.',
  GOLD_RETIRED: 'The answer that was thought to be known was wrong, so yours is paid.',
  APPEAL_OPEN: 'Your appeal is being answered.',
  APPEAL_UPHELD: 'Your appeal was right, so the answer is paid.',
  APPEAL_DENIED: 'Your appeal was looked at and the refusal stays.',
  AGREED: 'The other answers make yours likely enough, so it is paid.',
  CONTESTED_PAID: 'The labelers did not agree on this task. That is not your fault, so it is paid.',
  CONTRADICTED: 'The answers of the others alone make yours very unlikely, so it is not paid.',
  WORKER_GATE:
    'Over all your answers in this job, your labels carry no more information than chance would, so they are not paid for now.',
  COPIED:
    'Over the whole job, your answers are those of a group that says the same also where it is wrong. Copied answers are not paid.',
  GOLD_FAILED: 'The answer to this task was known beforehand, and yours differs from it.',
  DUPLICATE: 'You had answered this task already.',
  TOO_FAST: 'The answer came faster than the item can be looked at.',
  AUTO_APPROVED: 'No verdict came in time, so your answer counts as right.',
  PENDING: 'The other labelers of this task have not finished yet.',
  TASK_CANCELLED: 'The task was taken back; your work on it is paid.',
  MAX_OVERLAP: 'The task got all the labels it may have and was decided by them.',
  LABELS_DISAGREE: 'The labels for this task disagree too much to decide.',
  GOLD_PASSED: 'The right answer was known, and it is yours.',
};

export function explainRefusal(code: string, fallback = ''): string {
  return (refusals as Record<string, string>)[code] ?? (fallback !== '' ? fallback : code);
}

/** A reason begins with its code and may go on with figures: `CONTRADICTED by 4, p=.99 without you`. */
export function verdictCode(reason: string): string {
  return /^[A-Z][A-Z0-9_]*/.exec(reason)?.[0] ?? reason;
}

export function explainVerdict(reason: string): string {
  return (verdicts as Record<string, string>)[verdictCode(reason)] ?? reason;
}

const percent = (value: number): string =>
  `${value > 0 && value < 0.01 ? '<1' : value < 1 && value > 0.99 ? '>99' : Math.round(value * 100)} %`;

/** The figures behind a verdict as sentences; what has no known shape is listed as it came. */
export function explainEvidence(evidence: unknown): string[] {
  if (typeof evidence !== 'object' || evidence === null) return [];
  const { withoutYou, othersSay, othersPosterior, others, contradictedBy, gate, known, right, met, ...later } =
    evidence as Record<string, unknown>;
  const { adjudicated, moreLabels, copied, ...rest } = later;
  const lines: string[] = [];
  if (typeof known === 'string') {
    lines.push(`The known answer is “${known}”. Of ${String(met)} such items you answered ${String(right)} right.`);
  }
  if (typeof adjudicated === 'string') lines.push(`An adjudicator who saw no votes chose “${adjudicated}”.`);
  if (typeof moreLabels === 'number') lines.push(`Labels that came with the appeal: ${moreLabels}.`);
  if (typeof others === 'number') {
    const differ = typeof contradictedBy === 'number' ? `, ${contradictedBy} of them chose another label than you` : '';
    lines.push(`${others} ${others === 1 ? 'other labeler' : 'other labelers'} answered${differ}.`);
  }
  if (typeof othersSay === 'string' && typeof othersPosterior === 'number') {
    lines.push(`Their answers say “${othersSay}” with probability ${percent(othersPosterior)}.`);
  }
  if (typeof withoutYou === 'number') {
    lines.push(`Without yours, they give your label a probability of ${percent(withoutYou)} (below 5 % is not paid).`);
  }
  if (typeof gate === 'object' && gate !== null) {
    const { score, standardError, labels } = gate as Record<string, unknown>;
    if (typeof score === 'number' && typeof standardError === 'number' && typeof labels === 'number' && labels > 0) {
      lines.push(
        `Information in your labels so far: ${score.toFixed(2)} ± ${standardError.toFixed(2)} over ${labels} (0 is chance, 1 is perfect).`,
      );
    }
  }
  if (typeof copied === 'object' && copied !== null) {
    const { labelers, same, met } = copied as Record<string, unknown>;
    lines.push(
      `On ${String(same)} of ${String(met)} tasks that ${String(labelers)} other labelers of the group answered too, your answer was theirs.`,
    );
  }
  for (const [key, value] of Object.entries(rest))
    lines.push(`${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return lines;
}
