import { Code } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { SessionService } from '../accounts/session.service.ts';

const uploaders = new WeakMap<FastifyRequest, string>();

/** The account that an upload is from, as the door found it before the body was read. */
export const uploaderOf = (request: FastifyRequest): string | undefined => uploaders.get(request);

/** Turns uploads away that nobody signed in for while only their headers are here, so that their bytes take no memory. */
@Injectable()
export class UploadDoor implements OnModuleInit {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(SessionService) private readonly sessions: SessionService,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    // Not onRequest, whose hooks of CORS would come later: a page in a browser must be able to read this answer.
    fastify.addHook('preParsing', async (request, reply, payload) => {
      if (request.method !== 'PUT' || !request.url.startsWith('/blocks/')) return payload;
      const { account } = await this.sessions.authenticate(request.headers.authorization);
      if (!account) return reply.code(401).send({ code: Code.UNAUTHENTICATED, message: 'Sign in first' });
      uploaders.set(request, account);
      return payload;
    });
  }
}
