import { isCallException, isError, keccak256 } from 'ethers';
import type { TransactionReceipt, Wallet } from 'ethers';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { RelayPort, TransactionReverted } from './chain.port.ts';
import type { CallRequest, RelayedTransaction } from './chain.port.ts';
import type { EthersChain } from './ethers-chain.adapter.ts';

interface StoredTransaction {
  key: string;
  hash: string;
  raw: string;
  state: 'SIGNED' | 'MINED' | 'REVERTED';
  block_number: string | null;
  gas_used: string | null;
}

const MINED_TIMEOUT_MS = 60_000;
/** Transactions looked at in one round; nonces above a missing one cannot be mined anyway. */
const WATCHED = 50;

/**
 * Signs once, keeps the signed bytes, and from then on only ever broadcasts those bytes: a crash between signing and
 * mining can neither lose nor double a transaction. Nonces are reserved under an advisory lock per sender.
 */
export class Relayer extends RelayPort {
  readonly sender: string;
  private readonly signer: Wallet;

  constructor(
    private readonly chain: EthersChain,
    private readonly source: DataSource,
    wallet: Wallet,
  ) {
    super();
    this.signer = wallet.connect(chain.provider);
    this.sender = wallet.address;
  }

  async send(key: string, call: CallRequest): Promise<RelayedTransaction> {
    const stored = (await this.find(key)) ?? (await this.sign(key, call));
    if (stored.state === 'REVERTED') throw new TransactionReverted(call, 'in an earlier attempt');
    if (stored.state === 'MINED') return result(stored);
    await this.broadcast(stored.raw);
    const receipt = await this.chain.provider.waitForTransaction(stored.hash, 1, MINED_TIMEOUT_MS);
    if (!receipt) throw new Error(`${call.contract}.${call.method} is not mined yet`);
    return this.settle(stored, call, receipt);
  }

  /**
   * Looks after every transaction until a block that is `confirmations` deep holds it: one that a reorg, a restart or a
   * full mempool dropped is broadcast again, byte for byte.
   */
  override async watch(confirmations: number): Promise<void> {
    const open = await this.source.query<StoredTransaction[]>(
      'SELECT * FROM chain_tx WHERE sender = $1 AND NOT confirmed ORDER BY nonce LIMIT $2',
      [this.sender, WATCHED],
    );
    if (open.length === 0) return;
    const head = await this.chain.head();
    for (const { key, hash, raw } of open) {
      const receipt = await this.chain.provider.getTransactionReceipt(hash);
      if (!receipt) await this.broadcast(raw);
      else if (receipt.blockNumber <= head - confirmations) {
        await this.source.query(
          'UPDATE chain_tx SET confirmed = true, state = $2, block_number = $3, gas_used = $4 WHERE key = $1',
          [key, stateOf(receipt), receipt.blockNumber, receipt.gasUsed.toString()],
        );
      }
    }
  }

  private async find(key: string): Promise<StoredTransaction | undefined> {
    const [row] = await this.source.query<StoredTransaction[]>('SELECT * FROM chain_tx WHERE key = $1', [key]);
    return row;
  }

  private sign(key: string, call: CallRequest): Promise<StoredTransaction> {
    return this.source.transaction(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`relayer:${this.sender}`]);
      const [known]: StoredTransaction[] = await manager.query('SELECT * FROM chain_tx WHERE key = $1', [key]);
      if (known) return known;
      const nonce = await this.nextNonce(manager);
      const populated = await this.populate(call, nonce);
      const raw = await this.signer.signTransaction(populated);
      const [row]: StoredTransaction[] = await manager.query(
        `INSERT INTO chain_tx (key, sender, nonce, hash, raw, contract, method, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'SIGNED') RETURNING *`,
        [key, this.sender, nonce, keccak256(raw), raw, call.contract, call.method],
      );
      return row!;
    });
  }

  private async nextNonce(manager: EntityManager): Promise<number> {
    const [row]: { next: string | null }[] = await manager.query(
      'SELECT max(nonce) + 1 AS next FROM chain_tx WHERE sender = $1',
      [this.sender],
    );
    const pending = await this.chain.provider.getTransactionCount(this.sender, 'pending');
    return Math.max(Number(row?.next ?? 0), pending);
  }

  /** Estimating first turns a revert into an error before a nonce is taken. */
  private async populate(call: CallRequest, nonce: number) {
    try {
      const gas = await this.signer.estimateGas(this.chain.encode(call));
      const request = await this.signer.populateTransaction({
        ...this.chain.encode(call),
        nonce,
        gasLimit: (gas * 12n) / 10n,
      });
      return request;
    } catch (error) {
      if (isCallException(error)) throw new TransactionReverted(call, error.shortMessage);
      throw error;
    }
  }

  private async broadcast(raw: string): Promise<void> {
    try {
      await this.chain.provider.broadcastTransaction(raw);
    } catch (error) {
      const known =
        isError(error, 'NONCE_EXPIRED') || /already known|already imported|nonce too low/i.test(String(error));
      if (!known) throw error;
    }
  }

  private async settle(stored: StoredTransaction, call: CallRequest, receipt: TransactionReceipt) {
    const state = stateOf(receipt);
    await this.source.query('UPDATE chain_tx SET state = $2, block_number = $3, gas_used = $4 WHERE key = $1', [
      stored.key,
      state,
      receipt.blockNumber,
      receipt.gasUsed.toString(),
    ]);
    if (state === 'REVERTED') throw new TransactionReverted(call, receipt.hash);
    return { hash: receipt.hash, blockNumber: receipt.blockNumber, gasUsed: receipt.gasUsed };
  }
}

const stateOf = (receipt: TransactionReceipt): 'MINED' | 'REVERTED' => (receipt.status === 1 ? 'MINED' : 'REVERTED');

const result = (stored: StoredTransaction): RelayedTransaction => ({
  hash: stored.hash,
  blockNumber: Number(stored.block_number),
  gasUsed: BigInt(stored.gas_used ?? 0),
});

/** Stands where no relayer key was given: the http process. */
export class NoRelay extends RelayPort {
  readonly sender = '0x0000000000000000000000000000000000000000';

  override send(): Promise<RelayedTransaction> {
    return Promise.reject(new Error('This process holds no relayer key'));
  }

  override watch(): Promise<void> {
    return Promise.resolve();
  }
}
