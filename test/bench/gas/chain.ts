import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Interface, JsonRpcProvider, Wallet, dataSlice, getAddress, hexlify, id, toBeHex } from 'ethers';
import type { InterfaceAbi, Signer } from 'ethers';
import { anvil } from '../../../infra/dev/src/parts/chain.ts';

/** The most gas one transaction may use on mainnet (EIP-7825). */
export const TRANSACTION_GAS_LIMIT = 16_777_216;
const HARDFORK = 'osaka';
const CHAIN_ID = 31_337;

/** What a transaction cost and left behind. */
export interface Receipt {
  /** `gasUsed`: intrinsic gas, calldata and refunds included. */
  readonly gas: number;
  readonly contractAddress: string | null;
  readonly logs: readonly { readonly topics: readonly string[]; readonly data: string; readonly address: string }[];
}

interface RawReceipt {
  status: string;
  gasUsed: string;
  contractAddress: string | null;
  logs: Receipt['logs'];
}

/** Thrown when a transaction reverts or is refused. */
export class TransactionFailed extends Error {
  override readonly name = 'TransactionFailed';
}

/** A contract on the measuring chain. */
export class Deployed {
  readonly address: string;
  readonly abi: Interface;
  readonly #chain: GasChain;

  constructor(chain: GasChain, abi: InterfaceAbi | Interface, address: string) {
    this.#chain = chain;
    this.abi = abi instanceof Interface ? abi : new Interface(abi);
    this.address = getAddress(address);
  }

  /** Sends a call from any account; throws `TransactionFailed`. */
  send(from: string, method: string, ...args: readonly unknown[]): Promise<Receipt> {
    return this.#chain.send(from, this.address, this.abi.encodeFunctionData(method, args));
  }

  /** Asks without a transaction; returns the first answer. */
  async read<T>(method: string, ...args: readonly unknown[]): Promise<T> {
    const data = this.abi.encodeFunctionData(method, args);
    const answer = await this.#chain.rpc<string>('eth_call', [{ to: this.address, data }, 'latest']);
    return this.abi.decodeFunctionResult(method, answer)[0] as T;
  }

  /** The arguments of the first event of that name in a receipt. */
  event(receipt: Receipt, name: string): Record<string, unknown> {
    for (const log of receipt.logs) {
      const parsed = this.abi.parseLog({ topics: [...log.topics], data: log.data });
      if (parsed?.name === name) return parsed.args.toObject() as Record<string, unknown>;
    }
    throw new Error(`no event ${name}`);
  }
}

/** anvil with the current hardfork, gas for nothing and every account unlocked, so that only gas used is measured. */
export class GasChain {
  readonly hardfork = HARDFORK;
  readonly chainId = CHAIN_ID;
  readonly provider: JsonRpcProvider;
  readonly #url: string;
  readonly #stop: () => Promise<void>;
  #nextId = 0;

  private constructor(url: string, stop: () => Promise<void>) {
    this.#url = url;
    this.#stop = stop;
    this.provider = new JsonRpcProvider(url, CHAIN_ID, { staticNetwork: true, cacheTimeout: -1, pollingInterval: 50 });
  }

  static async start(): Promise<GasChain> {
    const port = await freePort();
    const child = spawn(
      anvil(),
      [
        ...['--port', String(port), '--hardfork', HARDFORK, '--chain-id', String(CHAIN_ID), '--quiet'],
        ...['--base-fee', '0', '--gas-price', '0', '--auto-impersonate', '--enable-tx-gas-limit'],
        ...['--gas-limit', '100000000', '--timestamp', '1800000000'],
      ],
      { stdio: 'ignore' },
    );
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const chain = new GasChain(`http://127.0.0.1:${port}`, async () => {
      child.kill('SIGTERM');
      await ended;
    });
    for (let attempt = 0; attempt < 200; attempt++) {
      try {
        await chain.rpc('eth_chainId', []);
        return chain;
      } catch {
        await sleep(50);
      }
    }
    await chain.stop();
    throw new Error('anvil did not start');
  }

  async stop(): Promise<void> {
    this.provider.destroy();
    await this.#stop();
  }

  async rpc<T>(method: string, params: readonly unknown[]): Promise<T> {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: ++this.#nextId, method, params }),
    });
    const { result, error } = (await response.json()) as { result: T; error?: { message: string; data?: string } };
    if (error) throw new TransactionFailed(`${method}: ${error.message} ${error.data ?? ''}`.slice(0, 400));
    return result;
  }

  async send(from: string, to: string | null, data: string, gas = TRANSACTION_GAS_LIMIT): Promise<Receipt> {
    const request = { from, ...(to === null ? {} : { to }), data, gas: toBeHex(gas), gasPrice: '0x0' };
    const hash = await this.rpc<string>('eth_sendTransaction', [request]);
    let raw = await this.rpc<RawReceipt | null>('eth_getTransactionReceipt', [hash]);
    for (; raw === null; raw = await this.rpc('eth_getTransactionReceipt', [hash])) await sleep(2);
    if (raw.status !== '0x1') {
      const reason = await this.rpc('eth_call', [request, 'latest']).then(
        () => 'reverted, but not when asked again',
        (error: Error) => error.message,
      );
      throw new TransactionFailed(`${reason} (gas used ${Number(raw.gasUsed)})`);
    }
    return { gas: Number(raw.gasUsed), contractAddress: raw.contractAddress, logs: raw.logs };
  }

  /** Deploys from creation code and constructor arguments. */
  async deploy(
    from: string,
    { abi, bytecode }: { abi: InterfaceAbi; bytecode: string },
    ...args: readonly unknown[]
  ): Promise<{ contract: Deployed; gas: number }> {
    const face = new Interface(abi);
    const receipt = await this.send(from, null, bytecode + face.encodeDeploy(args).slice(2));
    if (receipt.contractAddress === null) throw new TransactionFailed('no contract was created');
    return { contract: new Deployed(this, face, receipt.contractAddress), gas: receipt.gas };
  }

  at(abi: InterfaceAbi, address: string): Deployed {
    return new Deployed(this, abi, address);
  }

  /** Lets time pass before the next transaction. */
  async pass(seconds: number): Promise<void> {
    await this.rpc('evm_increaseTime', [seconds]);
    await this.rpc('evm_mine', []);
  }

  async now(): Promise<number> {
    return Number((await this.rpc<{ timestamp: string }>('eth_getBlockByNumber', ['latest', false])).timestamp);
  }

  signerOf(address: string): Promise<Signer> {
    return this.provider.getSigner(address);
  }
}

/** True when no byte is zero: then calldata costs the same for every such value. */
export function isDense(value: string): boolean {
  return !/^0x(..)*00/.test(value);
}

/** A key by name whose address has no zero byte, so that figures do not depend on who acts. */
export function actor(name: string): Wallet {
  for (let attempt = 0; ; attempt++) {
    const wallet = new Wallet(id(`${name} ${attempt}`));
    if (isDense(wallet.address)) return wallet;
  }
}

/** 32 bytes by name without a zero byte. */
export function word(name: string): string {
  for (let attempt = 0; ; attempt++) {
    const value = id(`${name} ${attempt}`);
    if (isDense(value)) return value;
  }
}

/** Address `index` of a crowd: 20 bytes without a zero byte. */
export function member(index: number): string {
  const bytes = Uint8Array.from(Buffer.from(id(`member ${index}`).slice(2, 42), 'hex'), (byte) => byte || 1);
  return getAddress(dataSlice(hexlify(bytes), 0, 20));
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
