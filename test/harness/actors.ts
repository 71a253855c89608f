import type { Role } from '@allod/dev/src/accounts.ts';
import type { Stack } from '@allod/dev/src/stack.ts';
import {
  type Client,
  type Contributor,
  createClient,
  createLightKeyGate,
  memoryPlatform,
  type Platform,
} from '@allod/sdk';
import { JsonRpcProvider, Wallet } from 'ethers';

/** Clients of one stack, as its users configure them; `close()` lets go of the chain. */
export class Clients {
  readonly #stack: Stack;
  readonly #provider: JsonRpcProvider;
  readonly #closers: (() => Promise<void>)[] = [];

  constructor(stack: Stack) {
    this.#stack = stack;
    this.#provider = new JsonRpcProvider(stack.urls.rpc, stack.chainId, {
      staticNetwork: true,
      cacheTimeout: -1,
      pollingInterval: 100,
    });
  }

  /** A client with a role's wallet, and with a seed where it contributes. */
  of(role: Role, options: { seed?: Uint8Array; contributor?: Contributor; platform?: Platform } = {}): Client {
    return this.withKey(this.#stack.accounts[role].privateKey, options);
  }

  /** A client with any wallet, for example one that was made in a browser. */
  withKey(
    privateKey: string,
    options: { seed?: Uint8Array; contributor?: Contributor; platform?: Platform } = {},
  ): Client {
    const { urls, chainId, chainName, deployment, network } = this.#stack;
    const keyGate = createLightKeyGate({
      chainId,
      chain: chainName,
      networkKey: network.networkKey,
      keeperRegistry: deployment.addresses.KeeperRegistry,
      rpcUrl: urls.rpc,
    });
    this.#closers.push(() => keyGate.close());
    return createClient({
      api: urls.api,
      chain: { chainId, name: chainName, rpcUrl: urls.rpc, contracts: deployment.addresses, pollingInterval: 100 },
      signer: new Wallet(privateKey, this.#provider),
      ...(options.seed === undefined ? {} : { seed: options.seed }),
      ...(options.contributor === undefined ? {} : { contributor: options.contributor }),
      keyGate,
      platform: options.platform ?? memoryPlatform(),
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#closers.map((close) => close()));
    this.#provider.destroy();
  }
}
