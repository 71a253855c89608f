import { concatBytes, MAX_BATCH, uintBE, utf8 } from '@allod/protocol';
import { hexlify } from 'ethers';
import type { ClientContext } from '../context.ts';
import { isAllodError } from '../errors/base.ts';
import { StorageFullError } from '../errors/upload.ts';
import type { ResumeStore } from '../platform/ports.ts';
import { isStoreFull } from '../store.ts';
import { spoolIn } from '../upload/batch.ts';
import { type NewItem, queueBatch } from './queueBatch.ts';
import { randomBytes } from '../random.ts';

/** A batch is made of this many readings, or of what there is after this many milliseconds. */
export const FLUSH_COUNT = 30;
export const FLUSH_AFTER = 30_000;

export interface Reading {
  bytes: Uint8Array;
  mediaType: string;
  metadata?: Record<string, unknown> | undefined;
}

const ROOT = 'reading/';
const folder = (datasetId: string): string => `${ROOT}${datasetId.toLowerCase()}/`;

interface Collection {
  /** Serializes what touches the readings of this store. */
  turn: Promise<unknown>;
  nextSeq: number | undefined;
}
const collections = new WeakMap<ResumeStore, Collection>();

function collectionIn(store: ResumeStore): Collection {
  let collection = collections.get(store);
  if (!collection) collections.set(store, (collection = { turn: Promise.resolve(), nextSeq: undefined }));
  return collection;
}

function inTurn<T>(client: ClientContext, task: () => Promise<T>): Promise<T> {
  const collection = collectionIn(client.platform.resumeStore);
  const turn = collection.turn.then(task, task);
  collection.turn = turn.catch(() => undefined);
  return turn;
}

/**
 * Keeps a reading durably, encrypted at rest. @returns how many of the dataset wait now
 */
export function keepReading(client: ClientContext, datasetId: string, reading: Reading): Promise<number> {
  return inTurn(client, async () => {
    const { resumeStore } = client.platform;
    const collection = collectionIn(resumeStore);
    collection.nextSeq ??= (await resumeStore.list(ROOT)).reduce((next, key) => Math.max(next, seqOf(key) + 1), 0);
    const seq = String(collection.nextSeq++).padStart(12, '0');
    const name = `${folder(datasetId)}${seq}-${hexlify(randomBytes(8)).slice(2)}`;
    try {
      await resumeStore.put(name, encode(reading));
    } catch (error) {
      throw isStoreFull(error) ? new StorageFullError(error) : error;
    }
    return (await resumeStore.list(folder(datasetId))).length;
  });
}

/** Datasets with readings that wait. */
export async function datasetsWithReadings(client: ClientContext): Promise<string[]> {
  const names = await client.platform.resumeStore.list(ROOT);
  return [...new Set(names.map((name) => name.slice(ROOT.length).split('/')[0] as string))];
}

/**
 * Makes batches of the readings of a dataset, in the order in which they came. A reading is deleted when its batch is durable and
 * before the batch is sent, so that a crash in between neither loses nor doubles it. @returns ids of the new batches
 */
export function flushReadings(client: ClientContext, datasetId: string): Promise<string[]> {
  return inTurn(client, async () => {
    const { resumeStore } = client.platform;
    const spool = spoolIn(resumeStore);
    const batched = new Set<string>();
    for (const id of await spool.ids()) for (const name of (await spool.load(id))?.readings ?? []) batched.add(name);
    const waiting: string[] = [];
    for (const name of await resumeStore.list(folder(datasetId)))
      if (batched.has(name)) await resumeStore.delete(name);
      else waiting.push(name);
    const made: string[] = [];
    try {
      for (let at = 0; at < waiting.length; at += MAX_BATCH) {
        const names = waiting.slice(at, at + MAX_BATCH);
        const items: NewItem[] = [];
        for (const name of names) items.push(decode((await resumeStore.get(name)) as Uint8Array));
        made.push((await queueBatch(client, datasetId, items, names)).id);
        for (const name of names) await resumeStore.delete(name);
      }
    } catch (error) {
      const code = isAllodError(error) ? error.code : 'UNKNOWN';
      client.events.emit('queue', { type: 'HELD', datasetId, readings: waiting.length, code });
      throw error;
    }
    return made;
  });
}

const seqOf = (key: string): number => Number((key.split('/').at(-1) as string).split('-')[0]);

/** `u32be(length of head) ‖ JSON head ‖ bytes`. */
function encode({ bytes, ...head }: Reading): Uint8Array {
  const json = utf8(JSON.stringify(head));
  return concatBytes(uintBE(json.length, 4), json, bytes);
}

function decode(value: Uint8Array): Reading {
  const length = new DataView(value.buffer, value.byteOffset).getUint32(0);
  const head = JSON.parse(new TextDecoder().decode(value.subarray(4, 4 + length))) as Omit<Reading, 'bytes'>;
  return { ...head, bytes: value.slice(4 + length) };
}
