import { fromBase64 } from '@allod/protocol';
import { type ClientContext, execute, walletOf } from '../context.ts';
import type { SignerMissingError } from '../errors/account.ts';
import type { RefusedError, TransportError } from '../errors/api.ts';
import { QuizDocument, QuizSubmitDocument, type QuizSubmitMutation } from '../graphql/generated.ts';
import { accepted } from '../graphql/transport.ts';

/** A public item of the requester, never a contribution. */
export interface QuizTask {
  index: number;
  mediaType: string;
  bytes: Uint8Array;
}

export type QuizResult = Omit<Extract<QuizSubmitMutation['quizSubmit'], { __typename: 'QuizResult' }>, '__typename'>;
export type QuizErrorType = SignerMissingError | RefusedError | TransportError;

/**
 * The quiz of a job, in order.
 *
 * @example
 * const tasks = await client.takeQuiz({ jobId });
 */
export async function takeQuiz(client: ClientContext, { jobId }: { jobId: string }): Promise<QuizTask[]> {
  const { quiz } = await execute(client, QuizDocument, { jobId }, await walletOf(client));
  return [...quiz]
    .sort((a, b) => a.index - b.index)
    .map(({ index, mediaType, contentBase64 }) => ({ index, mediaType, bytes: fromBase64(contentBase64) }));
}

/**
 * Answers a quiz, one answer per task in order. A quiz can be taken once; `pay` is in token base units.
 *
 * @throws RefusedError (`QUIZ_TAKEN`, `JOB_STATE`)
 * @example
 * const { passed, reason } = await client.submitQuiz({ jobId, answers: tasks.map(label) });
 */
export async function submitQuiz(
  client: ClientContext,
  p: { jobId: string; answers: readonly string[] },
): Promise<QuizResult> {
  const variables = { jobId: p.jobId, answers: [...p.answers] };
  const { quizSubmit } = await execute(client, QuizSubmitDocument, variables, await walletOf(client));
  const { passed, correct, total, reason, pay } = accepted(quizSubmit);
  return { passed, correct, total, reason, pay };
}
