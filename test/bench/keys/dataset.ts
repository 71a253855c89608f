import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bls12_381 as bls } from '@noble/curves/bls12-381.js';
import { randomBytes } from '@noble/hashes/utils.js';
import { fileToDag, fromHex, jsonBytes, toHex, wrapDek } from '@allod/protocol';
import type { IbeCurve, KeyFile, Manifest, ManifestItem, SealedKek } from '@allod/protocol';
import { fastSeal } from './fast-seal.ts';

export interface Network {
  chainId: number;
  chain: string;
  accessPolicy: string;
  networkKey: string;
}

/** A published version as a licensee meets it: documents on a gateway. */
export interface BenchDataset {
  datasetId: string;
  manifest: Manifest;
  /** What the reader must find. */
  deks: Map<string, Uint8Array>;
  /** Base URL of the gateway. */
  gateway: string;
  close(): void;
}

const CONSENT_HASH = `0x${'22'.repeat(32)}`;

/** Makes version 1 of a dataset: `items` items, spread evenly over `contributors`, each with one sealed KEK and its key file. */
export async function makeDataset(
  network: Network,
  curve: IbeCurve,
  { contributors, items }: { contributors: number; items: number },
): Promise<BenchDataset> {
  const datasetId = toHex(randomBytes(32));
  const publicKey = bls.G1.Point.fromBytes(fromHex(network.networkKey));
  publicKey.precompute(8);
  const sealing = {
    networkKey: network.networkKey,
    curve,
    multiply: (r: bigint) => publicKey.multiply(r).toBytes(true),
  };
  const blocks = new Map<string, Uint8Array>();
  const deks = new Map<string, Uint8Array>();
  const manifestItems: ManifestItem[] = [];
  const keyFiles: Manifest['keyFiles'] = [];
  for (let c = 0; c < contributors; c++) {
    const contributorRef = toHex(randomBytes(20));
    const kek = randomBytes(32);
    const terms: SealedKek = {
      v: 1,
      kind: 'kek',
      version: 1,
      chain: network.chain,
      chainId: network.chainId,
      accessPolicy: network.accessPolicy,
      datasetId,
      contributorRef,
      consentHash: CONSENT_HASH,
      consentNonce: 0,
      purposes: 1,
      validUntil: 2_000_000_000,
      sources: 1,
      seals: [],
    };
    const record = { ...terms, seals: [fastSeal(terms, kek, sealing)] };
    const file: KeyFile = {
      v: 1,
      type: 'allod/key-file',
      chainId: network.chainId,
      datasetId,
      contributorRef,
      version: 1,
      sealed: [{ record, signature: `0x${'00'.repeat(65)}`, signer: contributorRef }],
      wraps: [],
    };
    for (let i = c; i < items; i += contributors) {
      const contributionId = toHex(randomBytes(32));
      const dek = randomBytes(32);
      deks.set(contributionId, dek);
      const wrappedDek = toHex(wrapDek(kek, dek, contributionId));
      file.wraps.push({ contributionId, intake: 1, consentHash: CONSENT_HASH, wrappedDek });
      manifestItems.push(item(contributionId, contributorRef));
    }
    keyFiles.push({ contributorRef, cid: put(blocks, file) });
    if (c % 16 === 0) await new Promise(setImmediate);
  }
  const manifest: Manifest = {
    v: 1,
    type: 'allod/manifest',
    chainId: network.chainId,
    datasetRegistry: `0x${'00'.repeat(20)}`,
    datasetId,
    version: 1,
    parent: 0,
    items: manifestItems,
    keyFiles,
    capTable: { cid: '', contributorRoot: '', otherRoot: '' },
    scorerHash: 'none',
    labelSet: null,
  };
  const server = createServer((request, response) => {
    const block = blocks.get(/^\/ipfs\/([a-z0-9]+)/.exec(request.url ?? '')?.[1] ?? '');
    if (block) response.writeHead(200, { 'content-type': 'application/vnd.ipld.raw' }).end(block);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    datasetId,
    manifest,
    deks,
    gateway: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const item = (contributionId: string, contributorRef: string): ManifestItem => ({
  contributionId,
  contributorRef,
  cid: '',
  size: 32,
  floeHeader: '0x',
  schemaHash: `0x${'33'.repeat(32)}`,
  intake: 1,
  consentHash: CONSENT_HASH,
  mediaType: 'text/plain',
  weight: '1000',
  checked: 'unchecked',
});

function put(blocks: Map<string, Uint8Array>, document: unknown): string {
  const { root, leaves, blocks: nodes } = fileToDag(jsonBytes(document));
  for (const { cid, bytes } of [...leaves, ...nodes]) blocks.set(cid.toString(), bytes);
  return root.toString();
}
