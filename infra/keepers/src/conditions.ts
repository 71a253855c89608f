import {
  CHAIN_NAMES,
  canDecryptCondition,
  canLabelCondition,
  canonicalConditions,
  sealIdentity,
} from '@allod/protocol';
import type { EvmContractCondition } from '@allod/protocol';
import { z } from 'zod';
import { Refusal } from './refusal.ts';

/** The one contract and the chain name that this keeper answers for. */
export interface ConditionScope {
  chain: string;
  accessPolicy: string;
}

const terms = {
  datasetId: z.string().regex(/^0x[0-9a-fA-F]{64}$/),
  contributorRef: z.string().regex(/^0x[0-9a-fA-F]{40}$/),
  consentNonce: z
    .int()
    .min(0)
    .max(2 ** 32 - 1),
  purposes: z
    .int()
    .min(0)
    .max(2 ** 16 - 1),
  validUntil: z
    .int()
    .min(0)
    .max(2 ** 40 - 1),
  sources: z.int().min(0).max(255),
};
const kekQuery = z.object({ kind: z.literal('kek'), version: z.int().min(1).max(1023), ...terms });
const labelQuery = z.object({ kind: z.literal('label'), packId: z.string().regex(/^0x[0-9a-fA-F]{64}$/), ...terms });

/** What `AccessPolicy` is asked: the arguments of `canDecrypt` (kek) or `canLabel` (label) without the user. */
export const accessQuerySchema = z.discriminatedUnion('kind', [kekQuery, labelQuery]);
export type AccessQuery = z.infer<typeof accessQuerySchema>;

const litConditionsSchema = z.tuple([
  z.object({
    contractAddress: z.string(),
    functionName: z.enum(['canDecrypt', 'canLabel']),
    functionParams: z.array(z.string()).length(8),
  }),
]);

/** Names of `functionParams` after `:userAddress`, in the order of the frozen ABI. */
const PARAMETERS = {
  canDecrypt: ['datasetId', 'version', 'contributorRef', 'consentNonce', 'purposes', 'validUntil', 'sources'],
  canLabel: ['datasetId', 'contributorRef', 'consentNonce', 'purposes', 'validUntil', 'packId', 'sources'],
} as const;

/**
 * Reads the one condition that this keeper accepts: `canDecrypt` or `canLabel` of the configured AccessPolicy.
 * The canonical text is built again from what was read and must be equal byte for byte, so every field counts.
 */
export function readLitCondition(conditions: unknown, scope: ConditionScope): AccessQuery {
  const parsed = litConditionsSchema.safeParse(conditions);
  if (!parsed.success) throw refused('only one canDecrypt or canLabel condition is accepted');
  const [{ functionName, functionParams }] = parsed.data;
  const fields = PARAMETERS[functionName].map((name, i) => [name, readParameter(functionParams[i + 1]!)] as const);
  const kind = functionName === 'canDecrypt' ? 'kek' : 'label';
  const query = accessQuerySchema.safeParse({ kind, ...Object.fromEntries(fields) });
  if (!query.success) throw refused('a parameter of the condition is malformed');
  const expected = canonicalConditions([conditionOf(query.data, scope)]);
  if (expected !== JSON.stringify(conditions))
    throw refused('the condition is not in canonical form for this access policy');
  return query.data;
}

/** The canonical condition of a query under this keeper's policy. */
export function conditionOf(query: AccessQuery, scope: ConditionScope): EvmContractCondition {
  return query.kind === 'kek' ? canDecryptCondition({ ...query, ...scope }) : canLabelCondition({ ...query, ...scope });
}

export function identityOf(query: AccessQuery, dataHash: string, scope: ConditionScope): string {
  return sealIdentity([conditionOf(query, scope)], dataHash);
}

export const isChainName = (name: string): boolean => (CHAIN_NAMES as readonly string[]).includes(name);

/** Decimal numbers become numbers, hex stays text; anything else fails the schema. */
const readParameter = (text: string): unknown => (/^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text);

const refused = (message: string): Refusal => new Refusal('CONDITION_REFUSED', message);
