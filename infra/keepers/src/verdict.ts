/** What the RPCs together say about one question. */
export type Verdict = 'ALLOWED' | 'NOT_AUTHORIZED' | 'NOT_CONFIRMED' | 'RPC_DISAGREEMENT' | 'RPC_FAULT';

/** One RPC's answers; undefined = the call failed. */
export interface Answer {
  latest: boolean | undefined;
  confirmed: boolean | undefined;
}

/**
 * Every RPC must say yes at the latest and at the confirmed block. A no at the latest block of any RPC refuses at
 * once, so a withdrawal works from the first block that any RPC shows.
 */
export function decide(answers: readonly Answer[]): Verdict {
  if (answers.length === 0) return 'RPC_FAULT';
  if (answers.some((answer) => answer.latest === undefined || answer.confirmed === undefined)) return 'RPC_FAULT';
  if (answers.every((answer) => answer.latest && answer.confirmed)) return 'ALLOWED';
  if (answers.every((answer) => !answer.latest)) return 'NOT_AUTHORIZED';
  if (answers.every((answer) => answer.latest && !answer.confirmed)) return 'NOT_CONFIRMED';
  return 'RPC_DISAGREEMENT';
}
