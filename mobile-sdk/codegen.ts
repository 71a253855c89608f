import type { CodegenConfig } from '@graphql-codegen/cli';

/** Types and documents of the GraphQL operations; run through `npm run generate`. */
const config: CodegenConfig = {
  schema: new URL('../api/schema.graphql', import.meta.url).pathname,
  documents: new URL('src/graphql/operations.graphql', import.meta.url).pathname,
  generates: {
    [new URL('src/graphql/generated.ts', import.meta.url).pathname]: {
      plugins: ['typescript-operations', 'typed-document-node'],
      config: {
        enumsAsTypes: true,
        useTypeImports: true,
        documentMode: 'string',
        pureMagicComment: true,
        strictScalars: true,
        scalars: {
          ID: 'string',
          Address: 'string',
          Bytes32: 'string',
          Bytes: 'string',
          CID: 'string',
          TokenAmount: 'string',
          DateTime: 'string',
          JSON: 'unknown',
        },
      },
    },
  },
};

export default config;
