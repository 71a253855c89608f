import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { accountAt } from '../accounts.ts';
import { freePorts } from '../ports.ts';
import { ProcessGroup } from '../processes.ts';
import { temporaryDataDir } from '../temporary.ts';
import { Chain, repairState } from './chain.ts';
import { rpc } from './rpc.ts';

const blockNumber = async (chain: Chain): Promise<number> => Number(await rpc<string>(chain.url, 'eth_blockNumber'));
const balanceOf = async (chain: Chain, address: string, block: string): Promise<bigint> =>
  BigInt(await rpc<string>(chain.url, 'eth_getBalance', [address, block]));

const send = (chain: Chain, value: string): Promise<string> =>
  rpc(chain.url, 'eth_sendTransaction', [{ from: accountAt(0).address, to: accountAt(30).address, value }]);

describe('Chain', () => {
  let dataDir: string;
  let group: ProcessGroup;
  let chain: Chain;

  beforeEach(async () => {
    dataDir = temporaryDataDir();
    group = new ProcessGroup(join(dataDir, 'logs'), () => {});
    chain = new Chain(group, { dataDir, port: (await freePorts()).chain });
    await chain.start();
  });

  afterEach(async () => {
    chain.close();
    await group.stopAll([]);
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('mines two blocks after a transaction, so that its block is confirmed soon', async () => {
    await send(chain, '0x1');
    const mined = await blockNumber(chain);
    for (let i = 0; i < 40 && (await blockNumber(chain)) < mined + 2; i += 1) await sleep(50);
    expect(await blockNumber(chain)).toBeGreaterThanOrEqual(mined + 2);
  });

  it('keeps what was saved through kill -9, and its confirmed block is callable when it serves again', async () => {
    const receiver = accountAt(30).address;
    const before = await balanceOf(chain, receiver, 'latest');
    await send(chain, '0x5');
    await chain.untilSaved();
    const head = await blockNumber(chain);
    const killed = chain.process.pid;
    chain.process.kill('SIGKILL');
    for (let i = 0; i < 200 && (chain.process.pid === undefined || chain.process.pid === killed); i += 1)
      await sleep(25);
    await chain.process.untilServing();
    for (let i = 0; i < 100 && (await blockNumber(chain)) < head + 2; i += 1) await sleep(50);
    const confirmed = (await blockNumber(chain)) - 2;
    expect(confirmed).toBeGreaterThanOrEqual(head);
    expect(await balanceOf(chain, receiver, `0x${confirmed.toString(16)}`)).toBe(before + 5n);
  });

  it('does not run ahead of the clock when many blocks come in one second', async () => {
    for (let i = 0; i < 60; i += 1) await rpc(chain.url, 'evm_mine');
    const block = await rpc<{ timestamp: string }>(chain.url, 'eth_getBlockByNumber', ['latest', false]);
    expect(Number(block.timestamp) - Math.floor(Date.now() / 1000)).toBeLessThanOrEqual(1);
  });
});

describe('repairState', () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryDataDir();
    mkdirSync(folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    [undefined, undefined, 'none'],
    ['{"a":1}', '{"a":0}', 'kept'],
    ['{"a":', '{"a":0}', 'restored'],
    [undefined, '{"a":0}', 'restored'],
    ['{"a":', '{"b', 'none'],
  ])('state %j with backup %j: %s', (state, backup, outcome) => {
    const files = [join(folder, 'state.json'), join(folder, 'state.backup.json')] as const;
    if (state !== undefined) writeFileSync(files[0], state);
    if (backup !== undefined) writeFileSync(files[1], backup);
    expect(repairState(...files)).toBe(outcome);
  });
});
