import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Loaded by `import()`: session curves that WebCrypto lacks, a wallet's keys that the device has not, and the move of late items. */
const LAZY = ['./session-noble.ts', './ownerKek.ts', './moveLate.ts'];

export interface BundleSize {
  name: string;
  /** Bytes, minified for a current browser and compressed with gzip. */
  gzip: number;
  /** Upper bound in bytes; null where the figure is only printed. */
  limit: number | null;
  /** Files in it, largest first. */
  inputs: string[];
}

/** Bundles an expression of the package for browsers. */
async function measure(name: string, contents: string, limit: number | null, external: string[]): Promise<BundleSize> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    write: false,
    minify: true,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    external,
  });
  const [output] = Object.values(metafile.outputs);
  const inputs = Object.entries(output!.inputs).sort(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput);
  return {
    name,
    gzip: gzipSync(outputFiles[0]!.contents, { level: 9 }).length,
    limit,
    inputs: inputs.map(([path, { bytesInOutput }]) => `${bytesInOutput} ${path}`),
  };
}

/**
 * Bundles a script for browsers as Vite does, with what it imports dynamically in chunks of its own, and counts the chunks that are
 * loaded at once.
 */
async function measureAtOnce(name: string, code: string, limit: number | null): Promise<BundleSize> {
  const entry = join(root, 'five-lines.js');
  const bundle = await rolldown({
    input: entry,
    platform: 'browser',
    logLevel: 'silent',
    plugins: [
      {
        name: 'five-lines',
        resolveId: (id: string) => (id === entry ? id : null),
        load: (id: string) => (id === entry ? code : null),
      },
    ],
  });
  const { output } = await bundle.generate({ format: 'esm', minify: true });
  const chunks = new Map(output.flatMap((each) => (each.type === 'chunk' ? [[each.fileName, each] as const] : [])));
  const atOnce = new Set<string>();
  const visit = (file: string): void => {
    if (atOnce.has(file) || !chunks.has(file)) return;
    atOnce.add(file);
    chunks.get(file)!.imports.forEach(visit);
  };
  visit([...chunks.values()].find(({ isEntry }) => isEntry)!.fileName);
  const loaded = [...atOnce].map((file) => chunks.get(file)!);
  return {
    name,
    gzip: loaded.reduce((sum, chunk) => sum + gzipSync(chunk.code, { level: 9 }).length, 0),
    limit,
    inputs: loaded
      .flatMap(({ modules }) => Object.entries(modules))
      .sort(([, a], [, b]) => b.renderedLength - a.renderedLength)
      .map(([path, { renderedLength }]) => `${renderedLength} ${path}`),
  };
}

/** The five lines of a contributor, as an app writes them. */
const CONTRIBUTOR = `import { createClient, createLightKeyGate } from '@allod/sdk';
export async function run({ api, chain, keys, seed, consent, items, show }) {
  const client = createClient({ api, chain, keyGate: createLightKeyGate(keys), seed });
  client.on('state', show);
  await client.grantConsent(consent);
  await client.contribute({ datasetId: consent.datasetId, items });
  await client.withdrawConsent({ datasetId: consent.datasetId });
}`;

const LIGHT = "export { createLightKeyGate } from './src/keys/light.ts';";
const ALL = "export * from '@allod/sdk';";
/**
 * What a device needs to contribute once it has agreed: filters apart, from plaintext to committed batch, with the queue, the receipts and
 * the sealing of keys. Reading the chain (consent, claims) and BLS are loaded when they are first needed.
 */
const CORE = `export { collect, flush } from './src/actions/collect.ts';
export { contribute } from './src/actions/contribute.ts';
export { resume } from './src/actions/resume.ts';
export { startUploads } from './src/actions/startUploads.ts';
export { discardBatch, getQueue } from './src/actions/queue.ts';
export { getContributionReceipt, getReceipts } from './src/actions/receipts.ts';
export { erase } from './src/actions/erase.ts';
export { browserPlatform } from './src/platform/browser/platform.ts';
export { Sessions } from './src/identity/sessions.ts';
export { sealedStoreOf } from './src/platform/sealedStore.ts';
export { withServerTime } from './src/platform/serverTime.ts';`;

/** The light key client with all that it imports statically: what opening and sealing keys costs a page. */
export const lightClient = (): Promise<BundleSize> => measure('light key client', LIGHT, 40_000, LAZY);

/** The contribution path without chain reads and without BLS. */
export const core = (): Promise<BundleSize> => measure('core: collect, encrypt, queue, upload', CORE, 70_000, LAZY);

/** What a page loads at once to run createClient, grantConsent, contribute, on('state') and withdrawConsent. */
export const contributorBundle = (): Promise<BundleSize> =>
  measureAtOnce('contributor, five lines', CONTRIBUTOR, 70_000);

/** All sizes that are watched. */
export const bundleSizes = async (): Promise<BundleSize[]> => [
  await lightClient(),
  await measure('light key client with its fallback for engines without WebCrypto', LIGHT, null, []),
  await core(),
  await contributorBundle(),
  await measure('everything', ALL, 210_000, []),
];
