import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';

/** A body that is longer than the limit, or shorter than it said. */
class BodyError extends Error {
  constructor(
    message: string,
    readonly statusCode: number,
    readonly code: string,
  ) {
    super(message);
  }
}

const tooLarge = (limit: number): BodyError =>
  new BodyError(`A request holds at most ${limit} bytes`, 413, 'FST_ERR_CTP_BODY_TOO_LARGE');

/**
 * Reads a whole body into memory of its own. The pieces in which it came are given back at once: left to the garbage collector, they
 * are most of what a busy upload costs.
 *
 * @param limit most bytes that are read
 */
export async function readBlock(payload: IncomingMessage, limit: number): Promise<Buffer> {
  const announced = Number(payload.headers['content-length'] ?? NaN);
  if (announced > limit) throw tooLarge(limit);
  let body = Buffer.allocUnsafeSlow(Number.isNaN(announced) ? limit : announced);
  let length = 0;
  // What did not come from a socket, as in tests, is somebody's own.
  const isOurs = payload.socket instanceof Socket;
  for await (const chunk of payload as AsyncIterable<Buffer<ArrayBuffer>>) {
    if (length + chunk.length > body.length) throw tooLarge(limit);
    chunk.copy(body, length);
    length += chunk.length;
    if (isOurs) forget(chunk);
  }
  if (!Number.isNaN(announced) && length !== announced) throw new BodyError('The body is incomplete', 400, 'BAD_INPUT');
  if (length < body.length) body = body.subarray(0, length);
  return body;
}

/** Gives the memory of bytes back at once that nothing else holds; what shares its memory with other bytes is left alone. */
export function forget(bytes: Buffer<ArrayBuffer>): void {
  if (bytes.byteOffset === 0 && bytes.length > 0 && bytes.length === bytes.buffer.byteLength) bytes.buffer.transfer(0);
}
