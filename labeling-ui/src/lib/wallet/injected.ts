import { BrowserProvider } from 'ethers';
import type { Eip1193Provider, Wallet, WalletConfig } from './wallet.ts';
import { WalletError } from './wallet.ts';

const UNKNOWN_CHAIN = 4902;

/** Asks the wallet for its account and for the right chain; it may answer with prompts of its own. */
export async function connectInjected(provider: Eip1193Provider, config: WalletConfig): Promise<Wallet> {
  await provider.request({ method: 'eth_requestAccounts' });
  await useChain(provider, config);
  const signer = await new BrowserProvider(provider, config.chainId).getSigner();
  return { kind: 'injected', address: await signer.getAddress(), signer };
}

async function useChain(provider: Eip1193Provider, config: WalletConfig): Promise<void> {
  const wanted = `0x${config.chainId.toString(16)}`;
  const current = async () => Number(await provider.request({ method: 'eth_chainId' }));
  if ((await current()) === config.chainId) return;
  try {
    await provider.request({ method: 'wallet_switchEthereumChain', params: [{ chainId: wanted }] });
  } catch (error) {
    if ((error as { code?: unknown }).code !== UNKNOWN_CHAIN) throw error;
    const chain = {
      chainId: wanted,
      chainName: config.chainName,
      rpcUrls: config.rpcUrls,
      nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    };
    await provider.request({ method: 'wallet_addEthereumChain', params: [chain] });
  }
  if ((await current()) !== config.chainId) throw new WalletError('WRONG_CHAIN', 'the wallet stayed on another chain');
}
