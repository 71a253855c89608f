import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:http';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger } from 'nestjs-pino';
import { loadEnv } from './config/env.ts';
import type { Env } from './config/env.ts';
import { ConnectionGuard, connectionsWithin } from './connection-guard.ts';
import { readBlock } from './common/block-body.ts';
import { MAX_BLOCK } from './integrations/storage/content-store.port.ts';

const MAX_REQUEST = 16 << 20;
const MAX_HEADERS = 16 << 10;
/** Larger than a block, so that one that is too large is told so by us. */
const MAX_BLOCK_REQUEST = 2 * MAX_BLOCK;

export type HttpLimits = Pick<
  Env,
  'MAX_CONNECTIONS' | 'MAX_PENDING_BYTES' | 'HEADERS_TIMEOUT_MS' | 'REQUEST_TIMEOUT_MS' | 'IDLE_TIMEOUT_MS'
>;

/** Fastify on a server that hostile clients cannot fill: see README, "Hostile clients". */
export function createAdapter(limits: HttpLimits): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_REQUEST,
    forceCloseConnections: true,
    keepAliveTimeout: limits.IDLE_TIMEOUT_MS,
    requestTimeout: limits.REQUEST_TIMEOUT_MS,
    http: {
      maxHeaderSize: MAX_HEADERS,
      headersTimeout: limits.HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: Math.min(1_000, limits.HEADERS_TIMEOUT_MS),
    },
  });
  const { server } = adapter.getInstance();
  new ConnectionGuard(server as Server, {
    maxConnections: connectionsWithin(limits.MAX_CONNECTIONS),
    maxPendingBytes: limits.MAX_PENDING_BYTES,
    idleMs: limits.IDLE_TIMEOUT_MS,
  });
  return adapter;
}

/** Origins of the UI; a loopback one under both of its names. */
export const allowedOrigins = (env: Pick<Env, 'UI_ORIGIN'>): string[] =>
  env.UI_ORIGIN.split(',').flatMap((text) => {
    const origin = text.trim();
    const names = ['//127.0.0.1:', '//localhost:'];
    return names.some((name) => origin.includes(name))
      ? names.map((name) => origin.replace(/\/\/[^:]+:/, name))
      : [origin];
  });

/** Lets the application take raw blocks. */
export function prepareApp(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addContentTypeParser(
      ['application/octet-stream', 'application/vnd.ipld.raw', 'application/vnd.ipld.car'],
      { bodyLimit: MAX_BLOCK_REQUEST },
      (_request: unknown, payload: IncomingMessage) => readBlock(payload, MAX_BLOCK_REQUEST),
    );
}

/** A Nest application on fastify that logs with pino and ends on signals. */
export async function createApp(module: Type): Promise<NestFastifyApplication> {
  const adapter = createAdapter(loadEnv());
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { bufferLogs: true });
  app.useLogger(app.get(Logger));
  prepareApp(app);
  app.enableShutdownHooks(['SIGINT', 'SIGTERM']);
  return app;
}
