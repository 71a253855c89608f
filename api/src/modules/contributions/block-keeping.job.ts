import { blockMatches, parseCid } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ENV } from '../../config/config.module.ts';
import type { Env } from '../../config/env.ts';
import { BLOCK_STORE } from '../../integrations/storage/content-store.port.ts';
import type { ContentStore } from '../../integrations/storage/content-store.port.ts';
import { fetchBlock } from '../../integrations/storage/replica.ts';
import { OutboxRegistry } from '../../jobs/outbox.registry.ts';

const MINUTE = 60_000;
const AT_ONCE = 200;

/** Gives up what nobody wants any more, and proves again and again that the rest is still what it was. */
@Injectable()
export class BlockKeepingJob implements OnModuleInit {
  constructor(
    @Inject(ENV) private readonly env: Env,
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(BLOCK_STORE) private readonly store: ContentStore,
    @Inject(OutboxRegistry) private readonly registry: OutboxRegistry,
  ) {}

  onModuleInit(): void {
    this.registry.every('contributions.expireUploads', 5 * MINUTE, async () => void (await this.expire()));
    this.registry.every('contributions.collectBlocks', 10 * MINUTE, async () => void (await this.collect()));
    this.registry.every('contributions.scrub', MINUTE, async () => void (await this.scrub()));
    this.registry.every('contributions.sweepStore', 60 * MINUTE, async () => void (await this.store.sweep()));
  }

  /** Gives up reservations and uploads whose time is over; their quota is free at once. @returns how many */
  async expire(): Promise<number> {
    const [, count]: [unknown, number] = await this.source.query('DELETE FROM block_owner WHERE expires_at < now()');
    return count;
  }

  /**
   * Unlinks blocks that nobody held for the grace time. Their rows are locked and looked at again: whoever wants the same block
   * meanwhile waits for the row, then finds it gone and uploads it. @returns how many
   */
  collect(): Promise<number> {
    return this.source.transaction(async (manager) => {
      const dead: { cid: string }[] = await manager.query(
        `SELECT cid FROM block WHERE refs = 0 AND NOT held AND tombstoned_at < now() - make_interval(secs => $1)
         ORDER BY cid LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED`,
        [this.env.BLOCK_GRACE_SECONDS],
      );
      for (const { cid } of dead) await this.store.delete(cid);
      await manager.query('DELETE FROM block WHERE cid = ANY($1)', [dead.map(({ cid }) => cid)]);
      return dead.length;
    });
  }

  /**
   * Reads the blocks that were not looked at for the longest time and hashes them again. A damaged or lost one is fetched from a
   * replica; where there is none it is removed and marked, so that its contributor is asked for it again.
   */
  async scrub(): Promise<{ checked: number; repaired: number; damaged: number }> {
    const due: { cid: string }[] = await this.source.query(
      `SELECT cid FROM block WHERE held OR EXISTS (SELECT FROM block_owner o WHERE o.cid = block.cid AND o.stored)
       ORDER BY checked_at NULLS FIRST LIMIT ${AT_ONCE}`,
    );
    const found = { checked: due.length, repaired: 0, damaged: 0 };
    for (const { cid } of due) {
      const state = await this.check(cid);
      if (state !== 'sound') found[state] += 1;
      await this.source.query(
        'UPDATE block SET checked_at = now(), damaged_at = CASE WHEN $2 THEN now() END WHERE cid = $1',
        [cid, state === 'damaged'],
      );
    }
    return found;
  }

  private async check(text: string): Promise<'sound' | 'repaired' | 'damaged'> {
    const cid = parseCid(text);
    const bytes = await this.store.get(text);
    if (bytes && blockMatches(cid, bytes)) return 'sound';
    const copy = await fetchBlock(cid, this.env.REPLICA_URLS);
    if (bytes) await this.store.delete(text);
    if (!copy) return 'damaged';
    await this.store.put(text, copy);
    return 'repaired';
  }
}
