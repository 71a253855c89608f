import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ManagedProcess, ProcessGroup } from '../processes.ts';
import { rpc } from './rpc.ts';

/**
 * Blocks that follow every block with a transaction as soon as it is on disk: what is confirmed survives `kill -9`, and
 * confirmations are not waited for any longer than that.
 */
const BLOCKS_AFTER = 2;
const TICK_MS = 100;
const HEARTBEAT_MS = 5_000;
const IDLE_HEARTBEAT_MS = 15_000;
const IDLE_AFTER_MS = 600_000;
const STATE_INTERVAL_MS = 1_000;
const BACKUP_MS = 3_000;

/** The public development phrase that anvil and Hardhat share: its accounts hold nothing of worth anywhere. */
export const DEVELOPMENT_PHRASE = 'test test test test test test test test test test test junk';
export const ACCOUNT_COUNT = 40;
export const CHAIN_ID = 31337;

interface Block {
  number: string;
  transactions: string[];
}

/** Path of the anvil that npm installed for this platform. */
export function anvil(): string {
  const require = createRequire(import.meta.url);
  const wrapper = createRequire(require.resolve('@foundry-rs/anvil/package.json'));
  const platform = process.platform === 'win32' ? 'win32' : process.platform;
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const folder = dirname(wrapper.resolve(`@foundry-rs/anvil-${platform}-${arch}/package.json`));
  return join(folder, 'bin', 'anvil');
}

const isWhole = (file: string): boolean => {
  try {
    JSON.parse(readFileSync(file, 'utf8'));
    return true;
  } catch {
    return false;
  }
};

/** A state file that was being written when anvil was killed is replaced by the last whole copy. */
export function repairState(stateFile: string, backupFile: string): 'none' | 'kept' | 'restored' {
  if (!existsSync(stateFile) && !existsSync(backupFile)) return 'none';
  if (existsSync(stateFile) && isWhole(stateFile)) return 'kept';
  if (existsSync(backupFile) && isWhole(backupFile)) {
    copyFileSync(backupFile, stateFile);
    return 'restored';
  }
  rmSync(stateFile, { force: true });
  return 'none';
}

export class Chain {
  readonly url: string;
  readonly process: ManagedProcess;
  readonly #stateFile: string;
  readonly #backupFile: string;
  #timer: NodeJS.Timeout | undefined;
  #ticking = false;
  #head = -1;
  #lastWithTransactions = -1;
  #lastTransactionAt = Date.now();
  #lastBlockAt = Date.now();
  #lastBackupAt = 0;
  #backedUp = 0;
  #saved = { at: 0, head: -1 };

  constructor(group: ProcessGroup, options: { dataDir: string; port: number }) {
    this.url = `http://127.0.0.1:${options.port}`;
    const folder = join(options.dataDir, 'chain');
    mkdirSync(folder, { recursive: true });
    this.#stateFile = join(folder, 'state.json');
    this.#backupFile = join(folder, 'state.backup.json');
    this.process = group.create({
      name: 'chain',
      command: anvil(),
      args: [
        ...['--chain-id', String(CHAIN_ID), '--host', '127.0.0.1', '--port', String(options.port)],
        ...[
          '--state',
          this.#stateFile,
          '--state-interval',
          String(STATE_INTERVAL_MS / 1_000),
          '--slots-in-an-epoch',
          '1',
        ],
        ...['--mnemonic', DEVELOPMENT_PHRASE, '--accounts', String(ACCOUNT_COUNT), '--quiet'],
      ],
      stopSignal: 'SIGTERM',
      ready: async () => void (await rpc(this.url, 'eth_chainId', [], 1_000)),
      afterStart: () => this.#afterStart(),
    });
  }

