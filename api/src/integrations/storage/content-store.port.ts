/** Blocks by CID. Every adapter keeps the same contract: see content-store.contract.ts in src/testing. */
export abstract class ContentStore {
  /**
   * Durable when it resolves. The caller has checked that the bytes hash to the CID; storing twice is harmless.
   * Throws StoreFullError when no room is left; then nothing of the block is kept.
   */
  abstract put(cid: string, bytes: Uint8Array): Promise<void>;
  /** All of them, each as by `put`, several at a time. When it throws, some of them may be here. */
  async putAll(blocks: readonly { cid: string; bytes: Uint8Array }[]): Promise<void> {
    const results = await Promise.allSettled(blocks.map(({ cid, bytes }) => this.put(cid, bytes)));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }
  /** Undefined when it is not here; never fetched from elsewhere. */
  abstract get(cid: string): Promise<Uint8Array | undefined>;
  /** Which of these are here. */
  abstract has(cids: readonly string[]): Promise<Set<string>>;
  /** Harmless when it is not here. */
  abstract delete(cid: string): Promise<void>;
  /** Every block that is here, in any order. */
  abstract list(): AsyncIterable<string>;
  /** Removes what writes left that a crash cut short. @returns how many */
  sweep(): Promise<number> {
    return Promise.resolve(0);
  }
}

/** The same store without bookkeeping, for those who count the holders of a block themselves: uploads, collection, scrub. */
export const BLOCK_STORE = Symbol('BLOCK_STORE');

/** The disk or its quota is used up. */
export class StoreFullError extends Error {
  override name = 'StoreFullError';
}

/** Largest block that an upload may carry: one raw leaf. */
export const MAX_BLOCK = 1 << 20;
