import { type ClientContext, execute, refOf } from '../context.ts';
import { RefusedError } from '../errors/api.ts';
import { LateContributionsDocument } from '../graphql/generated.ts';
import type { ConsentOf, RewrappedBatch } from './moveLate.ts';

/** The intake may close, or another device may be first, between question and answer. */
const RETRIES = 2;
const AGAIN: readonly string[] = ['INTAKE_CLOSED', 'NOT_LATE'];
/** The API tells of a thousand items at a time. */
const ROUNDS = 100;

/**
 * Moves what was validated too late for its version into the open intake: the same ciphertext, its DEK wrapped under the open intake's
 * KEK, under a new leaf at the same index. Safe to repeat and to run on several devices: the API moves an item once. What it takes to
 * move is loaded when there is something late. A batch that does not prove itself, or does not open, does not hold up the others.
 */
export async function rewrapLate(
  client: ClientContext,
  datasetId: string,
  consentOf?: ConsentOf,
): Promise<RewrappedBatch[]> {
  const ref = refOf(client, datasetId);
  const done: RewrappedBatch[] = [];
  let failures = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const { openIntake, batches } = (await execute(client, LateContributionsDocument, { datasetId }, ref))
      .lateContributions;
    if (batches.length === 0) break;
    const { moveLate } = await import('./moveLate.ts');
    const errors: unknown[] = [];
    for (const batch of batches) {
      const moving = moveLate(client, ref, datasetId, batch, openIntake, consentOf);
      await moving.then(
        (moved) => done.push(moved),
        (error: unknown) => errors.push(error),
      );
    }
    const lasting = errors.find((error) => !(error instanceof RefusedError && AGAIN.includes(error.code)));
    if (errors.length > 0 && (lasting !== undefined || ++failures > RETRIES)) throw lasting ?? errors[0];
  }
  return done;
}
