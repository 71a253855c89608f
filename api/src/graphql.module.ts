import { GraphQLModule } from '@nestjs/graphql';
import { MercuriusDriver } from '@nestjs/mercurius';
import type { MercuriusDriverConfig } from '@nestjs/mercurius';
import type { FastifyRequest } from 'fastify';
import { scalars } from './common/graphql/scalars.ts';
import { readSchema } from './common/graphql/schema.ts';
import { resolveUnions } from './common/graphql/unions.ts';
import { AccountsModule } from './modules/accounts/accounts.module.ts';
import { SessionService } from './modules/accounts/session.service.ts';

/** The standard introspection query is 15 deep. */
const MAX_DEPTH = 16;

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
