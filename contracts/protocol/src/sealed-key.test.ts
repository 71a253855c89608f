import { describe, expect, it } from '@jest/globals';
import { verifyTypedData } from 'ethers';
import fc from 'fast-check';
import actors from '../vectors/actors.json' with { type: 'json' };
import vectors from '../vectors/sealed-keys.json' with { type: 'json' };
import { withFixedRandomness } from '../scripts/fixed-randomness.ts';
import { flipHexBit } from '../test/arbitrary.ts';
import { fromBase64, fromHex, toBase64, toHex, type Hex } from './bytes.ts';
import { sealDataHash, sealIdentity } from './conditions.ts';
import { ibeOpen, verifyShare } from './ibe.ts';
import { canonicalJson } from './json.ts';
import { labelKey } from './keys.ts';
import { sealCiphertext, sealKey, sealRecord } from './seal.ts';
import { conditionOf, isOwnerKek, OWNER_ONLY, sealedKeyHash, type SealedKeyRecord } from './sealed-key.ts';
import { domainOf, hashStruct, types } from './typed-data.ts';

const records = vectors.records.map((vector) => ({ ...vector, record: vector.record as SealedKeyRecord }));
const [kek, label, twoNetworks] = records as [(typeof records)[0], (typeof records)[0], (typeof records)[0]];
const chainId = BigInt(actors.chainId);

describe('sealed key record', () => {
  it.each(records)(
    'has its text, hash and identity: $name',
    ({ record, canonicalText, recordHash, identity, sealedKey }) => {
      expect(canonicalJson(record)).toBe(canonicalText);
      expect(sealedKeyHash(record)).toBe(recordHash);
      expect(sealIdentity([conditionOf(record)], sealDataHash(fromHex(sealedKey)))).toBe(identity);
    },
  );

  it('is for its owner alone when no license can meet its terms and it is the top of the chain', () => {
    const owner = { ...kek.record, ...OWNER_ONLY, version: 1023 } as SealedKeyRecord;
    expect(isOwnerKek(owner)).toBe(true);
    for (const changes of [{ purposes: 1 }, { validUntil: 1 }, { sources: 1 }, { version: 1022 }, { kind: 'label' }])
      expect(isOwnerKek({ ...owner, ...changes } as SealedKeyRecord)).toBe(false);
    expect(conditionOf(owner).functionParams).toEqual(expect.arrayContaining(['1023', '0']));
  });

  it.each(records)('is signed by a granted device: $name', ({ record, recordHash, signature, signer }) => {
    const value = { contributorRef: record.contributorRef, datasetId: record.datasetId, recordHash };
    const domain = domainOf('SealedKey', chainId, actors.contracts);
    const recovered = verifyTypedData(domain, { SealedKey: [...types.SealedKey] }, value, signature);
    expect(recovered.toLowerCase()).toBe(signer);
    expect(signer).toBe(actors.accounts.device.address);
    expect(hashStruct('SealedKey', value)).not.toBe(
      hashStruct('SealedKey', { ...value, recordHash: flipHexBit(recordHash, 3) }),
    );
  });

  it.each(records)(
    'opens with two of three shares of each network: $name',
    ({ record, shares, sealedKey, identity }) => {
      record.seals.forEach((seal, i) => {
        expect(seal.networkKey).toBe(actors.networks[i]!.networkKey);
        const parts = shares[i]!.map(({ index, signature }) => ({ index, signature: fromHex(signature) }));
        expect(verifyShare(fromHex(shares[i]![0]!.commitment), identity, parts[0]!)).toBe(true);
        expect(toHex(ibeOpen(sealCiphertext(seal), parts.slice(1)) ?? new Uint8Array())).toBe(sealedKey);
      });
    },
  );

  it('is made again by the same randomness', async () => {
    const networkKeys = actors.networks.map((network) => network.networkKey);
    const again = async (name: string, { record, sealedKey }: (typeof records)[0], count: number) => {
      const { seals: _seals, ...terms } = record;
      return withFixedRandomness(`seal ${name}`, () =>
        sealRecord<SealedKeyRecord>(terms as SealedKeyRecord, fromHex(sealedKey), networkKeys.slice(0, count)),
      );
    };
    expect(await again('kek', kek, 1)).toEqual(kek.record);
    expect(await again('label', label, 1)).toEqual(label.record);
    expect(await again('two networks', twoNetworks, 2)).toEqual(twoNetworks.record);
  });

  it('seals the label key that follows from the KEK of its intake', () => {
    const { record } = label;
    if (record.kind !== 'label') throw new Error('not a label key');
    expect(toHex(labelKey(fromHex(kek.sealedKey), record.packId))).toBe(label.sealedKey);
  });

  it('has another hash for any change of any term, and another condition for any change of a term of consent', () => {
    fc.assert(
      fc.property(fc.constantFrom(...records), fc.nat(), ({ record, recordHash }, at) => {
        const condition = JSON.stringify(conditionOf(record));
        for (const [name, value] of Object.entries(record)) {
          if (name === 'v' || name === 'kind' || name === 'seals') continue;
          const changed =
            typeof value === 'number' ? value + 1 : name === 'chain' ? 'base' : flipHexBit(value as string, at);
          const other = { ...record, [name]: changed } as SealedKeyRecord;
          expect(sealedKeyHash(other)).not.toBe(recordHash);
          const bound = !['chainId', 'consentHash', 'intake', 'packIndex'].includes(name);
          expect(JSON.stringify(conditionOf(other)) === condition).toBe(!bound);
        }
        const seal = record.seals[0]!;
        const changes = [
          { ...seal, ciphertext: toBase64(fromHex(flipHexBit(toHex(fromBase64(seal.ciphertext)), at))) },
          { ...seal, dataHash: flipHexBit(`0x${seal.dataHash}`, at).slice(2) },
          { ...seal, networkKey: flipHexBit(seal.networkKey, at) },
        ];
        for (const change of changes) {
          const other = { ...record, seals: [change, ...record.seals.slice(1)] } as SealedKeyRecord;
          expect(sealedKeyHash(other)).not.toBe(recordHash);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('carries 1 to 4 seals of 32-byte keys', () => {
    const key = new Uint8Array(32);
    const network = actors.networks[0]!.networkKey;
    expect(() => sealRecord(kek.record, key, [])).toThrow(RangeError);
    expect(() => sealRecord(kek.record, key, Array<Hex>(5).fill(network as Hex))).toThrow(RangeError);
    expect(() => sealKey(network, conditionOf(kek.record), new Uint8Array(31))).toThrow(RangeError);
  });
});
