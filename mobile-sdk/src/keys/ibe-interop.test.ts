import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createRequire } from 'node:module';
import { bls12_381 as bls } from '@noble/curves/bls12-381.js';
import { hexToBytes, randomBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import {
  canDecryptCondition,
  canLabelCondition,
  conditionsHash,
  ibeEncrypt,
  ibeOpen,
  toHex,
  verifyShare,
} from '@allod/protocol';
import type { KeyShare } from '@allod/protocol';

interface LitCrypto {
  encrypt(publicKey: string, message: Uint8Array, identity: Uint8Array): Promise<string>;
  verifyAndDecryptWithSignatureShares(
    publicKey: string,
    identity: Uint8Array,
    ciphertext: string,
    shares: { ProofOfPossession: string }[],
  ): Promise<Uint8Array>;
}
interface LitConditions {
  hashEVMContractConditions(conditions: unknown[]): Promise<ArrayBuffer>;
  validateEVMContractConditionsSchema(conditions: unknown[]): Promise<boolean>;
}

const litRequire = createRequire(createRequire(import.meta.url).resolve('@lit-protocol/lit-node-client'));
const DST = 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_';
const { Fr } = bls.fields;

/** A 2-of-n key: f(x) = secret + slope·x. */
const secret = Fr.fromBytes(randomBytes(32));
const slope = Fr.fromBytes(randomBytes(32));
const at = (x: number): bigint => Fr.add(secret, Fr.mul(slope, BigInt(x)));
const publicKey = bls.G1.Point.BASE.multiply(secret).toBytes(true);
const identity = `lit-accesscontrolcondition://${'ab'.repeat(32)}/${'cd'.repeat(32)}`;
const shareOf = (x: number, text = identity): KeyShare => ({
  index: x,
  signature: bls.longSignatures.hash(utf8ToBytes(text), DST).multiply(at(x)).toBytes(true),
});
const inLitForm = ({ index, signature }: KeyShare) => ({
  ProofOfPossession: Buffer.concat([Buffer.of(index), signature]).toString('hex'),
});

describe('our identity-based encryption against the wasm of @lit-protocol 7.4.0', () => {
  let crypto: LitCrypto;
  const publicKeyHex = Buffer.from(publicKey).toString('hex');

  beforeAll(() => {
    jest.spyOn(console, 'log').mockImplementation(() => {});
    jest.spyOn(console, 'warn').mockImplementation(() => {});
    crypto = litRequire('@lit-protocol/crypto') as LitCrypto;
  });
  afterAll(() => void jest.restoreAllMocks());

  it.each([0, 1, 31, 32, 33, 127, 128, 200, 5000])('opens what the wasm sealed: %i bytes', async (length) => {
    const message = randomBytes(length);
    const ciphertext = Buffer.from(await crypto.encrypt(publicKeyHex, message, utf8ToBytes(identity)), 'base64');
    expect(ibeOpen(ciphertext, [shareOf(1), shareOf(3)])).toEqual(message);
    expect(ibeEncrypt(publicKey, identity, message)).toHaveLength(ciphertext.length);
  });

  it.each([0, 1, 32, 33, 128, 5000])('seals what the wasm opens: %i bytes', async (length) => {
    const message = randomBytes(length);
    const ciphertext = Buffer.from(ibeEncrypt(publicKey, identity, message)).toString('base64');
    const shares = [shareOf(2), shareOf(3)].map(inLitForm);
    const opened = await crypto.verifyAndDecryptWithSignatureShares(
      publicKeyHex,
      utf8ToBytes(identity),
      ciphertext,
      shares,
    );
    expect(new Uint8Array(opened)).toEqual(message);
  });

  it('combines any two or more shares, in any order', () => {
    const message = randomBytes(32);
    const ciphertext = ibeEncrypt(publicKey, identity, message);
    for (const indices of [
      [1, 2],
      [2, 1],
      [1, 3],
      [5, 9],
      [255, 254],
      [1, 2, 3],
      [4, 2, 7, 1],
    ]) {
      expect(
        ibeOpen(
          ciphertext,
          indices.map((x) => shareOf(x)),
        ),
      ).toEqual(message);
    }
  });

  it('gives nothing for one share, a wrong share, a share of another identity or a doubled share', () => {
    const ciphertext = ibeEncrypt(publicKey, identity, randomBytes(32));
    expect(ibeOpen(ciphertext, [shareOf(1)])).toBeUndefined();
    expect(ibeOpen(ciphertext, [shareOf(1), { ...shareOf(3), index: 2 }])).toBeUndefined();
    expect(ibeOpen(ciphertext, [shareOf(1), shareOf(2, `${identity}0`)])).toBeUndefined();
    expect(() => ibeOpen(ciphertext, [shareOf(1), shareOf(1)])).toThrow('duplicate share');
  });

  it('tells a wrong share by its commitment', () => {
    const commitment = bls.G1.Point.BASE.multiply(at(1)).toBytes(true);
    expect(verifyShare(commitment, identity, shareOf(1))).toBe(true);
    expect(verifyShare(commitment, identity, shareOf(2))).toBe(false);
    expect(verifyShare(commitment, `${identity}0`, shareOf(1))).toBe(false);
    expect(verifyShare(commitment, identity, { index: 1, signature: new Uint8Array(96) })).toBe(false);
  });
});

describe('our conditions against @lit-protocol/access-control-conditions 7.4.0', () => {
  const terms = {
    chain: 'baseSepolia',
    accessPolicy: '0x5FbDB2315678afecb367f032d93F642f64180aa3',
    datasetId: `0x${'1f'.repeat(32)}`,
    contributorRef: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
    consentNonce: 3,
    purposes: 65,
    validUntil: 2_000_000_000,
    sources: 2,
  };
  it.each([
    ['canDecrypt', canDecryptCondition({ ...terms, version: 7 })],
    ['canLabel', canLabelCondition({ ...terms, packId: `0x${'2e'.repeat(32)}` })],
  ])('hashes %s as Lit does, and Lit accepts it', async (_, condition) => {
    const lit = litRequire('@lit-protocol/access-control-conditions') as LitConditions;
    expect(await lit.validateEVMContractConditionsSchema([condition])).toBe(true);
    const hash = new Uint8Array(await lit.hashEVMContractConditions([condition]));
    expect(toHex(hash)).toBe(`0x${conditionsHash([condition])}`);
    expect(hexToBytes(conditionsHash([condition]))).toHaveLength(32);
  });
});
