import type { Signer } from 'ethers';
import type { AppConfig } from '../config.ts';

/** Whoever signs for this account: a wallet of the browser, or in development a key kept in this tab. */
export interface Wallet {
  kind: 'injected' | 'development';
  address: string;
  signer: Signer;
}

export interface Eip1193Provider {
  request(request: { method: string; params?: unknown[] }): Promise<unknown>;
  on?(event: string, listener: (...args: never[]) => void): void;
  removeListener?(event: string, listener: (...args: never[]) => void): void;
}

export class WalletError extends Error {
  override name = 'WalletError';
  readonly code: 'REJECTED' | 'WRONG_CHAIN' | 'NO_WALLET' | 'BAD_KEY';

  constructor(code: WalletError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

export function injectedProvider(): Eip1193Provider | null {
  return (window as { ethereum?: Eip1193Provider }).ethereum ?? null;
}

/** EIP-1193 (4001) and ethers name a refused prompt differently. */
export function isRejection(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === 4001 || code === 'ACTION_REJECTED' || (error instanceof WalletError && error.code === 'REJECTED');
}

export type WalletConfig = Pick<AppConfig, 'chainId' | 'rpcUrls' | 'chainName'>;
