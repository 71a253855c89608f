import { childrenOf, parseCid } from '@allod/protocol';
import type { ContentStore } from './content-store.port.ts';

const DAG_PB = 0x70;

/** Bytes of a file of the content profile; undefined when a block of it is not in the store. */
export async function readFile(store: ContentStore, cidText: string): Promise<Buffer | undefined> {
  const cid = parseCid(cidText);
  const block = await store.get(cid.toString());
  if (!block || cid.code !== DAG_PB) return block && Buffer.from(block);
  const parts = await Promise.all(childrenOf(block).map((child) => readFile(store, child.toString())));
  return parts.every((part) => part !== undefined) ? Buffer.concat(parts) : undefined;
}
