import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import vectors from '../vectors/conditions.json' with { type: 'json' };
import { hexOf, flipHexBit } from '../test/arbitrary.ts';
import { fromHex } from './bytes.ts';
import {
  CAN_DECRYPT_INPUTS,
  CAN_LABEL_INPUTS,
  canDecryptCondition,
  canLabelCondition,
  canonicalConditions,
  CHAIN_NAMES,
  conditionsHash,
  sealDataHash,
  sealIdentity,
  type EvmContractCondition,
} from './conditions.ts';

interface TermsJson {
  chain: string;
  accessPolicy: string;
  datasetId: string;
  contributorRef: string;
  consentNonce: string;
  purposes: string;
  validUntil: string;
  sources: string;
  version?: string;
  packId?: string;
}

function conditionOf(terms: TermsJson): EvmContractCondition {
  const common = {
    ...terms,
    consentNonce: Number(terms.consentNonce),
    purposes: Number(terms.purposes),
    validUntil: Number(terms.validUntil),
    sources: Number(terms.sources),
  };
  return terms.packId === undefined
    ? canDecryptCondition({ ...common, version: Number(terms.version) })
    : canLabelCondition({ ...common, packId: terms.packId });
}

const [decrypt, evaluateOnly, label] = vectors.conditions as [
  (typeof vectors.conditions)[0],
  (typeof vectors.conditions)[0],
  (typeof vectors.conditions)[0],
];

describe('conditions', () => {
  it('have the frozen inputs and chain names', () => {
    expect(CAN_DECRYPT_INPUTS).toEqual(vectors.canDecryptInputs);
    expect(CAN_LABEL_INPUTS).toEqual(vectors.canLabelInputs);
    expect(CHAIN_NAMES).toEqual(vectors.chainNames);
    const signature = (inputs: { type: string }[]) => inputs.map(({ type }) => type).join(',');
    expect(signature(CAN_DECRYPT_INPUTS)).toBe('address,bytes32,uint256,address,uint256,uint256,uint256,uint256');
    expect(signature(CAN_LABEL_INPUTS)).toBe('address,bytes32,address,uint256,uint256,uint256,bytes32,uint256');
  });

  it.each(vectors.conditions)('have text, hash and identity: $function for purposes $terms.purposes', (vector) => {
    const condition = conditionOf(vector.terms);
    expect(condition.functionName).toBe(vector.function);
    expect(canonicalConditions([condition])).toBe(vector.canonicalText);
    expect(conditionsHash([condition])).toBe(vector.conditionsHash);
    expect(sealDataHash(fromHex(vector.sealedKey))).toBe(vector.dataHash);
    expect(sealIdentity([condition], vector.dataHash)).toBe(vector.identity);
  });

  it('name one parameter for each input, the user first', () => {
    for (const vector of vectors.conditions) {
      const { functionParams, functionAbi } = conditionOf(vector.terms);
      expect(functionParams).toHaveLength(functionAbi.inputs.length);
      expect(functionParams[0]).toBe(':userAddress');
    }
  });

  it('differ between two consents of different purposes', () => {
    expect(evaluateOnly.conditionsHash).not.toBe(decrypt.conditionsHash);
  });

  it('read back from their own text to the same text, whatever the order of keys', () => {
    const reorder = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reorder);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, field]) => [key, reorder(field)]),
      );
    };
    for (const { canonicalText } of vectors.conditions) {
      const shuffled = reorder(JSON.parse(canonicalText)) as EvmContractCondition[];
      expect(JSON.stringify(shuffled)).not.toBe(canonicalText);
      expect(canonicalConditions(shuffled)).toBe(canonicalText);
    }
  });

  it('ignore the letter case of addresses and ids', () => {
    const upper = (hex: string) => `0x${hex.slice(2).toUpperCase()}`;
    const terms = {
      ...label.terms,
      accessPolicy: upper(label.terms.accessPolicy),
      packId: upper(label.terms.packId as string),
    };
    expect(canonicalConditions([conditionOf(terms)])).toBe(label.canonicalText);
  });

  it('give another identity for any other term or key', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(1000), hexOf(32), (at, more, key) => {
        const { terms } = decrypt;
        const changes: Partial<TermsJson>[] = [
          { accessPolicy: flipHexBit(terms.accessPolicy, at) },
          { datasetId: flipHexBit(terms.datasetId, at) },
          { contributorRef: flipHexBit(terms.contributorRef, at) },
          { chain: 'base' },
          ...(['consentNonce', 'purposes', 'validUntil', 'sources', 'version'] as const).map((name) => ({
            [name]: String(Number((terms as TermsJson)[name]) + 1 + more),
          })),
        ];
        for (const change of changes) {
          expect(sealIdentity([conditionOf({ ...terms, ...change })], decrypt.dataHash)).not.toBe(decrypt.identity);
        }
        expect(sealIdentity([conditionOf(terms)], sealDataHash(fromHex(key)))).not.toBe(decrypt.identity);
      }),
      { numRuns: 30 },
    );
  });

  it('take a data hash with or without prefix', () => {
    expect(sealIdentity([conditionOf(decrypt.terms)], `0x${decrypt.dataHash}`)).toBe(decrypt.identity);
  });
});
