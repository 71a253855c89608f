import type { CodegenConfig } from '@graphql-codegen/cli';

/** Each document on one line: it is sent with every request, and part of every bundle. */
const onOneLine = (_path: string, content: string): string =>
  content.replace(/(?<=TypedDocumentString\(`)[^`]+/g, (document: string) => document.replace(/\s+/g, ' ').trim());

/** Types and documents of the GraphQL operations; run through `npm run generate`. */
const config: CodegenConfig = {
  hooks: { beforeOneFileWrite: [onOneLine] },
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
