import { Inject, Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { ENV } from '../../config/config.module.ts';
import type { Env } from '../../config/env.ts';
import { ChainEventRegistry } from './chain-event.registry.ts';
import { ChainPort } from './chain.port.ts';
import type { ChainBlock, ChainEvent } from './chain.port.ts';

const RANGE = 500;
/** Hashes kept below the applied block; a chain does not reorganize deeper. */
const KEPT_BLOCKS = 1000;

interface Cursor {
  scanned: number;
  applied: number;
}

/**
 * Two steps. Scan: keep the logs and hashes of every block up to the head; when a kept hash is no longer on the chain,
 * forget everything above the last common block. Apply: hand the events of confirmed blocks, once and in order, to the
 * modules; nothing that an unconfirmed block says moves money or states.
 */
@Injectable()
export class ChainIndexer {
  private readonly log = new Logger('indexer');

  constructor(
    @Inject(ENV) private readonly env: Env,
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(ChainPort) private readonly chain: ChainPort,
    @Inject(ChainEventRegistry) private readonly registry: ChainEventRegistry,
  ) {}

  async tick(): Promise<void> {
    const head = await this.chain.head();
    await this.scan(head);
    await this.apply(head - this.env.CONFIRMATIONS);
  }

  /** Last block whose events are applied, and last block seen. */
  async cursor(manager: EntityManager | DataSource = this.source): Promise<Cursor> {
    const start = this.env.START_BLOCK - 1;
    const [row]: { scanned: string; applied: string }[] = await manager.query('SELECT * FROM chain_cursor');
    return row ? { scanned: Number(row.scanned), applied: Number(row.applied) } : { scanned: start, applied: start };
  }

  private async scan(head: number): Promise<void> {
    let cursor = await this.rollBack(await this.cursor());
    while (cursor.scanned < head) {
      const to = Math.min(cursor.scanned + RANGE, head);
      const found = await this.range(cursor.scanned + 1, to);
      if (!found) return;
      await this.store(found.blocks, found.events, to);
      cursor = { ...cursor, scanned: to };
    }
  }

  /** Undefined when the chain moved while it was read: the next tick reads again. */
  private async range(from: number, to: number): Promise<{ blocks: ChainBlock[]; events: ChainEvent[] } | undefined> {
    const events = await this.chain.events(from, to);
    const numbers = [...new Set([...events.map((event) => event.blockNumber), to])];
    const blocks = new Map<number, ChainBlock>();
    for (const number of numbers) {
      const block = await this.chain.block(number);
      if (!block) return undefined;
      blocks.set(number, block);
    }
    if (events.some((event) => blocks.get(event.blockNumber)?.hash !== event.blockHash)) return undefined;
    const dated = events.map((event) => ({ ...event, timestamp: blocks.get(event.blockNumber)!.timestamp }));
    return { blocks: [...blocks.values()], events: dated };
  }

  private store(blocks: ChainBlock[], events: ChainEvent[], scanned: number): Promise<void> {
    return this.source.transaction(async (manager) => {
      for (const block of blocks) {
        await manager.query('INSERT INTO chain_block VALUES ($1, $2, $3, $4) ON CONFLICT (number) DO NOTHING', [
          block.number,
          block.hash,
          block.parentHash,
          block.timestamp,
        ]);
      }
      for (const event of events) {
        await manager.query(
          `INSERT INTO chain_event (block_number, log_index, block_hash, tx_hash, timestamp, contract, name, args)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
          [
            event.blockNumber,
            event.logIndex,
            event.blockHash,
            event.txHash,
            event.timestamp,
            event.contract,
            event.name,
            JSON.stringify(event.args),
          ],
        );
      }
      await manager.query(
        `INSERT INTO chain_cursor (scanned, applied) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET scanned = $1`,
        [scanned, this.env.START_BLOCK - 1],
      );
    });
  }

  private async rollBack(cursor: Cursor): Promise<Cursor> {
    const kept: { number: string; hash: string }[] = await this.source.query(
      'SELECT number, hash FROM chain_block ORDER BY number DESC LIMIT 256',
    );
    let common = cursor.scanned;
    for (const { number, hash } of kept) {
      if ((await this.chain.block(Number(number)))?.hash === hash) break;
      common = Number(number) - 1;
    }
    if (common === cursor.scanned) return cursor;
    if (common < cursor.applied) {
      throw new Error(`Reorg below the confirmed block ${cursor.applied}: raise CONFIRMATIONS and rebuild the index`);
    }
    this.log.warn({ from: cursor.scanned, to: common }, 'chain reorganized, rolling back');
    await this.source.transaction(async (manager) => {
      await manager.query('DELETE FROM chain_event WHERE block_number > $1', [common]);
      await manager.query('DELETE FROM chain_block WHERE number > $1', [common]);
      await manager.query('UPDATE chain_cursor SET scanned = $1', [common]);
    });
    return { ...cursor, scanned: common };
  }

  private async apply(confirmed: number): Promise<void> {
    const { scanned, applied } = await this.cursor();
    const until = Math.min(confirmed, scanned);
    if (until <= applied) return;
    const open: { block_number: string }[] = await this.source.query(
      `SELECT DISTINCT block_number FROM chain_event WHERE applied_at IS NULL AND block_number <= $1 ORDER BY 1`,
      [until],
    );
    for (const { block_number } of open) await this.applyBlock(Number(block_number));
    await this.source.query('UPDATE chain_cursor SET applied = $1', [until]);
    await this.source.query('DELETE FROM chain_block WHERE number < $1', [until - KEPT_BLOCKS]);
  }

  private applyBlock(number: number): Promise<void> {
    return this.source.transaction(async (manager) => {
      const rows: EventRow[] = await manager.query(
        'SELECT * FROM chain_event WHERE block_number = $1 AND applied_at IS NULL ORDER BY log_index FOR UPDATE',
        [number],
      );
      for (const row of rows) await this.registry.apply(eventOf(row), manager);
      await manager.query('UPDATE chain_event SET applied_at = now() WHERE block_number = $1', [number]);
      await manager.query('UPDATE chain_cursor SET applied = $1', [number]);
    });
  }
}

interface EventRow {
  block_number: string;
  log_index: number;
  block_hash: string;
  tx_hash: string;
  timestamp: string;
  contract: ChainEvent['contract'];
  name: string;
  args: Record<string, unknown>;
}

const eventOf = (row: EventRow): ChainEvent => ({
  contract: row.contract,
  name: row.name,
  args: row.args,
  blockNumber: Number(row.block_number),
  blockHash: row.block_hash,
  logIndex: row.log_index,
  txHash: row.tx_hash,
  timestamp: Number(row.timestamp),
});
