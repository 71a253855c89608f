import { Readable } from 'node:stream';
import { CID, childrenOf, parseCid } from '@allod/protocol';
import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { carBlock, carHeader } from './car.ts';
import { ContentStore } from './content-store.port.ts';
import { partSizes } from './unixfs.ts';

const RAW = 'application/vnd.ipld.raw';
const CAR = 'application/vnd.ipld.car';
const DAG_PB = 0x70;

/** Trustless gateway (https://specs.ipfs.tech/http-gateways/trustless-gateway/): blocks and CARs, never assembled files. */
@Controller('ipfs')
export class GatewayController {
  constructor(@Inject(ContentStore) private readonly store: ContentStore) {}

  @Get(':cid')
  async get(
    @Param('cid') text: string,
    @Query('format') format: string | undefined,
    @Query('dag-scope') scope: string | undefined,
    @Query('entity-bytes') entityBytes: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const cid = parsed(text);
    if (!cid) return void reply.code(400).send({ code: 'BAD_CID', message: 'CIDv1, sha2-256, raw or dag-pb' });
    const kind = format ?? (String(request.headers.accept).includes(CAR) ? 'car' : 'raw');
    if (kind !== 'raw' && kind !== 'car') {
      return void reply.code(406).send({ code: 'BAD_INPUT', message: 'format is raw or car' });
    }
    const range = parsedRange(entityBytes);
    if (range === null) return void reply.code(400).send({ code: 'BAD_INPUT', message: 'entity-bytes is from:to' });
    const block = await this.store.get(cid.toString());
    if (!block) return void reply.code(404).send({ code: 'NOT_FOUND', message: 'This block is not here' });
    const variant = kind === 'car' ? [scope, entityBytes].flatMap((each) => (each ? [`.${each}`] : [])).join('') : '';
    const etag = `"${cid}.${kind}${variant}"`;
    reply
      .header('etag', etag)
      .header('cache-control', 'public, max-age=29030400, immutable')
      .header('x-content-type-options', 'nosniff')
      .header('access-control-allow-origin', '*')
      .header('content-disposition', `attachment; filename="${cid}.${kind === 'raw' ? 'bin' : 'car'}"`);
    if (request.headers['if-none-match'] === etag) return void reply.code(304).send();
    if (kind === 'raw') return sendRaw(reply.type(RAW), Buffer.from(block), request.headers.range);
    const wanted = scope === 'block' ? undefined : absolute(range, sizeOf(cid, block));
    reply.type(`${CAR}; version=1; order=dfs; dups=y`).send(Readable.from(this.car(cid, block, wanted)));
  }

  /** @param wanted bytes of the file whose blocks are sent; undefined for the root alone */
  private async *car(root: CID, block: Uint8Array, wanted: Range | undefined): AsyncGenerator<Uint8Array> {
    yield carHeader(root);
    yield* this.walk(root, block, 0, wanted);
  }

  /** Depth first; a missing child ends the stream with an error, so that no incomplete CAR looks complete. */
  private async *walk(
    cid: CID,
    block: Uint8Array,
    start: number,
    wanted: Range | undefined,
  ): AsyncGenerator<Uint8Array> {
    yield carBlock(cid, block);
    if (!wanted || cid.code !== DAG_PB) return;
    const sizes = partSizes(block);
    let at = start;
    for (const [i, child] of childrenOf(block).entries()) {
      const [from, to] = [at, (at += sizes[i] ?? 0)];
      if (to <= wanted.from || from > wanted.to) continue;
      const bytes = await this.store.get(child.toString());
      if (!bytes) throw new Error(`block ${child} of ${cid} is missing`);
      yield* this.walk(child, bytes, from, wanted);
    }
  }
}

/** Bytes of a file, both ends included; negative numbers count from its end, as in `entity-bytes`. */
interface Range {
  from: number;
  to: number;
}

/** Undefined where none is asked for, null where it is malformed. `to` may be `*`, the end. */
function parsedRange(text: string | undefined): Range | undefined | null {
  if (text === undefined) return undefined;
  const match = /^(-?\d{1,15}):(-?\d{1,15}|\*)$/.exec(text);
  if (!match) return null;
  const range = { from: Number(match[1]), to: match[2] === '*' ? Infinity : Number(match[2]) };
  const sameEnd = range.from < 0 === range.to < 0;
  return sameEnd && range.from > range.to ? null : range;
}

function absolute(range: Range | undefined, size: number): Range {
  if (!range) return { from: 0, to: Infinity };
  const fromStart = (position: number): number => (position < 0 ? size + position : position);
  return { from: Math.max(0, fromStart(range.from)), to: fromStart(range.to) };
}

/** Bytes of the file below a block. */
const sizeOf = (cid: CID, block: Uint8Array): number =>
  cid.code === DAG_PB ? partSizes(block).reduce((sum, size) => sum + size, 0) : block.length;

/** One range of bytes as RFC 9110 says; anything else that is well-formed is answered whole. */
function sendRaw(reply: FastifyReply, block: Buffer, range: string | undefined): void {
  reply.header('accept-ranges', 'bytes');
  const match = /^bytes=(?:(\d+)-(\d*)|-(\d+))$/.exec(range ?? '');
  if (!match) return void reply.send(block);
  const [, first, last, suffix] = match;
  const start = suffix === undefined ? Number(first) : Math.max(0, block.length - Number(suffix));
  const end = suffix === undefined && last ? Math.min(Number(last), block.length - 1) : block.length - 1;
  if (start > end) return void reply.code(416).header('content-range', `bytes */${block.length}`).send();
  reply
    .code(206)
    .header('content-range', `bytes ${start}-${end}/${block.length}`)
    .send(block.subarray(start, end + 1));
}

function parsed(text: string): CID | undefined {
  try {
    return parseCid(text);
  } catch {
    return undefined;
  }
}
