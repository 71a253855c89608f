import type { Signer } from 'ethers';
import type { LocalSigner } from './localSigner.ts';

/** A wallet, or a key in memory. */
export type AccountSigner = Signer | LocalSigner;

/** An account that acts: the wallet of the client, or a contributorRef derived from its seed. */
export interface Account {
  address: string;
  signer: AccountSigner;
}
