import { type SealedItem } from '../crypto/sealItem.ts';
import type { ContributionCommitInput } from '../graphql/generated.ts';
import type { ResumeStore, ValueWriter } from '../platform/ports.ts';
import { isStoreFull, loadJson, saveJson } from '../store.ts';

/** A leaf of a queued item. Leaves may share a pack: `pack` is its number, `at` where the leaf begins in it. */
export interface QueuedLeaf {
  cid: string;
  size: number;
  pack?: number;
  at?: number;
}

/** An item of a queued batch. Its DEK rests wrapped under KEK_1023 of the consent, which only the seed can derive. */
export interface QueuedItem extends SealedItem {
  leaves: QueuedLeaf[];
  spoolDek: string;
  /** Public metadata; part of the signed record. */
  metadata: Record<string, unknown>;
  metadataHash: string;
}

/** A signed commit, kept so that a repetition sends the same bytes. Replaced when its intake closes. */
export interface CommitDraft {
  intake: number;
  input: ContributionCommitInput;
}

/** A batch on its way to the API, complete on this device: ciphertext in the spool, everything else here. */
export interface QueuedBatch {
  v: 1;
  id: string;
  /** Place in the queue: batches are sent in this order, whatever the clock says. */
  seq: number;
  datasetId: string;
  contributorRef: string;
  consentHash: string;
  schemaHash: string;
  salt: string;
  /** Milliseconds since 1970 by the device's clock; for people, nothing depends on it. */
  createdAt: number;
  items: QueuedItem[];
  /** Names of the collected readings that this batch holds; they are deleted before it is sent. */
  readings: string[];
  draft: CommitDraft | null;
  /** Why the API said no, once it did. Such a batch is kept until it is discarded or sent again. */
  refusal: { code: string; message: string } | null;
}

const batchKey = (id: string): string => `batch/${id}`;
const sealingKey = (id: string): string => `sealing/${id}`;
const spoolKey = (id: string, name: string): string => `spool/${id}/${name}`;

/** An encryption without a result after this many milliseconds was interrupted. */
const ABANDONED_AFTER = 3_600_000;

/**
 * Room that new items may not take: a queue that filled the device to the brim must still be able to write what sending it needs, a
 * signed commit and receipts (some 2 KB for each item), because only sending makes room again.
 */
const RESERVE = 'reserve';
const RESERVE_BYTES = 1 << 20;

interface Entry {
  seq: number;
  bytes: number;
  /** False while the batch is being encrypted. */
  complete: boolean;
}

/** Leaves up to this size are written, read and sent many at a time. */
export const SMALL_LEAF = 64 * 1024;
/** Bytes of a pack that are read at a time. */
const WINDOW = 1 << 20;

/** Bytes `from` to `to` of a pack, fewer at its end. */
interface PackWindow {
  key: string;
  from: number;
  to: number;
  bytes: Promise<Uint8Array | undefined>;
}

const spools = new WeakMap<ResumeStore, Spool>();

/** The spool in a store; clients that share the store share it. */
export function spoolIn(store: ResumeStore): Spool {
  let spool = spools.get(store);
  if (!spool) spools.set(store, (spool = new Spool(store)));
  return spool;
}

/** Queued batches and their ciphertext in the durable store, with an account of the bytes they take. */
export class Spool {
  /** Batches that are on their way to the API now; never evicted. */
  readonly sending = new Set<string>();
  readonly #store: ResumeStore;
  readonly #waiting = new Set<() => void>();
  #entries: Promise<Map<string, Entry>> | undefined;
  #nextSeq = 0;
  #hasReserve = false;
  #window: PackWindow | undefined;

  constructor(store: ResumeStore) {
    this.#store = store;
  }

