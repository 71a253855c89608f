import { type CID, Code } from '@allod/protocol';
import type { ClientContext } from '../context.ts';
import { TransportError } from '../errors/api.ts';
import { ServerFullError, UploadError } from '../errors/upload.ts';
import type { Account } from '../identity/account.ts';
import { carOf } from './car.ts';
import { exchange } from './exchange.ts';
import { retryAfterSeconds, withRetry } from './retry.ts';

/** Times that a block is sent again when it arrives damaged. */
const DAMAGE_LIMIT = 3;

export interface Block {
  cid: CID;
  bytes: Uint8Array;
}

/** PUTs blocks in one request: one by its CID, several as a CAR, of which the API keeps all or none. Errors as {@link putBlock}. */
export async function putBlocks(client: ClientContext, as: Account, blocks: readonly Block[]): Promise<void> {
  const [first, ...more] = blocks as [Block, ...Block[]];
  if (more.length === 0) return putBlock(client, as, first.cid.toString(), first.bytes);
  return put(client, as, 'car', 'application/vnd.ipld.car', carOf(blocks));
}

/**
 * PUTs one block by its CID, signed in as `as`. Network faults, 429 and 5xx are tried again with backoff; an ended session is
 * renewed; a block that arrived damaged is sent again. Throws {@link ServerFullError} when the API has no room, {@link UploadError}
 * with its code otherwise.
 */
export function putBlock(client: ClientContext, as: Account, cid: string, bytes: Uint8Array): Promise<void> {
  return put(client, as, cid, 'application/octet-stream', bytes);
}

async function put(client: ClientContext, as: Account, name: string, type: string, bytes: Uint8Array): Promise<void> {
  const { platform, api, sessions } = client;
  let renewed = false;
  let damaged = 0;
  const attempt = async (): Promise<void> => {
    const { token } = await sessions.get(as);
    const init = {
      method: 'PUT',
      headers: { 'content-type': type, authorization: `Bearer ${token}` },
      body: bytes as Uint8Array<ArrayBuffer>,
    };
    const answer = await exchange(platform, `${api}/blocks/${name}`, init, 'the API');
    if (answer.ok) return;
    const { status } = answer;
    const retryAfter = retryAfterSeconds(answer, platform.clock.now());
    if (status === 507) throw new ServerFullError(retryAfter);
    if (status === 401 && !renewed) {
      renewed = true;
      sessions.drop(as);
      throw new TransportError('the session ended', { retryAfter: 0 });
    }
    if (status === 422 && ++damaged < DAMAGE_LIMIT)
      throw new TransportError('the block arrived damaged', { retryAfter: 0 });
    if (status >= 500 || [408, 425, 429].includes(status)) {
      throw new TransportError(`the API answered ${status}`, { retryAfter });
    }
    const text = new TextDecoder().decode(answer.bytes);
    throw new UploadError('the API refuses a block', {
      code: codeOf(status, text),
      details: { cid: name, status, body: text.slice(0, 500) },
    });
  };
  await withRetry(platform.clock, attempt);
}

function codeOf(status: number, body: string): string {
  try {
    const { code } = JSON.parse(body) as { code?: unknown };
    if (typeof code === 'string') return code;
  } catch {
    // a proxy answered, not the API
  }
  if (status === 413) return Code.BLOCK_TOO_LARGE;
  return status === 422 ? Code.HASH_MISMATCH : 'UPLOAD_FAILED';
}

/**
 * Runs `task` for each item, at most `limit` at a time. The first failure stops new tasks and is thrown when all running ones ended.
 *
 * @param task its `lane` counts the running tasks from 0: no two of them have the same
 */
export async function inParallel<T>(
  items: readonly T[],
  limit: number,
  task: (item: T, lane: number) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const failures: unknown[] = [];
  const worker = async (lane: number): Promise<void> => {
    for (const item of queue) {
      if (failures.length > 0) return;
      try {
        await task(item, lane);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, (_, lane) => worker(lane)));
  if (failures.length > 0) throw failures[0];
}
