import { keccak256, utf8 } from '@allod/protocol';

/** An address with the mixed case of EIP-55. Throws TypeError on anything that is no address, or whose case is a wrong checksum. */
export function checksumAddress(address: string): string {
  if (!/^0x[0-9a-f]{40}$/i.test(address)) throw new TypeError(`not an address: ${address}`);
  const digits = address.slice(2).toLowerCase();
  const hash = keccak256(utf8(digits)).slice(2);
  const checksummed = `0x${[...digits].map((digit, i) => (parseInt(hash[i]!, 16) > 7 ? digit.toUpperCase() : digit)).join('')}`;
  const isMixed = /[a-f]/.test(address.slice(2)) && /[A-F]/.test(address.slice(2));
  if (isMixed && address.slice(2) !== checksummed.slice(2)) throw new TypeError(`wrong checksum: ${address}`);
  return checksummed;
}
