import { concatBytes } from '@allod/protocol';
import type { ClientContext } from '../context.ts';
import type { SealedItem } from '../crypto/sealItem.ts';
import type { ValueWriter } from '../platform/ports.ts';
import { packName, type QueuedLeaf, SMALL_LEAF, type Spool } from '../upload/batch.ts';
import { takeRoom } from './capacity.ts';

/** Bytes of small leaves that are written at once. */
const GATHERED = 1 << 20;
/** Bytes after which a pack is made durable, while the next one is written. */
const PACK_SIZE = 16 << 20;

/**
 * Writes the leaves of one batch into the spool, many to a pack, so that the disk is waited for once per pack. A store that takes whole
 * values only gets small leaves in packs and each large one as a value. `finish` must resolve before the batch's record is saved.
 */
export class SpoolWriter {
  readonly #client: ClientContext;
  readonly #spool: Spool;
  readonly #id: string;
  readonly #places = new Map<string, { pack: number; at: number }>();
  #gathered: Uint8Array[] = [];
  #gatheredSize = 0;
  #pack = 0;
  /** Bytes of the current pack, the gathered ones included. */
  #size = 0;
  #writer: ValueWriter | undefined;
  #finishing: Promise<void> = Promise.resolve();

  constructor(client: ClientContext, spool: Spool, id: string) {
    this.#client = client;
    this.#spool = spool;
    this.#id = id;
  }

  async keep(cid: string, bytes: Uint8Array): Promise<void> {
    await takeRoom(this.#client, this.#spool, this.#id, bytes.length);
    const isSmall = bytes.length <= SMALL_LEAF;
    this.#writer ??= this.#spool.writer(this.#id, this.#pack);
    if (!this.#writer && !isSmall) return this.#spool.put(this.#id, cid, bytes);
    if (this.#gatheredSize + bytes.length > GATHERED) await (this.#writer ? this.#write() : this.#nextPack());
    this.#places.set(cid, { pack: this.#pack, at: this.#size });
    this.#size += bytes.length;
    if (isSmall) {
      this.#gathered.push(bytes.slice());
      this.#gatheredSize += bytes.length;
    } else {
      await this.#write();
      await this.#writer?.append(bytes);
    }
    if (this.#size >= PACK_SIZE) await this.#nextPack();
  }

  /** Makes everything durable that was kept so far. */
  async finish(): Promise<void> {
    await this.#nextPack();
    await this.#finishing;
  }

  /** Removes what is half written. */
  async discard(): Promise<void> {
    await this.#finishing.catch(() => undefined);
    await this.#writer?.discard();
  }

  /** The leaves of an item with the places where they were kept. */
  placed(item: SealedItem): QueuedLeaf[] {
    return item.leaves.map((leaf) => ({ ...leaf, ...this.#places.get(leaf.cid) }));
  }

  /** Writes what was gathered into the current pack. */
  async #write(): Promise<void> {
    if (this.#gathered.length === 0) return;
    const bytes = concatBytes(...this.#gathered);
    this.#gathered = [];
    this.#gatheredSize = 0;
    await (this.#writer ? this.#writer.append(bytes) : this.#spool.put(this.#id, packName(this.#pack), bytes));
  }

  /** Ends the current pack. The disk is waited for while the next one is written; at most one pack is on its way. */
  async #nextPack(): Promise<void> {
    if (this.#size === 0) return;
    await this.#write();
    await this.#finishing;
    const writer = this.#writer;
    this.#writer = undefined;
    this.#pack++;
    this.#size = 0;
    if (!writer) return;
    this.#finishing = writer.finish().catch(async (error: unknown) => {
      await writer.discard();
      throw error;
    });
    this.#finishing.catch(() => undefined);
  }
}
