import { sha256, toHex, utf8 } from './bytes.ts';

/**
 * Access control conditions in Lit's generation-7 form: what keepers evaluate and what a sealed key's identity hashes.
 * Source: Lit Protocol js-sdk 7.4 (`evmContractConditions`), canonical key order.
 */

/** Chain names that Lit's schema knows and Allod uses. Each keeper maps a name to its RPCs; development maps `baseSepolia` to its own chain. */
export const CHAIN_NAMES = ['base', 'baseSepolia'] as const;
export type ChainName = (typeof CHAIN_NAMES)[number];

interface AbiParameter {
  name: string;
  type: string;
}

/** One canonical contract condition; key order is part of the format. */
export interface EvmContractCondition {
  contractAddress: string;
  functionName: string;
  functionParams: string[];
  functionAbi: {
    name: string;
    inputs: AbiParameter[];
    outputs: AbiParameter[];
    constant: boolean;
    stateMutability: string;
  };
  chain: string;
  returnValueTest: { key: string; comparator: string; value: string };
}

const inputs = (spec: string): AbiParameter[] =>
  spec.split(',').map((field) => {
    const [type, name] = field.split(' ') as [string, string];
    return { name, type };
  });

/** Inputs of `AccessPolicy.canDecrypt`, in order. Frozen. */
export const CAN_DECRYPT_INPUTS = inputs(
  'address user,bytes32 datasetId,uint256 version,address contributorRef,uint256 consentNonce,uint256 purposes,uint256 validUntil,uint256 sources',
);
/** Inputs of `AccessPolicy.canLabel`, in order. Frozen. */
export const CAN_LABEL_INPUTS = inputs(
  'address user,bytes32 datasetId,address contributorRef,uint256 consentNonce,uint256 purposes,uint256 validUntil,bytes32 packId,uint256 sources',
);

/** Consent terms that both conditions carry. */
export interface ConditionTerms {
  chain: string;
  accessPolicy: string;
  datasetId: string;
  contributorRef: string;
  consentNonce: number;
  purposes: number;
  validUntil: number;
  sources: number;
}

function condition(
  terms: ConditionTerms,
  name: string,
  abiInputs: AbiParameter[],
  params: string[],
): EvmContractCondition {
  return {
    contractAddress: terms.accessPolicy.toLowerCase(),
    functionName: name,
    functionParams: params,
    functionAbi: {
      name,
      inputs: abiInputs.map(({ name: inputName, type }) => ({ name: inputName, type })),
      outputs: [{ name: 'allowed', type: 'bool' }],
      constant: true,
      stateMutability: 'view',
    },
    chain: terms.chain,
    returnValueTest: { key: 'allowed', comparator: '=', value: 'true' },
  };
}

/** Condition under which a KEK of index `version` is sealed. */
export function canDecryptCondition(terms: ConditionTerms & { version: number }): EvmContractCondition {
  return condition(terms, 'canDecrypt', CAN_DECRYPT_INPUTS, [
    ':userAddress',
    terms.datasetId.toLowerCase(),
    String(terms.version),
    terms.contributorRef.toLowerCase(),
    String(terms.consentNonce),
    String(terms.purposes),
    String(terms.validUntil),
    String(terms.sources),
  ]);
}

/** Condition under which the label key of a pack is sealed. */
export function canLabelCondition(terms: ConditionTerms & { packId: string }): EvmContractCondition {
  return condition(terms, 'canLabel', CAN_LABEL_INPUTS, [
    ':userAddress',
    terms.datasetId.toLowerCase(),
    terms.contributorRef.toLowerCase(),
    String(terms.consentNonce),
    String(terms.purposes),
    String(terms.validUntil),
    terms.packId.toLowerCase(),
    String(terms.sources),
  ]);
}

/** Canonical condition text: `JSON.stringify` of the array with the key order above (not RFC 8785). */
export function canonicalConditions(conditions: readonly EvmContractCondition[]): string {
  return JSON.stringify(
    conditions.map((c) => ({
      contractAddress: c.contractAddress,
      functionName: c.functionName,
      functionParams: [...c.functionParams],
      functionAbi: {
        name: c.functionAbi.name,
        inputs: c.functionAbi.inputs.map(({ name, type }) => ({ name, type })),
        outputs: c.functionAbi.outputs.map(({ name, type }) => ({ name, type })),
        constant: c.functionAbi.constant,
        stateMutability: c.functionAbi.stateMutability,
      },
      chain: c.chain,
      returnValueTest: {
        key: c.returnValueTest.key,
        comparator: c.returnValueTest.comparator,
        value: c.returnValueTest.value,
      },
    })),
  );
}

/** SHA-256 of the canonical text, 64 hex digits without prefix. */
export function conditionsHash(conditions: readonly EvmContractCondition[]): string {
  return toHex(sha256(utf8(canonicalConditions(conditions)))).slice(2);
}

/** Identity string that a key is sealed to: conditions hash and SHA-256 of the sealed bytes. */
export function sealIdentity(conditions: readonly EvmContractCondition[], dataHash: string): string {
  return `lit-accesscontrolcondition://${conditionsHash(conditions)}/${dataHash.replace(/^0x/, '')}`;
}

/** `dataHash` of a sealed key: SHA-256 of the 32 bytes, 64 hex digits. Harmless for a random key. */
export function sealDataHash(key: Uint8Array): string {
  return toHex(sha256(key)).slice(2);
}
