import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { GraphQLModule } from '@nestjs/graphql';
import { MercuriusDriver } from '@nestjs/mercurius';
import type { MercuriusDriverConfig } from '@nestjs/mercurius';
import type { FastifyRequest } from 'fastify';
import { scalars } from './common/graphql/scalars.ts';
import { resolveUnions } from './common/graphql/unions.ts';
import { AccountsModule } from './modules/accounts/accounts.module.ts';
import { SessionService } from './modules/accounts/session.service.ts';

/** The standard introspection query is 15 deep. */
const MAX_DEPTH = 16;

/** `api/schema.graphql`, from `src` as well as from `dist`. */
export const readSchema = (): string =>
  readFileSync(fileURLToPath(new URL('../schema.graphql', import.meta.url)), 'utf8');

/** The merged SDL served by Mercurius; every request carries the account of its bearer token. */
export const graphqlModule = () =>
  GraphQLModule.forRootAsync<MercuriusDriverConfig>({
    driver: MercuriusDriver,
    imports: [AccountsModule],
    inject: [SessionService],
    useFactory: (sessions: SessionService): MercuriusDriverConfig => {
      return {
        typeDefs: readSchema(),
        resolvers: scalars as never,
        transformSchema: resolveUnions,
        resolverValidationOptions: { requireResolversForResolveType: 'ignore' },
        graphiql: true,
        path: '/graphql',
        queryDepth: MAX_DEPTH,
        context: (request: FastifyRequest) => sessions.authenticate(request.headers.authorization),
        subscription: {
          context: async (_: unknown, request: FastifyRequest) => sessions.authenticate(request.headers.authorization),
          onConnect: async (data: { payload?: Record<string, string> }) => {
            const header = data.payload?.['authorization'] ?? data.payload?.['Authorization'];
            return header ? sessions.authenticate(header) : true;
          },
        } as never,
      };
    },
  });
