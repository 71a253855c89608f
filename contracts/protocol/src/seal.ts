import { fromBase64, fromHex, toBase64 } from './bytes.ts';
import { sealDataHash, sealIdentity, type EvmContractCondition } from './conditions.ts';
import { ibeEncrypt } from './ibe.ts';
import { conditionOf, type Seal, type SealedKeyRecord } from './sealed-key.ts';

/** Seals a 32-byte key to a key network under one condition. Needs the network's public key only. Throws RangeError on another length. */
export function sealKey(networkKey: string, condition: EvmContractCondition, key: Uint8Array): Seal {
  if (key.length !== 32) throw new RangeError('only 32-byte keys are sealed');
  const dataHash = sealDataHash(key);
  const ciphertext = toBase64(ibeEncrypt(fromHex(networkKey), sealIdentity([condition], dataHash), key));
  return { scheme: 'lit-bls-v1', networkKey: networkKey.toLowerCase(), dataHash, ciphertext };
}

/** Completes a record's terms with seals to one or more key networks (at most 4). */
export function sealRecord<R extends SealedKeyRecord>(
  terms: Omit<R, 'seals'>,
  key: Uint8Array,
  networkKeys: readonly string[],
): R {
  if (networkKeys.length < 1 || networkKeys.length > 4) throw new RangeError('a record carries 1 to 4 seals');
  const record = { ...terms, seals: [] } as unknown as R;
  const condition = conditionOf(record);
  return { ...record, seals: networkKeys.map((networkKey) => sealKey(networkKey, condition, key)) };
}

/** Ciphertext bytes of a seal. */
export function sealCiphertext(seal: Seal): Uint8Array<ArrayBuffer> {
  return fromBase64(seal.ciphertext);
}
