import { AllodError } from '../errors/base.ts';
import type { AllodNetwork } from './allodNetwork.ts';
import { shippedNetworks } from './networks.generated.ts';

/**
 * A network that this version of the SDK ships. It is compiled in: no server is asked, so none can name another one. For a network that
 * is not shipped, such as a development chain, write a {@link AllodNetwork} into your own code; never take one from the API.
 *
 * @throws `UNKNOWN_NETWORK`
 * @example
 * const { chain, keys } = networkOf(8453);
 * const client = createClient({ api, chain: { ...chain, rpcUrls }, keyGate: createLightKeyGate({ ...keys, rpcUrl: rpcUrls[0] }), seed });
 */
export function networkOf(chainId: number, networks: readonly AllodNetwork[] = shippedNetworks): AllodNetwork {
  const found = networks.find(({ chain }) => chain.chainId === chainId);
  if (!found)
    throw new AllodError('UNKNOWN_NETWORK', `this version ships no network on chain ${chainId}`, {
      details: { chainId, shipped: networks.map(({ chain }) => chain.chainId) },
    });
  return found;
}
