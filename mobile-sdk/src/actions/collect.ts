import { LEAF_SIZE } from '@allod/protocol';
import { type ClientContext, refOf } from '../context.ts';
import { AllodError } from '../errors/base.ts';
import type { ConsentMissingError, SeedMissingError } from '../errors/account.ts';
import type { QueueFullError, StorageFullError } from '../errors/upload.ts';
import { loadConsent } from '../identity/consents.ts';
import { FLUSH_AFTER, FLUSH_COUNT, flushReadings, keepReading } from '../queue/readings.ts';
import { sendOnce } from '../upload/sendOnce.ts';

export interface CollectParameters {
  datasetId: string;
  /** Plaintext of one small reading, below 1 MiB; a value that is no `Uint8Array` is stored as JSON. */
  value: unknown;
  /** Default `application/json`, for bytes `application/octet-stream`. Public. */
  mediaType?: string;
  /** Further public metadata. */
  metadata?: Record<string, unknown>;
}

export interface CollectReturnType {
  /** Readings of the dataset that wait for the next batch, this one included. */
  waiting: number;
}

export type CollectErrorType = ConsentMissingError | SeedMissingError | StorageFullError | QueueFullError | AllodError;

const timers = new WeakMap<ClientContext, Map<string, Promise<void>>>();

/**
 * Keeps one small reading. It resolves when the reading is durable and encrypted on this device; 30 of them, or what came within 30
 * seconds, become one batch, which is sent in the background. `resume()` sends what a crash left.
 *
 * @throws `CONSENT_MISSING` without `grantConsent` before; `BAD_INPUT` for 1 MiB or more; `STORAGE_FULL`
 * @example
 * const { waiting } = await client.collect({ datasetId, value: { temperature: 21.5, unit: 'Cel' } });
 */
export async function collect(client: ClientContext, parameters: CollectParameters): Promise<CollectReturnType> {
  const { datasetId, value, metadata } = parameters;
  refOf(client, datasetId);
  await loadConsent(client, datasetId);
  const isBytes = value instanceof Uint8Array;
  const bytes = isBytes ? value : new TextEncoder().encode(JSON.stringify(value));
  if (bytes.length >= LEAF_SIZE) throw new AllodError('BAD_INPUT', 'a reading is below 1 MiB; use contribute');
  const mediaType = parameters.mediaType ?? (isBytes ? 'application/octet-stream' : 'application/json');
  const waiting = await keepReading(client, datasetId, { bytes, mediaType, metadata });
  if (waiting >= FLUSH_COUNT) void flushAndSend(client, datasetId).catch(() => undefined);
  else flushLater(client, datasetId);
  return { waiting };
}

/**
 * Makes batches of all collected readings now and sends them; call it before the app is suspended.
 *
 * @returns ids of the batches that were made
 * @throws `QUEUE_FULL`, `STORAGE_FULL`: the readings stay collected, and a `queue` event says so
 * @example
 * const batchIds = await client.flush({ datasetId });
 */
export async function flush(client: ClientContext, { datasetId }: { datasetId: string }): Promise<string[]> {
  return flushAndSend(client, datasetId);
}

async function flushAndSend(client: ClientContext, datasetId: string): Promise<string[]> {
  const made = await flushReadings(client, datasetId);
  for (const id of made) sendOnce(client, id).catch(() => undefined);
  return made;
}

function flushLater(client: ClientContext, datasetId: string): void {
  const key = datasetId.toLowerCase();
  const ofClient = timers.get(client) ?? new Map<string, Promise<void>>();
  timers.set(client, ofClient);
  if (ofClient.has(key)) return;
  const timer = client.platform.clock
    .sleep(FLUSH_AFTER, client.closing)
    .then(() => {
      ofClient.delete(key);
      return flushAndSend(client, datasetId).then(() => undefined);
    })
    .catch(() => void ofClient.delete(key));
  ofClient.set(key, timer);
}
