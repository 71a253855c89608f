import { readFileSync } from 'node:fs';
import { Wallet } from 'ethers';

/** A private key from a file of mode 600: hex, or JSON `{ "privateKey": … }`. */
export function walletFromFile(path: string): Wallet {
  const text = readFileSync(path, 'utf8').trim();
  const key = text.startsWith('{') ? (JSON.parse(text) as { privateKey: string }).privateKey : text;
  return new Wallet(key.startsWith('0x') ? key : `0x${key}`);
}
