import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { GqlExecutionContext } from '@nestjs/graphql';
import { unauthenticated } from '../errors/domain-error.ts';

/** What every GraphQL request carries; `account` is checksummed, null when nobody is signed in. */
export interface RequestContext {
  account: string | null;
  token: string | null;
}

const contextOf = (context: ExecutionContext): RequestContext =>
  GqlExecutionContext.create(context).getContext<RequestContext>();

/** The signed-in account; refuses the request with UNAUTHENTICATED when there is none. */
export const CurrentAccount = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { account } = contextOf(context);
  if (!account) throw unauthenticated();
  return account;
});

/** The signed-in account or null. */
export const MaybeAccount = createParamDecorator(
  (_: unknown, context: ExecutionContext): string | null => contextOf(context).account ?? null,
);

/** The bearer token of this request or null. */
export const SessionToken = createParamDecorator(
  (_: unknown, context: ExecutionContext): string | null => contextOf(context).token ?? null,
);
