import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import type { Env } from '../../config/env.ts';
import { startPostgres } from '../../testing/postgres.ts';
import type { TestDatabase } from '../../testing/postgres.ts';
import { ChainEventRegistry } from './chain-event.registry.ts';
import { ChainIndexer } from './chain-indexer.ts';
import { FakeChain } from './chain.fake.ts';
import type { ChainEvent } from './chain.port.ts';

describe('the chain index', () => {
  let database: TestDatabase;
  let source: DataSource;
  let chain: FakeChain;
  let indexer: ChainIndexer;
  let applied: ChainEvent[];
  let fail: boolean;

  beforeAll(async () => {
    database = await startPostgres();
    source = await new DataSource({ type: 'postgres', url: database.url }).initialize();
  });
  afterAll(async () => {
    await source.destroy();
    await database.stop();
  });
  beforeEach(async () => {
    await source.query('TRUNCATE chain_event, chain_block, chain_cursor');
    chain = new FakeChain(31337, {} as Env['CONTRACTS']);
    applied = [];
    fail = false;
    const registry = new ChainEventRegistry();
    registry.on('ContributionRegistry', 'BatchAnchored', async (event) => {
      if (fail) throw new Error('handler failed');
      applied.push(event);
    });
    indexer = new ChainIndexer({ CONFIRMATIONS: 2, START_BLOCK: 0 } as Env, source, chain, registry);
  });

  const anchored = (root: string) => ({
    contract: 'ContributionRegistry' as const,
    name: 'BatchAnchored',
    args: { root },
  });
  const roots = () => applied.map((event) => event.args['root']);
  const mine = (n: number) => {
    for (let i = 0; i < n; i++) chain.mine();
  };

  it('applies an event once, when its block is confirmed, with the time of its block', async () => {
    const block = chain.mine(anchored('a'));
    await indexer.tick();
    expect(roots()).toEqual([]);
    mine(2);
    await indexer.tick();
    await indexer.tick();
    expect(applied).toMatchObject([{ args: { root: 'a' }, timestamp: block.timestamp, blockHash: block.hash }]);
  });

  it('applies in the order of the chain', async () => {
    chain.mine(anchored('a'), anchored('b'));
    chain.mine(anchored('c'));
    mine(2);
    await indexer.tick();
    expect(roots()).toEqual(['a', 'b', 'c']);
  });

  it('forgets what a reorganization removed and takes what replaced it', async () => {
    mine(2);
    const common = (await chain.head()) as number;
    chain.mine(anchored('lost'));
    await indexer.tick();
    chain.reorganize(common);
    chain.mine(anchored('kept'));
    mine(3);
    await indexer.tick();
    expect(roots()).toEqual(['kept']);
    const rows: { hash: string }[] = await source.query('SELECT hash FROM chain_block WHERE number = $1', [common + 1]);
    expect(rows[0]?.hash).toBe((await chain.block(common + 1))?.hash);
  });

  it('stops, and says why, when a confirmed block is reorganized', async () => {
    chain.mine(anchored('a'));
    mine(3);
    await indexer.tick();
    chain.reorganize(0);
    mine(6);
    await expect(indexer.tick()).rejects.toThrow('below the confirmed block');
  });

  it('applies a block again when a handler failed, and nothing of it before', async () => {
    chain.mine(anchored('a'));
    mine(2);
    fail = true;
    await expect(indexer.tick()).rejects.toThrow('handler failed');
    fail = false;
    await indexer.tick();
    expect(roots()).toEqual(['a']);
  });
});
