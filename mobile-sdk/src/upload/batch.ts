import { type SealedItem } from '../crypto/sealItem.ts';
import type { ContributionCommitInput } from '../graphql/generated.ts';
import type { ResumeStore } from '../platform/ports.ts';
import { loadJson, saveJson } from '../store.ts';

/** An item of a queued batch. Its DEK rests wrapped under KEK_1023 of the consent, which only the seed can derive. */
export interface QueuedItem extends SealedItem {
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
  datasetId: string;
  contributorRef: string;
  consentHash: string;
  schemaHash: string;
  salt: string;
  createdAt: number;
  items: QueuedItem[];
  draft: CommitDraft | null;
  /** Why the API said no, once it did. Such a batch is kept until it is discarded or sent again. */
  refusal: { code: string; message: string } | null;
}

const batchKey = (id: string): string => `batch/${id}`;
const sealingKey = (id: string): string => `sealing/${id}`;
const leafKey = (id: string, cid: string): string => `spool/${id}/${cid}`;

/** An encryption without a result after this many milliseconds was interrupted. */
const ABANDONED_AFTER = 3_600_000;

/** Queued batches and their ciphertext in the durable store. */
export class Spool {
  readonly #store: ResumeStore;

  constructor(store: ResumeStore) {
    this.#store = store;
  }

  save(batch: QueuedBatch): Promise<void> {
    return saveJson(this.#store, batchKey(batch.id), batch);
  }
  load(id: string): Promise<QueuedBatch | undefined> {
    return loadJson<QueuedBatch>(this.#store, batchKey(id));
  }
  async ids(): Promise<string[]> {
    return (await this.#store.list('batch/')).map((key) => key.slice('batch/'.length));
  }
  putLeaf(id: string, cid: string, bytes: Uint8Array): Promise<void> {
    return this.#store.put(leafKey(id, cid), bytes);
  }
  getLeaf(id: string, cid: string): Promise<Uint8Array | undefined> {
    return this.#store.get(leafKey(id, cid));
  }

  /** Forgets a batch; its record goes last, so that an interrupted removal is finished by the next one. */
  async remove(id: string): Promise<void> {
    for (const key of await this.#store.list(`spool/${id}/`)) await this.#store.delete(key);
    await this.#store.delete(batchKey(id));
  }

  /** Marks a batch whose encryption begins now; `save` makes it complete. */
  begin(id: string, now: number): Promise<void> {
    return saveJson(this.#store, sealingKey(id), { at: now });
  }

  /** Removes ciphertext whose batch record was never written: an encryption that a crash cut short an hour ago or more. */
  async sweep(now: number): Promise<void> {
    for (const key of await this.#store.list('sealing/')) {
      const id = key.slice('sealing/'.length);
      const complete = (await this.load(id)) !== undefined;
      const at = (await loadJson<{ at: number }>(this.#store, key))?.at ?? 0;
      if (!complete && now - at < ABANDONED_AFTER) continue;
      if (!complete) await this.remove(id);
      await this.#store.delete(key);
    }
  }
}

/** Distinct leaves of a batch with their sizes. */
export function leavesOf(batch: QueuedBatch): { cid: string; size: number }[] {
  return [...new Map(batch.items.flatMap((item) => item.leaves).map((leaf) => [leaf.cid, leaf])).values()];
}
