import { Code } from '@allod/protocol';
import { Body, Controller, Inject, Param, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { forget } from '../../common/block-body.ts';
import { Refusal } from '../../common/errors/refusal.ts';
import { StoreFullError } from '../../integrations/storage/content-store.port.ts';
import { uploaderOf } from './upload-door.ts';
import { UploadService } from './upload.service.ts';

const STATUS: Record<string, number> = {
  [Code.BAD_CID]: 400,
  [Code.SIZE_MISMATCH]: 400,
  [Code.BLOCK_TOO_LARGE]: 413,
  [Code.HASH_MISMATCH]: 422,
  [Code.QUOTA_EXCEEDED]: 403,
};

/** Seconds after which an operator may have made room. */
const RETRY_WHEN_FULL = 30;

/**
 * `PUT /blocks/{cid}`: idempotent, any order, in parallel. 201 new, 200 known, 507 when the store is full.
 * `PUT /blocks/car`: the same for the blocks of one CARv1 of at most 2 MiB, so that small items need no request each.
 */
@Controller('blocks')
export class BlocksController {
  constructor(@Inject(UploadService) private readonly uploads: UploadService) {}

  @Put('car')
  async putCar(@Body() body: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.keep(body, request, reply, async (account, bytes) => {
      const stored = await this.uploads.putCar(account, bytes);
      return stored instanceof Refusal ? stored : { isNew: stored > 0, answer: { stored } };
    });
  }

  @Put(':cid')
  async put(
    @Param('cid') cid: string,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.keep(body, request, reply, async (account, bytes) => {
      const isNew = await this.uploads.put(account, cid, bytes);
      return isNew instanceof Refusal ? isNew : { isNew, answer: { cid } };
    });
  }

  private async keep(
    body: unknown,
    request: FastifyRequest,
    reply: FastifyReply,
    put: (account: string, bytes: Buffer) => Promise<Refusal | { isNew: boolean; answer: object }>,
  ): Promise<void> {
    const account = uploaderOf(request);
    if (!account) throw new Error('an upload came in without passing the door');
    if (!Buffer.isBuffer(body)) {
      return void reply.code(415).send({ code: Code.BAD_INPUT, message: 'Send the bytes as application/octet-stream' });
    }
    const result = await put(account, body)
      .catch((error: unknown) => {
        if (error instanceof StoreFullError) return error;
        throw error;
      })
      .finally(() => forget(body as Buffer<ArrayBuffer>));
    if (result instanceof StoreFullError) {
      return void reply
        .code(507)
        .header('retry-after', RETRY_WHEN_FULL)
        .send({ code: Code.UNAVAILABLE, message: result.message });
    }
    if (result instanceof Refusal) {
      return void reply.code(STATUS[result.code] ?? 400).send({ code: result.code, message: result.message });
    }
    reply.code(result.isNew ? 201 : 200).send(result.answer);
  }
}
