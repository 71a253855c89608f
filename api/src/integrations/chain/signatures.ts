import { recoverAddress } from 'ethers';
import type { ChainPort } from './chain.port.ts';

/** Whether `signature` of `digest` is `account`'s: a plain key first, then the account's own code (ERC-1271). */
export async function isSignedBy(
  chain: ChainPort,
  account: string,
  digest: string,
  signature: string,
): Promise<boolean> {
  return recovers(account, digest, signature) || chain.isValidSignature(account, digest, signature);
}

export function recovers(account: string, digest: string, signature: string): boolean {
  try {
    return recoverAddress(digest, signature).toLowerCase() === account.toLowerCase();
  } catch {
    return false;
  }
}
