import { describe, expect, it } from '@jest/globals';
import { canDecryptCondition, canLabelCondition, sealIdentity } from '@allod/protocol';
import type { EvmContractCondition } from '@allod/protocol';
import { identityOf, readLitCondition } from './conditions.ts';

const scope = { chain: 'baseSepolia', accessPolicy: '0x5FbDB2315678afecb367f032d93F642f64180aa3' };
const terms = {
  ...scope,
  datasetId: `0x${'1f'.repeat(32)}`,
  contributorRef: '0x70997970c51812dc3a010c7d01b50e0d17dc79c8',
  consentNonce: 3,
  purposes: 65,
  validUntil: 2_000_000_000,
  sources: 2,
};
const packId = `0x${'2e'.repeat(32)}`;
const { chain: _, accessPolicy: __, ...query } = terms;

describe('the condition that a keeper accepts', () => {
  it('reads both methods back to their arguments', () => {
    expect(readLitCondition([canDecryptCondition({ ...terms, version: 7 })], scope)).toEqual({
      kind: 'kek',
      version: 7,
      ...query,
    });
    expect(readLitCondition([canLabelCondition({ ...terms, packId })], scope)).toEqual({
      kind: 'label',
      packId,
      ...query,
    });
  });

  it('names the same identity from the arguments as from the condition', () => {
    const condition = canDecryptCondition({ ...terms, version: 7 });
    const hash = 'cd'.repeat(32);
    expect(identityOf(readLitCondition([condition], scope), hash, scope)).toBe(sealIdentity([condition], hash));
  });

  const altered = (change: (condition: EvmContractCondition) => void): EvmContractCondition => {
    const condition = structuredClone(canDecryptCondition({ ...terms, version: 7 }));
    change(condition);
    return condition;
  };
  it.each<[string, (c: EvmContractCondition) => void]>([
    ['another contract', (c) => (c.contractAddress = `0x${'11'.repeat(20)}`)],
    ['a checksummed contract address', (c) => (c.contractAddress = scope.accessPolicy)],
    ['another method', (c) => (c.functionName = 'balanceOf')],
    ['another chain', (c) => (c.chain = 'ethereum')],
    ['a fixed user', (c) => (c.functionParams[0] = `0x${'11'.repeat(20)}`)],
    ['a missing parameter', (c) => void c.functionParams.pop()],
    ['a leading zero', (c) => (c.functionParams[2] = '07')],
    ['a version in hex', (c) => (c.functionParams[2] = '0x7')],
    ['version 0', (c) => (c.functionParams[2] = '0')],
    ['a negative nonce', (c) => (c.functionParams[4] = '-1')],
    ['a nonce beyond uint32', (c) => (c.functionParams[4] = String(2 ** 32))],
    ['an upper-case address', (c) => (c.functionParams[3] = c.functionParams[3]!.toUpperCase().replace('0X', '0x'))],
    ['another ABI name', (c) => (c.functionAbi.name = 'canLabel')],
    ['another input type', (c) => (c.functionAbi.inputs[2]!.type = 'uint8')],
    ['another output', (c) => (c.functionAbi.outputs[0]!.name = 'denied')],
    ['a state-changing method', (c) => (c.functionAbi.stateMutability = 'nonpayable')],
    ['another comparator', (c) => (c.returnValueTest.comparator = '!=')],
    ['another value', (c) => (c.returnValueTest.value = 'false')],
    ['an extra field', (c) => ((c as unknown as Record<string, unknown>)['conditionType'] = 'evmContract')],
  ])('is not one with %s', (_name, change) => {
    expect(() => readLitCondition([altered(change)], scope)).toThrow(
      expect.objectContaining({ code: 'CONDITION_REFUSED' }),
    );
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no condition', []],
    ['two conditions', [canDecryptCondition({ ...terms, version: 7 }), canDecryptCondition({ ...terms, version: 7 })]],
    ['an operator', [canDecryptCondition({ ...terms, version: 7 }), { operator: 'or' }]],
    ['a nested list', [[canDecryptCondition({ ...terms, version: 7 })]]],
    [
      'another key order',
      [Object.fromEntries(Object.entries(canDecryptCondition({ ...terms, version: 7 })).reverse())],
    ],
  ])('is not %s', (_name, conditions) => {
    expect(() => readLitCondition(conditions, scope)).toThrow(expect.objectContaining({ code: 'CONDITION_REFUSED' }));
  });
});
