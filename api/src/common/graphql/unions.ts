import { isInterfaceType, isUnionType } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import { Refusal } from '../errors/refusal.ts';

/**
 * Type resolvers for every `X = Success | Refused` union and for `interface Error`, so that services return plain
 * values and no resolver has to name types.
 */
export function resolveUnions(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isInterfaceType(type)) type.resolveType = () => 'Refused';
    if (!isUnionType(type)) continue;
    const success = type.getTypes().find((member) => member.name !== 'Refused')?.name ?? 'Refused';
    type.resolveType = (value) => (value instanceof Refusal ? 'Refused' : success);
  }
  return schema;
}
