import { hexlify, JsonRpcProvider, Wallet as KeyWallet } from 'ethers';
import type { Wallet, WalletConfig } from './wallet.ts';
import { WalletError } from './wallet.ts';

/** Session storage: one key per tab, gone with the tab. Only offered when the configuration says `development`. */
const KEY = 'allod.developmentKey';

export function createKey(storage: Pick<Storage, 'setItem'>): string {
  const privateKey = hexlify(crypto.getRandomValues(new Uint8Array(32)));
  storage.setItem(KEY, privateKey);
  return privateKey;
}

export function importKey(storage: Pick<Storage, 'setItem'>, text: string): string {
  const digits = text.trim().replace(/^0x/i, '');
  if (!/^[0-9a-fA-F]{64}$/.test(digits)) throw new WalletError('BAD_KEY', 'not a private key');
  const privateKey = `0x${digits.toLowerCase()}`;
  try {
    new KeyWallet(privateKey);
  } catch {
    throw new WalletError('BAD_KEY', 'not a private key');
  }
  storage.setItem(KEY, privateKey);
  return privateKey;
}

export function storedKey(storage: Pick<Storage, 'getItem'>): string | null {
  return storage.getItem(KEY);
}

export function forgetKey(storage: Pick<Storage, 'removeItem'>): void {
  storage.removeItem(KEY);
}

export function connectDevelopment(privateKey: string, config: WalletConfig): Wallet {
  const provider = new JsonRpcProvider(config.rpcUrls[0], config.chainId, {
    staticNetwork: true,
    pollingInterval: 500,
  });
  const signer = new KeyWallet(privateKey, provider);
  return { kind: 'development', address: signer.address, signer };
}

/** A new account cannot pay gas. A development chain grants any balance that is asked for; elsewhere this does nothing. */
export async function askForGas(wallet: Wallet): Promise<void> {
  const provider = wallet.signer.provider;
  if (!(provider instanceof JsonRpcProvider)) return;
  const least = 10n ** 17n;
  try {
    if ((await provider.getBalance(wallet.address)) >= least) return;
    await provider.send('anvil_setBalance', [wallet.address, '0xde0b6b3a7640000']);
  } catch {
    // Without gas everything but the withdrawal works, and the withdrawal says what is missing.
  }
}