  #load(): Promise<Map<string, Entry>> {
    this.#entries ??= this.#read().catch((error: unknown) => {
      this.#entries = undefined;
      throw error;
    });
    return this.#entries;
  }

  async #read(): Promise<Map<string, Entry>> {
    const entries = new Map<string, Entry>();
    for (const key of await this.#store.list('batch/')) {
      const batch = await this.load(key.slice('batch/'.length));
      if (!batch) continue;
      entries.set(batch.id, { seq: batch.seq, bytes: bytesOf(batch), complete: true });
      this.#nextSeq = Math.max(this.#nextSeq, batch.seq + 1);
    }
    return entries;
  }

  /** Marks a batch whose encryption begins now; `save` makes it complete. @returns its place in the queue */
  async begin(id: string, now: number): Promise<number> {
    const entries = await this.#load();
    await this.#keepReserve();
    const seq = this.#nextSeq++;
    entries.set(id, { seq, bytes: 0, complete: false });
    await saveJson(this.#store, sealingKey(id), { at: now });
    return seq;
  }

  async #keepReserve(): Promise<void> {
    if (this.#hasReserve) return;
    if (!(await this.#store.get(RESERVE))) await this.#store.put(RESERVE, new Uint8Array(RESERVE_BYTES));
    this.#hasReserve = true;
  }

  /** Writes what a batch needs to leave this device, into the reserve where there is no other room. `write` may run twice. */
  async spend<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (!isStoreFull(error)) throw error;
      this.#hasReserve = false;
      await this.#store.delete(RESERVE);
      return write();
    }
  }

  async save(batch: QueuedBatch): Promise<void> {
    await saveJson(this.#store, batchKey(batch.id), batch);
    (await this.#load()).set(batch.id, { seq: batch.seq, bytes: bytesOf(batch), complete: true });
  }

  load(id: string): Promise<QueuedBatch | undefined> {
    return loadJson<QueuedBatch>(this.#store, batchKey(id));
  }

  /** Complete batches, oldest first. */
  async ids(): Promise<string[]> {
    const complete = [...(await this.#load())].filter(([, entry]) => entry.complete);
    return complete.sort(([, a], [, b]) => a.seq - b.seq).map(([id]) => id);
  }

  /** Bytes of ciphertext in the queue, those of batches that are being encrypted included. */
  async bytes(): Promise<number> {
    return [...(await this.#load()).values()].reduce((sum, entry) => sum + entry.bytes, 0);
  }

  /** Counts bytes that are about to be written for a batch. */
  async reserve(id: string, bytes: number): Promise<void> {
    const entry = (await this.#load()).get(id);
    if (entry) entry.bytes += bytes;
  }

  /** Resolves when the next batch has left the queue. */
  room(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  put(id: string, name: string, bytes: Uint8Array): Promise<void> {
    return this.#store.put(spoolKey(id, name), bytes);
  }

  /** Writes a pack of leaves piece by piece; undefined where the store takes whole values only. */
  writer(id: string, pack: number): ValueWriter | undefined {
    return this.#store.writer?.(spoolKey(id, packName(pack)));
  }

  /** @param into memory of at least a leaf that may be used for it */
  async getLeaf(id: string, leaf: QueuedLeaf, into?: Uint8Array): Promise<Uint8Array | undefined> {
    if (leaf.pack === undefined) return this.#store.get(spoolKey(id, leaf.cid), into);
    const key = spoolKey(id, packName(leaf.pack));
    const start = leaf.at ?? 0;
    if (this.#store.getPart && leaf.size > SMALL_LEAF) return this.#store.getPart(key, start, start + leaf.size, into);
    const window = this.#windowAt(key, start, leaf.size);
    return (await window.bytes)?.slice(start - window.from, start - window.from + leaf.size);
  }

  /** A part of a pack that holds a small leaf and those after it, which are asked for next. */
  #windowAt(key: string, start: number, size: number): PackWindow {
    const window = this.#window;
    if (window?.key === key && window.from <= start && start + size <= window.to) return window;
    const part = this.#store.getPart?.(key, start, start + WINDOW);
    const read = part
      ? { key, from: start, to: start + WINDOW, bytes: part }
      : { key, from: 0, to: Infinity, bytes: this.#store.get(key) };
    read.bytes.catch(() => (this.#window = undefined));
    return (this.#window = read);
  }

  /** Forgets a batch. Its record goes first, under a mark that lets the next `sweep` finish an interrupted removal. */
  async remove(id: string): Promise<void> {
    this.#window = undefined;
    if (!(await this.#store.get(sealingKey(id))))
      await this.spend(() => saveJson(this.#store, sealingKey(id), { at: 0 }));
    await this.#store.delete(batchKey(id));
    for (const key of await this.#store.list(`spool/${id}/`)) await this.#store.delete(key);
    await this.#store.delete(sealingKey(id));
    (await this.#load()).delete(id);
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  /**
   * Removes ciphertext whose batch record was never written: an encryption that a crash cut short an hour ago or more, or in the
   * future by a clock that was wrong.
   */
  async sweep(now: number): Promise<void> {
    const entries = await this.#load();
    for (const key of await this.#store.list('sealing/')) {
      const id = key.slice('sealing/'.length);
      const entry = entries.get(id);
      if (entry && !entry.complete) continue;
      const at = (await loadJson<{ at: number }>(this.#store, key))?.at ?? 0;
      if (!entry && Math.abs(now - at) < ABANDONED_AFTER) continue;
      if (entry) await this.#store.delete(key);
      else await this.remove(id);
    }
  }
}

export const packName = (number: number): string => `pack-${number}`;

/** Distinct leaves of a batch with their sizes. */
export function leavesOf(batch: QueuedBatch): QueuedLeaf[] {
  return [...new Map(batch.items.flatMap((item) => item.leaves).map((leaf) => [leaf.cid, leaf])).values()];
}

const sizes = new WeakMap<readonly QueuedItem[], number>();

/** Encrypted bytes of a batch. */
export function bytesOf(batch: QueuedBatch): number {
  let size = sizes.get(batch.items);
  if (size === undefined) sizes.set(batch.items, (size = leavesOf(batch).reduce((sum, leaf) => sum + leaf.size, 0)));
  return size;
}
