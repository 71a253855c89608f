import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { deployProtocol } from '@allod/contracts/deploy';
import { toHex } from '@allod/protocol';
import { parseEther, Wallet } from 'ethers';
import { DataSource } from 'typeorm';
import type { Env } from '../../config/env.ts';
import { ANVIL_KEY, hasAnvil, startAnvil } from '../../testing/anvil.ts';
import type { TestChain } from '../../testing/anvil.ts';
import { startPostgres } from '../../testing/postgres.ts';
import type { TestDatabase } from '../../testing/postgres.ts';
import { TransactionReverted } from './chain.port.ts';
import { EthersChain } from './ethers-chain.adapter.ts';
import { Relayer } from './relayer.ts';

const suite = hasAnvil ? describe : describe.skip;
if (!hasAnvil) console.log('SKIPPED: the relayer against a real chain, because anvil is not installed');

suite('the relayer, on a real chain', () => {
  let node: TestChain;
  let database: TestDatabase;
  let source: DataSource;
  let chain: EthersChain;
  let relayer: Relayer;
  const wallet = new Wallet(Wallet.createRandom().privateKey);

  beforeAll(async () => {
    [node, database] = await Promise.all([startAnvil(), startPostgres()]);
    source = await new DataSource({ type: 'postgres', url: database.url }).initialize();
    const funder = new Wallet(ANVIL_KEY, node.provider);
    const { addresses } = await deployProtocol(funder);
    await (await funder.sendTransaction({ to: wallet.address, value: parseEther('1') })).wait();
    chain = new EthersChain({ CHAIN_ID: 31337, CHAIN_RPC_URLS: [node.url], CONTRACTS: addresses as Env['CONTRACTS'] });
    relayer = new Relayer(chain, source, wallet);
  });
  afterAll(async () => {
    (chain.provider as unknown as { destroy(): void }).destroy();
    await source.destroy();
    await database.stop();
    node.stop();
  });

  const root = () => toHex(randomBytes(32));
  const anchor = (value: string) => ({ contract: 'ContributionRegistry' as const, method: 'anchor', args: [value, 1] });
  const anchoredAt = (value: string) =>
    chain.read<bigint>({ contract: 'ContributionRegistry', method: 'anchoredAt', args: [value] });

  it('sends once for one key, however often it is asked', async () => {
    const value = root();
    const results = await Promise.all([1, 2, 3].map(() => relayer.send('one', anchor(value))));
    expect(new Set(results.map((result) => result.hash)).size).toBe(1);
    expect(await anchoredAt(value)).toBeGreaterThan(0n);
  });

  it('gives parallel sends their own nonces', async () => {
    const values = Array.from({ length: 8 }, root);
    await Promise.all(values.map((value, i) => relayer.send(`parallel ${i}`, anchor(value))));
    for (const value of values) expect(await anchoredAt(value)).toBeGreaterThan(0n);
    const rows: { nonce: string }[] = await source.query('SELECT nonce FROM chain_tx ORDER BY nonce');
    expect(rows.map((row) => Number(row.nonce))).toEqual(rows.map((_, i) => i));
  });

  it('broadcasts the stored bytes when it died between signing and sending', async () => {
    const value = root();
    const signing = relayer as unknown as { sign(key: string, call: object): Promise<{ hash: string }> };
    const stored = await signing.sign('died', anchor(value));
    expect(await anchoredAt(value)).toBe(0n);
    const result = await new Relayer(chain, source, wallet).send('died', anchor(value));
    expect(result.hash).toBe(stored.hash);
    expect(await anchoredAt(value)).toBeGreaterThan(0n);
  });

  it('sends the same bytes again when the block that held them is gone, until one deep enough holds them', async () => {
    const value = root();
    const fork: unknown = await node.provider.send('evm_snapshot', []);
    const { hash } = await relayer.send('reorganized', anchor(value));
    await node.provider.send('evm_revert', [fork]);
    expect(await anchoredAt(value)).toBe(0n);

    await relayer.watch(2);
    await node.provider.waitForTransaction(hash);
    expect(await anchoredAt(value)).toBeGreaterThan(0n);
    const confirmed = async () =>
      (await source.query<{ confirmed: boolean }[]>(`SELECT confirmed FROM chain_tx WHERE key = 'reorganized'`))[0]!
        .confirmed;
    await relayer.watch(2);
    expect(await confirmed()).toBe(false);
    for (let i = 0; i < 2; i += 1) await node.provider.send('evm_mine', []);
    await relayer.watch(2);
    expect(await confirmed()).toBe(true);
  });

  it('says that a transaction would revert without using a nonce', async () => {
    const value = root();
    await relayer.send('first', anchor(value));
    const before = await node.provider.getTransactionCount(wallet.address);
    await expect(relayer.send('second', anchor(value))).rejects.toBeInstanceOf(TransactionReverted);
    expect(await node.provider.getTransactionCount(wallet.address)).toBe(before);
    expect(await source.query(`SELECT 1 FROM chain_tx WHERE key = 'second'`)).toEqual([]);
  });

  it('reads events with decimal strings and objects, and asks contracts for signatures', async () => {
    const value = root();
    const { blockNumber } = await relayer.send('event', anchor(value));
    const events = await chain.events(blockNumber, blockNumber);
    expect(events).toMatchObject([
      {
        contract: 'ContributionRegistry',
        name: 'BatchAnchored',
        args: { root: value, count: '1', by: wallet.address },
      },
    ]);
    expect(await chain.isValidSignature(wallet.address, root(), '0x00')).toBe(false);
    const notAWallet = chain.addresses.ContributionRegistry;
    expect(await chain.isValidSignature(notAWallet, root(), '0x00')).toBe(false);
  });
});