  async start(): Promise<void> {
    repairState(this.#stateFile, this.#backupFile);
    await this.process.start();
    this.#timer = setInterval(() => void this.#tick(), TICK_MS);
  }

  /** anvil forgets the states of older blocks when it starts: two new blocks make the confirmed block callable again. */
  async #afterStart(): Promise<void> {
    this.#head = Number(await rpc<string>(this.url, 'eth_blockNumber'));
    this.#lastWithTransactions = this.#head;
    await this.#mineAfter();
  }

  async #mineAfter(): Promise<void> {
    while (this.#head < this.#lastWithTransactions + BLOCKS_AFTER) await this.#mine();
  }

  async #mine(): Promise<void> {
    await rpc(this.url, 'evm_mine');
    this.#lastBlockAt = Date.now();
    await this.#look();
  }

  /** Reads the blocks that are new since the last look. */
  async #look(): Promise<void> {
    const head = Number(await rpc<string>(this.url, 'eth_blockNumber'));
    if (head < this.#head) {
      // anvil was killed and came back from the state of up to a second ago.
      this.#head = head;
      this.#lastWithTransactions = head;
      return;
    }
    while (this.#head < head) {
      const number = this.#head + 1;
      const block = await rpc<Block | null>(this.url, 'eth_getBlockByNumber', [`0x${number.toString(16)}`, false]);
      this.#head = number;
      this.#lastBlockAt = Date.now();
      if (block && block.transactions.length > 0) {
        this.#lastWithTransactions = number;
        this.#lastTransactionAt = Date.now();
      }
    }
  }

  async #tick(): Promise<void> {
    if (this.#ticking) return;
    this.#ticking = true;
    try {
      await this.#look();
      if (this.#head >= this.#lastWithTransactions + BLOCKS_AFTER || this.#savedHead() >= this.#lastWithTransactions) {
        await this.#mineAfter();
      }
      const beat = Date.now() - this.#lastTransactionAt > IDLE_AFTER_MS ? IDLE_HEARTBEAT_MS : HEARTBEAT_MS;
      if (Date.now() - this.#lastBlockAt > beat) await this.#mine();
      this.#backUp();
    } catch {
      // The chain is down; its process is started again and the next tick finds it.
    } finally {
      this.#ticking = false;
    }
  }

  /** Keeps a second copy of a state file that is not being written at this moment. */
  #backUp(): void {
    if (Date.now() - this.#lastBackupAt < BACKUP_MS || this.#backedUp >= this.#lastWithTransactions) return;
    if (!existsSync(this.#stateFile)) return;
    const before = statSync(this.#stateFile);
    if (Date.now() - before.mtimeMs < 150) return;
    this.#lastBackupAt = Date.now();
    const copy = `${this.#backupFile}.new`;
    copyFileSync(this.#stateFile, copy);
    if (statSync(this.#stateFile).mtimeMs === before.mtimeMs && isWhole(copy)) {
      renameSync(copy, this.#backupFile);
      this.#backedUp = this.#lastWithTransactions;
    } else rmSync(copy, { force: true });
  }

  /** The newest block that the state file holds; −1 while there is none, or while it is being written. */
  #savedHead(): number {
    if (!existsSync(this.#stateFile)) return -1;
    const { mtimeMs } = statSync(this.#stateFile);
    if (mtimeMs !== this.#saved.at) {
      try {
        const state = JSON.parse(readFileSync(this.#stateFile, 'utf8')) as { best_block_number: number };
        this.#saved = { at: mtimeMs, head: Number(state.best_block_number) };
      } catch {
        return -1;
      }
    }
    return this.#saved.head;
  }

  /** Resolves when the state file holds everything that has been mined so far. */
  async untilSaved(withinMs = 10_000): Promise<void> {
    const since = Date.now();
    const head = Number(await rpc<string>(this.url, 'eth_blockNumber'));
    for (;;) {
      if (this.#savedHead() >= head) return;
      if (Date.now() - since > withinMs) throw new Error(`${this.#stateFile} is not being written`);
      await sleep(50);
    }
  }

  /** Ends the block producer; the process itself is stopped with its group. */
  close(): void {
    clearInterval(this.#timer);
  }
}
