import { contentAad, FloeError, FloeMessage, fromHex, LEAF_SIZE, parseCid } from '@allod/protocol';
import type { ClientContext } from '../context.ts';
import { ContentError } from '../errors/content.ts';
import { fetchBlock, leavesOfFile } from './gateway.ts';

/** What is needed to fetch and open one contribution, besides its DEK. */
export interface ItemRecord {
  contributionId: string;
  datasetId: string;
  schemaHash: string;
  cid: string;
  /** Bytes of ciphertext. */
  size: number;
  floeHeader: string;
}

/**
 * Fetches and decrypts one contribution: every block is checked against its CID, every segment against key and record.
 * Throws {@link ContentError} (`DOES_NOT_OPEN`, `SIZE_MISMATCH`) or BlockUnavailableError.
 */
export async function openItem(
  client: ClientContext,
  record: ItemRecord,
  dek: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const count = Math.ceil(record.size / LEAF_SIZE);
  const leaves = await leavesOfFile(client, parseCid(record.cid), count);
  if (leaves.length !== count || count === 0) throw mismatch(record);
  try {
    const message = FloeMessage.open(dek, contentAad(record), fromHex(record.floeHeader));
    const plain = new Uint8Array(record.size);
    let stored = 0;
    let at = 0;
    for (const [i, leaf] of leaves.entries()) {
      const block = await fetchBlock(client, leaf);
      stored += block.length;
      if (stored > record.size) throw mismatch(record);
      const segment = await message.openSegment(i, block, i === count - 1);
      plain.set(segment, at);
      at += segment.length;
    }
    if (stored !== record.size) throw mismatch(record);
    return plain.slice(0, at);
  } catch (error) {
    if (!(error instanceof FloeError)) throw error;
    throw new ContentError('DOES_NOT_OPEN', 'the content does not open with its key', {
      details: { contributionId: record.contributionId },
      cause: error,
    });
  }
}

function mismatch({ contributionId, size }: ItemRecord): ContentError {
  return new ContentError('SIZE_MISMATCH', 'the content has another size than its record', {
    details: { contributionId, size },
  });
}
