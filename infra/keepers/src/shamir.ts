import { bls12_381 as bls } from '@noble/curves/bls12-381.js';
import { randomBytes } from 'node:crypto';

const { Fr } = bls.fields;

/** Uniform non-zero scalar: 64 random bytes leave a bias below 2^-250. */
export function randomScalar(): bigint {
  const scalar = BigInt(`0x${randomBytes(64).toString('hex')}`) % Fr.ORDER;
  return scalar === 0n ? randomScalar() : scalar;
}

/** f(x) over Fr by Horner's rule; coefficients from the constant term up. */
export function evaluate(coefficients: readonly bigint[], x: bigint): bigint {
  return coefficients.reduceRight((acc, coefficient) => Fr.add(Fr.mul(acc, x), coefficient), 0n);
}

/** Lagrange interpolation at zero. */
export function interpolateAtZero(points: readonly { x: bigint; y: bigint }[]): bigint {
  return points.reduce((sum, { x, y }) => {
    const weight = points
      .filter((other) => other.x !== x)
      .reduce((acc, other) => Fr.mul(acc, Fr.div(other.x, Fr.sub(other.x, x))), 1n);
    return Fr.add(sum, Fr.mul(y, weight));
  }, 0n);
}

export const scalarToBytes = (scalar: bigint): Uint8Array => Fr.toBytes(scalar);

export function bytesToScalar(bytes: Uint8Array): bigint {
  const scalar = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  if (scalar === 0n || scalar >= Fr.ORDER) throw new Error('not a scalar of BLS12-381');
  return scalar;
}

/** G1·scalar, compressed, 0x hex: the public commitment to a share, or the network key for f(0). */
export const commitmentTo = (scalar: bigint): string => `0x${bls.G1.Point.BASE.multiply(scalar).toHex(true)}`;
