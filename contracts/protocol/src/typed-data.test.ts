import { describe, expect, it } from '@jest/globals';
import { recoverAddress, TypedDataEncoder, verifyTypedData } from 'ethers';
import fc from 'fast-check';
import actors from '../vectors/actors.json' with { type: 'json' };
import vectors from '../vectors/typed-data.json' with { type: 'json' };
import { flipHexBit, hexOf } from '../test/arbitrary.ts';
import { fromHex, tag } from './bytes.ts';
import { consentHash, digestOf, domainOf, hashStruct, types, verifyingContractOf } from './typed-data.ts';
import type { Consent, StructName } from './typed-data.ts';

const chainId = BigInt(actors.chainId);
const { contracts } = actors;
const names = Object.keys(types) as StructName[];
const all = [...vectors.structs, ...vectors.consentsUnderOneNonce];

/** A value of an EIP-712 atomic type. */
function valueOf(type: string): fc.Arbitrary<string> {
  if (type === 'address') return hexOf(20);
  if (type === 'bytes32') return hexOf(32);
  if (type === 'bytes') return fc.uint8Array({ maxLength: 100 }).map((b) => `0x${Buffer.from(b).toString('hex')}`);
  if (type === 'string') return fc.string({ unit: 'grapheme', maxLength: 60 });
  const bits = BigInt(type.slice('uint'.length));
  return fc.bigInt({ min: 0n, max: 2n ** bits - 1n }).map(String);
}

const structOf = (struct: StructName): fc.Arbitrary<Record<string, string>> =>
  fc.record(Object.fromEntries(types[struct].map(({ name, type }) => [name, valueOf(type)])));

/** The same value with one bit of one field changed. */
function changeField(value: string, type: string, at: number): string {
  if (type === 'string') return `${value}.`;
  if (type === 'bytes') return value === '0x' ? '0x00' : flipHexBit(value, at);
  if (type.startsWith('uint')) return String(BigInt(value) ^ (1n << BigInt(at % Number(type.slice('uint'.length)))));
  return flipHexBit(value, at);
}

describe('EIP-712', () => {
  it('has a vector of every struct', () => {
    expect(vectors.structs.map((vector) => vector.struct)).toEqual(names);
  });

  it.each(vectors.domains)('has the domain of $contract', ({ contract, separator, ...domain }) => {
    const name = contract as (typeof verifyingContractOf)[StructName];
    const struct = names.find((key) => verifyingContractOf[key] === name) as StructName;
    expect(domain).toEqual({
      name: 'Allod',
      version: '1',
      chainId: String(chainId),
      verifyingContract: contracts[name],
    });
    expect(TypedDataEncoder.hashDomain(domainOf(struct, chainId, contracts))).toBe(separator);
  });

  it.each(all)('hashes $struct', (vector) => {
    const struct = vector.struct as StructName;
    expect(tag(vector.encodeType)).toBe(vector.typeHash);
    expect(vector.encodeType).toBe(`${struct}(${types[struct].map(({ type, name }) => `${type} ${name}`).join(',')})`);
    expect(verifyingContractOf[struct]).toBe(vector.verifyingContract);
    expect(hashStruct(struct, vector.value)).toBe(vector.hashStruct);
    expect(digestOf(struct, vector.value, chainId, contracts)).toBe(vector.digest);
  });

  it.each(all)('recovers the signer of $struct', (vector) => {
    const struct = vector.struct as StructName;
    const domain = domainOf(struct, chainId, contracts);
    const recovered = verifyTypedData(domain, { [struct]: [...types[struct]] }, vector.value, vector.signature);
    expect(recovered.toLowerCase()).toBe(vector.signerAddress);
    expect(fromHex(vector.signature).length).toBe(65);
  });

  it('tells two consents under one nonce apart by their purposes', () => {
    const [one, other] = vectors.consentsUnderOneNonce;
    expect({ ...one!.value, purposes: '' }).toEqual({ ...other!.value, purposes: '' });
    expect(one!.hashStruct).not.toBe(other!.hashStruct);
    expect(one!.digest).not.toBe(other!.digest);
    expect(consentHash(one!.value as unknown as Consent)).toBe(one!.hashStruct);
  });

  it('separates chains and contracts', () => {
    for (const { struct, value, digest } of vectors.structs) {
      const name = struct as StructName;
      expect(digestOf(name, value, chainId + 1n, contracts)).not.toBe(digest);
      const other = { ...contracts, [verifyingContractOf[name]]: `0x${'11'.repeat(20)}` };
      expect(digestOf(name, value, chainId, other)).not.toBe(digest);
    }
  });

  it.each(names)('changes the digest of %s with any bit of any field', (struct) => {
    fc.assert(
      fc.property(structOf(struct), fc.nat(), (value, at) => {
        const digest = digestOf(struct, value, chainId, contracts);
        for (const { name, type } of types[struct]) {
          const changed = { ...value, [name]: changeField(value[name] as string, type, at) };
          expect(digestOf(struct, changed, chainId, contracts)).not.toBe(digest);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('refuses values that do not fit their type', () => {
    const consent = vectors.consentsUnderOneNonce[0]!.value;
    expect(() => hashStruct('Consent', { ...consent, purposes: 65536 })).toThrow();
    expect(() => hashStruct('Consent', { ...consent, validUntil: 2n ** 40n })).toThrow();
    expect(() => hashStruct('Consent', { ...consent, minPrice: -1 })).toThrow();
    expect(() => hashStruct('Consent', { ...consent, datasetId: '0x12' })).toThrow();
    const { sources: _sources, ...incomplete } = consent;
    expect(() => hashStruct('Consent', incomplete)).toThrow();
  });

  it('does not recover the signer from a signature with one changed bit', () => {
    const [vector] = vectors.consentsUnderOneNonce;
    fc.assert(
      fc.property(fc.nat(64 * 8 - 1), (at) => {
        const recover = () => recoverAddress(vector!.digest, flipHexBit(vector!.signature, at)).toLowerCase();
        let recovered: string | undefined;
        try {
          recovered = recover();
        } catch {
          recovered = undefined;
        }
        expect(recovered).not.toBe(vector!.signerAddress);
      }),
    );
  });
});
