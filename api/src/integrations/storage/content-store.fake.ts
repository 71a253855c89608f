import { ContentStore } from './content-store.port.ts';

/** Blocks in memory, for tests. */
export class FakeStore extends ContentStore {
  readonly blocks = new Map<string, Uint8Array>();

  override async put(cid: string, bytes: Uint8Array): Promise<void> {
    this.blocks.set(cid, Uint8Array.from(bytes));
  }

  override async get(cid: string): Promise<Uint8Array | undefined> {
    return this.blocks.get(cid);
  }

  override async has(cids: readonly string[]): Promise<Set<string>> {
    return new Set(cids.filter((cid) => this.blocks.has(cid)));
  }

  override async delete(cid: string): Promise<void> {
    this.blocks.delete(cid);
  }

  override async *list(): AsyncGenerator<string> {
    yield* this.blocks.keys();
  }
}
