import { blockMatches, MAX_LINKS } from '@allod/protocol';
import type { CID } from '@allod/protocol';
import { MAX_BLOCK } from './content-store.port.ts';

const PATIENCE_MS = 30_000;
/** Of a dag-pb node with every link, generously; leaves are smaller than this too. */
const LARGEST = Math.max(MAX_BLOCK, MAX_LINKS * 128);

/** A block from the first trustless gateway that has it unaltered; undefined when none has. */
export async function fetchBlock(cid: CID, gateways: readonly string[]): Promise<Uint8Array | undefined> {
  for (const gateway of gateways) {
    const bytes = await ask(`${gateway}/ipfs/${cid}?format=raw`).catch(() => undefined);
    if (bytes && bytes.length <= LARGEST && blockMatches(cid, bytes)) return bytes;
  }
  return undefined;
}

async function ask(url: string): Promise<Uint8Array | undefined> {
  const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
  if (response.ok) return new Uint8Array(await response.arrayBuffer());
  await response.body?.cancel();
  return undefined;
}
