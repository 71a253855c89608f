import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger } from 'nestjs-pino';
import { MAX_BLOCK } from './integrations/storage/content-store.port.ts';

const MAX_REQUEST = 16 << 20;
const MAX_BLOCK_REQUEST = MAX_BLOCK + 1024;

/** A Nest application on fastify that also takes raw blocks. */
export async function createApp(module: Type): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({ bodyLimit: MAX_REQUEST, forceCloseConnections: true });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { bufferLogs: true });
  app.useLogger(app.get(Logger));
  adapter
    .getInstance()
    .addContentTypeParser(
      ['application/octet-stream', 'application/vnd.ipld.raw'],
      { parseAs: 'buffer', bodyLimit: MAX_BLOCK_REQUEST },
      (_request, body, done) => done(null, body),
    );
  app.enableShutdownHooks(['SIGINT', 'SIGTERM']);
  return app;
}
