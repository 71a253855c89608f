import { getAddress } from 'ethers';
import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import type { ValueNode } from 'graphql';
import { CID } from '@allod/protocol';

const bad = (name: string, value: unknown): never => {
  throw new GraphQLError(`${name} cannot represent ${JSON.stringify(value)?.slice(0, 80)}`, {
    extensions: { code: 'BAD_INPUT' },
  });
};

/** A scalar whose wire form is a string that `read` checks and normalizes. */
const text = (name: string, description: string, read: (value: string) => string) => {
  const parse = (value: unknown): string => {
    if (typeof value !== 'string') return bad(name, value);
    try {
      return read(value);
    } catch {
      return bad(name, value);
    }
  };
  return new GraphQLScalarType({
    name,
    description,
    serialize: (value) => String(value),
    parseValue: parse,
    parseLiteral: (node) => (node.kind === Kind.STRING ? parse(node.value) : bad(name, node.kind)),
  });
};

const matching = (pattern: RegExp) => (value: string) => {
  if (!pattern.test(value)) throw new Error('pattern');
  return value.toLowerCase();
};

const literal = (node: ValueNode): unknown => {
  switch (node.kind) {
    case Kind.STRING:
    case Kind.BOOLEAN:
      return node.value;
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.LIST:
      return node.values.map(literal);
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map((field) => [field.name.value, literal(field.value)]));
    default:
      return null;
  }
};

export const scalars = {
  Address: text('Address', 'EIP-55 address, 20 bytes', (value) => getAddress(value)),
  Bytes32: text('Bytes32', '0x and 64 hex digits', matching(/^0x[0-9a-fA-F]{64}$/)),
  Bytes: text('Bytes', '0x and an even number of hex digits', matching(/^0x([0-9a-fA-F]{2})*$/)),
  CID: text('CID', 'CIDv1, base32, sha2-256', (value) => {
    const cid = CID.parse(value);
    if (cid.version !== 1 || cid.multihash.code !== 0x12) throw new Error('profile');
    return cid.toString();
  }),
  TokenAmount: text('TokenAmount', 'token base units, decimal', (value) => {
    if (!/^[0-9]{1,39}$/.test(value)) throw new Error('amount');
    return BigInt(value).toString();
  }),
  DateTime: new GraphQLScalarType({
    name: 'DateTime',
    description: 'ISO 8601 instant, UTC',
    serialize: (value) => (value instanceof Date ? value : new Date(value as string)).toISOString(),
    parseValue: (value) => new Date(value as string),
  }),
  JSON: new GraphQLScalarType({
    name: 'JSON',
    description: 'any JSON value',
    serialize: (value) => value,
    parseValue: (value) => value,
    parseLiteral: literal,
  }),
};
