import type { Signer } from 'ethers';

/** An account that acts: the wallet of the client, or a contributorRef derived from its seed. */
export interface Account {
  address: string;
  signer: Signer;
}
