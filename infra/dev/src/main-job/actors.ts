import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import {
  type Client,
  createClient,
  createLightKeyGate,
  createLitSdkKeyGate,
  type KeyGate,
  nodePlatform,
} from '@allod/sdk';
import { JsonRpcProvider, Wallet } from 'ethers';
import type { Role } from '../accounts.ts';
import type { Stack } from '../stack.ts';

/** A client of the platform and the wallet that it signs with. */
export interface Actor {
  name: string;
  client: Client;
  wallet: Wallet;
}

export interface Actors {
  curator: Actor;
  requester: Actor;
  company: Actor;
  /** The company's account once more, with the genuine Lit SDK in front of the keepers. */
  companyOnLit: Actor;
  stranger: Actor;
  contributors: Actor[];
  labelers: Actor[];
  close: () => Promise<void>;
}

/** Clients that know the platform as its users do: API and RPC addresses, contracts and the network key; nothing private. */
export function createActors(stack: Stack): Actors {
  const { urls, deployment, chainId, chainName, network, dataDir } = stack;
  const provider = new JsonRpcProvider(urls.rpc, chainId, {
    staticNetwork: true,
    cacheTimeout: -1,
    pollingInterval: 100,
  });
  const keyNetwork = {
    chainId,
    chain: chainName,
    networkKey: network.networkKey,
    keeperRegistry: deployment.addresses.KeeperRegistry,
    rpcUrl: urls.rpc,
  };
  const run = `${Date.now()}`;
  const gates: KeyGate[] = [];
  const actor = (role: Role, name: string, options: { contributor?: boolean; lit?: boolean } = {}): Actor => {
    const keyGate = options.lit ? createLitSdkKeyGate(keyNetwork) : createLightKeyGate(keyNetwork);
    gates.push(keyGate);
    const wallet = new Wallet(stack.accounts[role].privateKey, provider);
    const client = createClient({
      api: urls.api,
      chain: { chainId, name: chainName, rpcUrl: urls.rpc, contracts: deployment.addresses, pollingInterval: 100 },
      signer: wallet,
      ...(options.contributor ? { seed: new Uint8Array(randomBytes(32)) } : {}),
      keyGate,
      platform: nodePlatform(join(dataDir, 'main-job', run, options.lit ? `${role}-lit` : role)),
    });
    return { name, client, wallet };
  };
  return {
    curator: actor('curator', 'curator'),
    requester: actor('requester', 'requester'),
    company: actor('company', 'AI company'),
    companyOnLit: actor('company', 'AI company', { lit: true }),
    stranger: actor('stranger', 'stranger'),
    contributors: (['contributor1', 'contributor2', 'contributor3'] as const).map((role, i) =>
      actor(role, `contributor ${i + 1}`, { contributor: true }),
    ),
    labelers: (['labeler1', 'labeler2', 'labeler3', 'labeler4', 'labeler5'] as const).map((role, i) =>
      actor(role, `labeler ${i + 1}`),
    ),
    close: async () => {
      await Promise.all(gates.map((gate) => gate.close()));
      provider.destroy();
    },
  };
}
