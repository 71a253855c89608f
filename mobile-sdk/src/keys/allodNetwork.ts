import type { ChainOptions } from '../chain/chain.ts';
import type { KeyNetwork } from './key-gate.port.ts';

/** A deployment as the SDK ships it: what identifies chain, contracts and keepers. Endpoints are the caller's. */
export interface AllodNetwork {
  chain: Pick<ChainOptions, 'chainId' | 'name' | 'contracts'>;
  keys: KeyNetwork;
}
