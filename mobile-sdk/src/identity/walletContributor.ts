import { BrowserProvider, type Eip1193Provider, type Signer } from 'ethers';

export type { Eip1193Provider } from 'ethers';

/** A wallet that contributes under its own address. */
export interface Contributor {
  address: string;
  signer: Signer;
}

/**
 * A contributor without a seed: the wallet's own address stands for it in every dataset, so that its datasets can be linked. It signs
 * in, consents, and grants a device key; batches are signed by that key, without a prompt. Its keys are random, and sealed so that the
 * keepers give them to this wallet alone: on another device the wallet is all that it takes.
 *
 * @param wallet an injected wallet (EIP-1193), or any ethers signer
 * @throws what the wallet says when it refuses
 * @example
 * const contributor = await walletContributor(window.ethereum);
 */
export async function walletContributor(wallet: Eip1193Provider | Signer): Promise<Contributor> {
  const signer = 'request' in wallet ? await new BrowserProvider(wallet).getSigner() : wallet;
  return { address: await signer.getAddress(), signer };
}
