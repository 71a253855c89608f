import { blockMatches, parseCid } from '@allod/protocol';
import type { Pool } from 'pg';
import { ContentStore } from './content-store.port.ts';

/**
 * What the operator itself stores (documents, key files, label sets): held until it is deleted, even when a contributor uploads
 * the same bytes and gives them up again. It has connections of its own, since it is called inside of transactions.
 */
export class HeldStore extends ContentStore {
  constructor(
    private readonly blocks: ContentStore,
    private readonly pool: Pool,
  ) {
    super();
  }

  override async put(cid: string, bytes: Uint8Array): Promise<void> {
    if (!blockMatches(parseCid(cid), bytes)) throw new Error(`these bytes are not ${cid}`);
    // Held before it is written: a collection that runs now either is over before, or sees this row.
    await this.pool.query(
      `INSERT INTO block (cid, held) VALUES ($1, true)
       ON CONFLICT (cid) DO UPDATE SET held = true, tombstoned_at = NULL`,
      [cid],
    );
    await this.blocks.put(cid, bytes);
  }

  override get(cid: string): Promise<Uint8Array | undefined> {
    return this.blocks.get(cid);
  }

  override has(cids: readonly string[]): Promise<Set<string>> {
    return this.blocks.has(cids);
  }

  override list(): AsyncIterable<string> {
    return this.blocks.list();
  }

  /** At once, unless a contributor holds the same block. */
  override async delete(cid: string): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      const { rows } = await client.query<{ refs: number }>(
        'UPDATE block SET held = false WHERE cid = $1 RETURNING refs',
        [cid],
      );
      if ((rows[0]?.refs ?? 0) === 0) {
        await this.blocks.delete(cid);
        await client.query('DELETE FROM block WHERE cid = $1', [cid]);
      }
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  }
}
