import { id as keccakOf } from 'ethers';
import type { ContractAddresses } from '../../config/env.ts';
import { ChainPort, RelayPort } from './chain.port.ts';
import type { CallRequest, ChainBlock, ChainEvent, RelayedTransaction } from './chain.port.ts';

type Reader = (...args: unknown[]) => unknown;
type Emitted = Pick<ChainEvent, 'contract' | 'name' | 'args'>;

/** A chain in memory, for tests: events are said, not computed; it can be reorganized. */
export class FakeChain extends ChainPort {
  readonly readers = new Map<string, Reader>();
  readonly contractSignatures = new Set<string>();
  private readonly blocks: { block: ChainBlock; events: ChainEvent[] }[] = [];
  private fork = 0;

  constructor(
    readonly chainId: number,
    readonly addresses: ContractAddresses,
  ) {
    super();
    this.mine();
  }

  /** Adds a block with these events. */
  mine(...events: Emitted[]): ChainBlock {
    const number = this.blocks.length;
    const hash = keccakOf(`block/${this.fork}/${number}`);
    const timestamp = Math.floor(Date.now() / 1000);
    const block = { number, hash, parentHash: this.blocks.at(-1)?.block.hash ?? keccakOf('genesis'), timestamp };
    this.blocks.push({
      block,
      events: events.map((event, logIndex) => ({
        ...event,
        blockNumber: number,
        blockHash: hash,
        logIndex,
        txHash: keccakOf(`tx/${this.fork}/${number}/${logIndex}`),
        timestamp: 0,
      })),
    });
    return block;
  }

  /** Forgets every block above `number`; the blocks mined next have other hashes. */
  reorganize(number: number): void {
    this.blocks.length = number + 1;
    this.fork += 1;
  }

  override async head(): Promise<number> {
    return this.blocks.length - 1;
  }

  override async block(number: number): Promise<ChainBlock | undefined> {
    return this.blocks[number]?.block;
  }

  override async events(from: number, to: number): Promise<ChainEvent[]> {
    return this.blocks.slice(from, to + 1).flatMap((entry) => entry.events);
  }

  override async read<T>({ contract, method, args }: CallRequest): Promise<T> {
    const reader = this.readers.get(`${contract}.${method}`);
    if (!reader) throw new Error(`The fake chain cannot read ${contract}.${method}`);
    return reader(...args) as T;
  }

  /** Contract accounts: the test says which (account, digest, signature) are good. */
  override async isValidSignature(account: string, digest: string, signature: string): Promise<boolean> {
    return this.contractSignatures.has(`${account}/${digest}/${signature}`);
  }

  override encode({ contract }: CallRequest): { to: string; data: string } {
    return { to: this.addresses[contract] ?? '', data: '0x' };
  }
}

/** Remembers what was sent, and lets a test say what happens on chain. */
export class FakeRelay extends RelayPort {
  readonly sender = '0x00000000000000000000000000000000000000fF';
  readonly sent: (CallRequest & { key: string })[] = [];
  readonly effects = new Map<string, (args: readonly unknown[]) => void>();

  override async send(key: string, call: CallRequest): Promise<RelayedTransaction> {
    if (!this.sent.some((earlier) => earlier.key === key)) {
      this.sent.push({ key, ...call });
      this.effects.get(`${call.contract}.${call.method}`)?.(call.args);
    }
    return { hash: keccakOf(key), blockNumber: 0, gasUsed: 21_000n };
  }

  override watch(): Promise<void> {
    return Promise.resolve();
  }
}
