import { parse } from 'graphql';
import { Refusal } from '../errors/refusal.ts';

/**
 * Type resolvers for every `X = Success | Refused` union and for `interface Error`, so that services return plain
 * values and no resolver has to name types.
 */
export function unionResolvers(sdl: string) {
  const resolvers: Record<string, { __resolveType: (value: unknown) => string }> = {
    Error: { __resolveType: () => 'Refused' },
  };
  for (const node of parse(sdl).definitions) {
    if (node.kind !== 'UnionTypeDefinition') continue;
    const success = node.types?.map((type) => type.name.value).find((name) => name !== 'Refused') ?? 'Refused';
    resolvers[node.name.value] = { __resolveType: (value) => (value instanceof Refusal ? 'Refused' : success) };
  }
  return resolvers;
}
