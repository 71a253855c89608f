import { digestOf, type KeyFileUpdates, type Manifest, type SignedKeyFileUpdate } from '@allod/protocol';
import { recoverAddress } from 'ethers';
import type { ClientContext } from '../context.ts';
import { withDeadline } from '../keys/deadline.ts';

/** How long a gateway may take for its list of updates. */
const PATIENCE_MS = 10_000;

/** Which key file replaced which, by the old CID. */
export type Replacements = Map<string, SignedKeyFileUpdate>;

/**
 * The updates of a version's key files, from every gateway: withdrawn items are honoured when one of them says so. Only entries of
 * this version whose signature is the operator's count; a gateway without the list adds nothing.
 */
export async function fetchReplacements(client: ClientContext, manifest: Manifest): Promise<Replacements> {
  const lists = await Promise.all(client.gateways.map((gateway) => fetchUpdates(client, gateway, manifest)));
  const replacements: Replacements = new Map();
  for (const update of lists.flat()) if (isGenuine(client, manifest, update)) replacements.set(update.oldCid, update);
  return replacements;
}

/** The CID that is in force for a key file of the manifest. */
export function currentCid(replacements: Replacements, cid: string): string {
  const seen = new Set<string>();
  let current = cid;
  for (let next = replacements.get(current); next && !seen.has(current); next = replacements.get(current)) {
    seen.add(current);
    current = next.newCid;
  }
  return current;
}

async function fetchUpdates(
  client: ClientContext,
  gateway: string,
  { datasetId, version }: Manifest,
): Promise<SignedKeyFileUpdate[]> {
  const url = `${gateway.replace(/\/$/, '')}/allod/v1/key-file-updates/${datasetId.toLowerCase()}/${version}`;
  try {
    return await withDeadline(PATIENCE_MS, async (signal) => {
      const response = await client.platform.fetch(url, { signal, headers: { accept: 'application/json' } });
      if (!response.ok) {
        await response.body?.cancel();
        return [];
      }
      const { updates } = (await response.json()) as KeyFileUpdates;
      return Array.isArray(updates) ? updates : [];
    });
  } catch {
    return [];
  }
}

function isGenuine(client: ClientContext, manifest: Manifest, update: SignedKeyFileUpdate): boolean {
  const { chainId, contracts } = client.chain;
  try {
    const { signature, signer, ...struct } = update;
    const expected = client.receiptSigner ?? signer;
    const digest = digestOf('KeyFileUpdate', struct, chainId, contracts);
    return (
      struct.version === manifest.version &&
      struct.datasetId.toLowerCase() === manifest.datasetId.toLowerCase() &&
      recoverAddress(digest, signature).toLowerCase() === expected.toLowerCase()
    );
  } catch {
    return false;
  }
}
