import { beforeAll, describe, expect, it } from '@jest/globals';
import { bls12_381 as bls } from '@noble/curves/bls12-381.js';
import { randomBytes } from '@noble/hashes/utils.js';
import { hashIdentity, type IbeCurve, ibeEncrypt, ibeOpen, type KeyShare, toHex } from '@allod/protocol';
import { loadWasmCurve } from './ibe-wasm.ts';

const { Fr } = bls.fields;
const identity = `lit-accesscontrolcondition://${'ab'.repeat(32)}/${'cd'.repeat(32)}`;

/** A network of threshold t with random coefficients. */
function network(t: number) {
  const coefficients = Array.from({ length: t }, () => Fr.fromBytes(randomBytes(32)));
  const at = (x: number) => coefficients.reduceRight((sum, c) => Fr.add(Fr.mul(sum, BigInt(x)), c), 0n);
  const point = hashIdentity(identity);
  return {
    publicKey: bls.G1.Point.BASE.multiply(coefficients[0]!).toBytes(true),
    share: (index: number): KeyShare => ({ index, signature: point.multiply(at(index)).toBytes(true) }),
  };
}

describe('curve arithmetic in WebAssembly', () => {
  let curve: IbeCurve;
  beforeAll(async () => {
    curve = (await loadWasmCurve())!;
    expect(curve).toBeDefined();
  });

  it.each([[[1]], [[1, 2]], [[3, 1]], [[2, 3]], [[254, 255]], [[1, 2, 3]], [[7, 2, 9, 4]]])(
    'opens with the shares of keepers %j what plain JavaScript sealed, to the same bytes',
    (indices) => {
      const { publicKey, share } = network(indices.length);
      for (const length of [0, 32, 200]) {
        const message = randomBytes(length);
        const sealed = ibeEncrypt(publicKey, identity, message);
        const shares = indices.map(share);
        expect(ibeOpen(sealed, shares, curve)).toEqual(message);
        expect(ibeOpen(sealed, shares)).toEqual(message);
      }
    },
  );

  it('gives the same bytes of the target group and of multiples of the generator', () => {
    const { share } = network(2);
    const u = bls.G1.Point.BASE.multiply(Fr.fromBytes(randomBytes(32))).toBytes(true);
    const shares = [share(1), share(3)];
    const sum = bls.G2.Point.fromBytes(shares[0]!.signature)
      .multiply(3n)
      .add(bls.G2.Point.fromBytes(shares[1]!.signature).negate())
      .multiply(Fr.inv(2n));
    const expected = bls.fields.Fp12.toBytes(bls.pairing(bls.G1.Point.fromBytes(u), sum));
    expect(toHex(curve.sharedSecret(u, shares)!)).toBe(toHex(expected));
    for (const scalar of [1n, 2n, Fr.ORDER - 1n, Fr.fromBytes(randomBytes(32))])
      expect(toHex(curve.timesGenerator(scalar))).toBe(toHex(bls.G1.Point.BASE.multiply(scalar).toBytes(true)));
  });

  it('gives nothing for too few, wrong, doubled or malformed shares', () => {
    const { publicKey, share } = network(2);
    const sealed = ibeEncrypt(publicKey, identity, randomBytes(32));
    expect(ibeOpen(sealed, [share(1)], curve)).toBeUndefined();
    expect(ibeOpen(sealed, [], curve)).toBeUndefined();
    expect(ibeOpen(sealed, [share(1), { ...share(3), index: 2 }], curve)).toBeUndefined();
    expect(() => ibeOpen(sealed, [share(1), share(1)], curve)).toThrow('duplicate share');
    const malformed = [new Uint8Array(96), new Uint8Array(96).fill(0xff), randomBytes(95), notInSubgroup()];
    for (const signature of malformed)
      expect(() => ibeOpen(sealed, [share(1), { index: 2, signature }], curve)).toThrow();
  });
});

/** A point of the curve of G2 that is not in the group of prime order. */
function notInSubgroup(): Uint8Array {
  for (;;) {
    const bytes = randomBytes(96);
    bytes[0] = 0x80 | (bytes[0]! & 0x1f & 0x0f);
    try {
      const point = bls.G2.Point.fromBytes(bytes);
      if (!point.isTorsionFree()) return bytes;
    } catch (error) {
      if (/subgroup|torsion/i.test(String(error))) return bytes;
    }
  }
}
