import { concatBytes } from '@allod/protocol';
import type { ClientContext } from '../context.ts';
import type { SealedItem } from '../crypto/sealItem.ts';
import { packName, type QueuedLeaf, type Spool } from '../upload/batch.ts';
import { takeRoom } from './capacity.ts';

/** Leaves up to this size share a pack: one durable write for hundreds of small readings instead of one for each. */
const SMALL_LEAF = 64 * 1024;
const PACK_SIZE = 1 << 20;

/** Writes the leaves of one batch into the spool. `finish` must resolve before the batch's record is saved. */
export class SpoolWriter {
  readonly #client: ClientContext;
  readonly #spool: Spool;
  readonly #id: string;
  readonly #places = new Map<string, { pack: number; at: number }>();
  #pack: Uint8Array[] = [];
  #packed = 0;
  #packs = 0;

  constructor(client: ClientContext, spool: Spool, id: string) {
    this.#client = client;
    this.#spool = spool;
    this.#id = id;
  }

  async keep(cid: string, bytes: Uint8Array): Promise<void> {
    await takeRoom(this.#client, this.#spool, this.#id, bytes.length);
    if (bytes.length > SMALL_LEAF) return this.#spool.put(this.#id, cid, bytes);
    if (this.#packed + bytes.length > PACK_SIZE) await this.finish();
    this.#places.set(cid, { pack: this.#packs, at: this.#packed });
    this.#pack.push(bytes.slice());
    this.#packed += bytes.length;
  }

  /** Makes everything durable that was kept so far. */
  async finish(): Promise<void> {
    if (this.#pack.length === 0) return;
    await this.#spool.put(this.#id, packName(this.#packs), concatBytes(...this.#pack));
    this.#packs++;
    this.#pack = [];
    this.#packed = 0;
  }

  /** The leaves of an item with the places where they were kept. */
  placed(item: SealedItem): QueuedLeaf[] {
    return item.leaves.map((leaf) => ({ ...leaf, ...this.#places.get(leaf.cid) }));
  }
}
