import { abis } from '@allod/contracts';
import { BaseWallet, Contract, type ContractRunner, FallbackProvider, JsonRpcProvider, type Provider } from 'ethers';
import type { AccountSigner } from '../identity/account.ts';
import { LocalSigner } from '../identity/localSigner.ts';
import { type Chain, type ChainOptions, type ContractAddresses, endpointsOf } from './chain.ts';

function connectProvider(options: ChainOptions): Provider {
  const providers = endpointsOf(options).map(
    (url) =>
      new JsonRpcProvider(url, options.chainId, {
        staticNetwork: true,
        cacheTimeout: -1,
        pollingInterval: options.pollingInterval ?? 1000,
      }),
  );
  if (providers.length === 1) return providers[0] as JsonRpcProvider;
  return new FallbackProvider(
    providers.map((each, i) => ({ provider: each, priority: i + 1, stallTimeout: 2000 })),
    options.chainId,
    { quorum: 1, cacheTimeout: -1, pollingInterval: options.pollingInterval ?? 1000 },
  );
}

type ContractName = keyof typeof abis & keyof ContractAddresses;

const providers = new WeakMap<Chain, Provider>();

/** The provider of a chain, connected when it is first asked for. */
export function providerOf(chain: Chain): Provider {
  const known = providers.get(chain);
  if (known) return known;
  const provider = chain.options.provider ?? connectProvider(chain.options);
  providers.set(chain, provider);
  chain.disconnect = () => provider.destroy();
  return provider;
}

/** A runner that can send: a signer without a provider of its own uses the chain's. */
export function runnerOf(chain: Chain, signer?: AccountSigner): ContractRunner {
  if (!signer) return providerOf(chain);
  if (signer instanceof LocalSigner) return new BaseWallet(signer.key, providerOf(chain));
  return signer.provider ? signer : signer.connect(providerOf(chain));
}

/** A deployed contract, for reading or, with a signer, for sending. */
export function contractAt(chain: Chain, name: ContractName, signer?: AccountSigner): Contract {
  const address = chain.contracts[name];
  if (address === undefined) throw new RangeError(`the chain options name no ${name}`);
  return new Contract(address, abis[name] as never, runnerOf(chain, signer));
}
