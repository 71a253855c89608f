import { type CID, childrenOf, LEAF_SIZE, leafMatches, parseCid } from '@allod/protocol';
import type { ClientContext } from '../context.ts';
import { BlockUnavailableError, ContentError } from '../errors/content.ts';
import { TransportError } from '../errors/api.ts';
import { exchange } from '../upload/exchange.ts';
import { retryAfterSeconds, withRetry } from '../upload/retry.ts';

/** A block of at most one leaf, plus room for a node full of links. */
const MAX_BLOCK = 2 * LEAF_SIZE;
const RAW = 0x55;
const PATIENCE = { attempts: 3, baseDelay: 200, maxDelay: 5000 };

/**
 * One block by its CID from the first gateway whose bytes hash to it. Gateways are not trusted: wrong bytes count as
 * missing. Throws {@link BlockUnavailableError} when none has it.
 */
export async function fetchBlock(client: ClientContext, cid: CID): Promise<Uint8Array<ArrayBuffer>> {
  const failures: { gateway: string; reason: string }[] = [];
  for (const gateway of client.gateways) {
    try {
      const bytes = await withRetry(client.platform.clock, () => fetchFrom(client, gateway, cid), PATIENCE);
      if (bytes.length <= MAX_BLOCK && (await leafMatches(cid, bytes))) return bytes;
      failures.push({ gateway, reason: 'HASH_MISMATCH' });
    } catch (error) {
      failures.push({ gateway, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  throw new BlockUnavailableError(cid.toString(), failures);
}

async function fetchFrom(client: ClientContext, gateway: string, cid: CID): Promise<Uint8Array<ArrayBuffer>> {
  const { platform } = client;
  const url = `${gateway.replace(/\/$/, '')}/ipfs/${cid}?format=raw`;
  const asked = { headers: { accept: 'application/vnd.ipld.raw' } };
  const response = await exchange(platform, url, asked, 'the gateway');
  if (!response.ok) {
    throw new TransportError(`the gateway answered ${response.status}`, {
      retryable: response.status >= 500 || response.status === 429,
      retryAfter: retryAfterSeconds(response, platform.clock.now()),
    });
  }
  return response.bytes;
}

/** Leaf CIDs of a file in order; `limit` leaves at most, so that a false root cannot make the client walk for ever. */
export async function leavesOfFile(client: ClientContext, root: CID, limit: number): Promise<CID[]> {
  const leaves: CID[] = [];
  const walk = async (cid: CID, depth: number): Promise<void> => {
    if (cid.code === RAW) {
      leaves.push(cid);
      if (leaves.length > limit) throw new ContentError('SIZE_MISMATCH', 'the file is larger than its record says');
      return;
    }
    if (depth > 3) throw new ContentError('BAD_CID', 'the file is nested too deep');
    for (const child of childrenOf(await fetchBlock(client, cid))) await walk(parseCid(child.toString()), depth + 1);
  };
  await walk(root, 0);
  return leaves;
}

/** A whole file by its root CID, each block checked. For documents; contents of contributions are read leaf by leaf. */
export async function fetchFile(
  client: ClientContext,
  cidText: string,
  maxBytes = 64 * LEAF_SIZE,
): Promise<Uint8Array<ArrayBuffer>> {
  const leaves = await leavesOfFile(client, parseCid(cidText), Math.ceil(maxBytes / LEAF_SIZE));
  const parts: Uint8Array[] = [];
  for (const leaf of leaves) parts.push(await fetchBlock(client, leaf));
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** A JSON document by its CID. */
export async function fetchDocument<T>(client: ClientContext, cid: string): Promise<T> {
  const bytes = await fetchFile(client, cid);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as T;
  } catch (cause) {
    throw new ContentError('BAD_DOCUMENT', 'the document is no JSON', { details: { cid }, cause });
  }
}
