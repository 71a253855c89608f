import { type Eip1193Provider, toUtf8String, Wallet } from 'ethers';
import { CHAIN_ID } from './fakeChain.ts';

/** What a person was asked to sign. */
export interface Prompt {
  method: string;
  /** Of typed data. */
  primaryType?: string;
}

/** An injected wallet (EIP-1193) whose owner says yes; it gives out no key and counts what it asks. */
export interface InjectedWallet extends Eip1193Provider {
  readonly address: string;
  readonly prompts: Prompt[];
}

interface TypedData {
  primaryType: string;
  domain: object;
  types: Record<string, { name: string; type: string }[]>;
  message: Record<string, unknown>;
}

/** @param rpc answers what is not the wallet's own: reads of the chain and transactions */
export function injectedWallet(
  wallet = new Wallet(Wallet.createRandom().privateKey),
  chainId = CHAIN_ID,
  rpc: Eip1193Provider['request'] = ({ method }) => Promise.reject(new Error(`no ${method} here`)),
): InjectedWallet {
  const prompts: Prompt[] = [];
  const sign = async (method: string, params: string[]): Promise<string> => {
    if (method === 'personal_sign') {
      prompts.push({ method });
      return wallet.signMessage(toUtf8String(params[0] as string));
    }
    const { primaryType, domain, types, message } = JSON.parse(params[1] as string) as TypedData;
    prompts.push({ method, primaryType });
    const { EIP712Domain: _, ...own } = types;
    return wallet.signTypedData(domain, own, message);
  };
  return {
    address: wallet.address,
    prompts,
    request: async ({ method, params = [] }) => {
      if (method === 'eth_requestAccounts' || method === 'eth_accounts') return [wallet.address];
      if (method === 'eth_chainId') return `0x${chainId.toString(16)}`;
      if (method === 'personal_sign' || method === 'eth_signTypedData_v4') return sign(method, params as string[]);
      return rpc({ method, params });
    },
  };
}
