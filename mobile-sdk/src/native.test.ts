import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { createFakeKeyGate } from './keys/fake.ts';
import type * as Sdk from './index.native.ts';
import { expoDouble, type ExpoDouble } from './testing/expoModules.ts';
import { API } from './testing/fakeApi.ts';
import { CHAIN_ID, contracts } from './testing/fakeChain.ts';
import { createWorld, DATASET, FAR_AWAY, seedOf, TERMS_HASH, type World } from './testing/fixtures.ts';
import { openCommits } from './testing/openCommits.ts';

const SEED = seedOf(61);
let bundle: string;

/**
 * The React Native entry as a script in a world of its own: the language, timers, text and URL classes, fetch and random bytes. No
 * WebAssembly, no WebCrypto, no Node global, and without what Hermes lacks of the newer language.
 */
function sdkInHermes(fetch: unknown): typeof Sdk {
  const names = [
    'setTimeout',
    'clearTimeout',
    'queueMicrotask',
    'TextEncoder',
    'TextDecoder',
    'URL',
    'URLSearchParams',
    'AbortController',
    'Headers',
    'Response',
    'atob',
    'btoa',
    'console',
  ];
  const globals = Object.fromEntries(names.map((name) => [name, (globalThis as Record<string, unknown>)[name]]));
  const context = createContext({ ...globals, fetch, Uint8Array, ArrayBuffer, DataView, Error, RangeError, TypeError });
  runInContext(
    `globalThis.self = globalThis.global = globalThis;
     delete globalThis.WebAssembly; delete globalThis.SharedArrayBuffer; delete globalThis.Atomics; delete globalThis.Iterator;
     delete globalThis.Intl; delete Promise.withResolvers; delete Promise.try; delete Array.fromAsync; delete Object.groupBy;
     delete Map.groupBy; delete ArrayBuffer.prototype.transfer; delete Set.prototype.union;`,
    context,
  );
  runInContext(bundle, context);
  const types = runInContext(
    '[typeof process, typeof Buffer, typeof require, typeof WebAssembly, typeof crypto]',
    context,
  ) as string[];
  expect(types).toEqual(Array(5).fill('undefined'));
  const sdk = runInContext('sdk', context) as typeof Sdk;
  const random = <T extends ArrayBufferView>(array: T): T => globalThis.crypto.getRandomValues(array as never);
  Object.assign(context, { software: sdk.softwareCrypto(random), install: sdk.installCrypto });
  runInContext('install(software)', context);
  return sdk;
}

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: { contents: "export * from '@allod/sdk';", resolveDir: fileURLToPath(new URL('..', import.meta.url)) },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'sdk',
    platform: 'browser',
    mainFields: ['react-native', 'browser', 'module', 'main'],
    conditions: ['react-native'],
    target: 'es2022',
  });
  bundle = outputFiles[0]!.text;
});

/** The world's API and chain over one `fetch`. */
const fetchOf =
  (world: World) =>
  async (input: string | { url: string }, init: RequestInit = {}): Promise<Response> => {
    const url = typeof input === 'string' ? input : input.url;
    if (!url.startsWith('http://rpc.test')) return world.api.fetch(url, init);
    const text = typeof init.body === 'string' ? init.body : new TextDecoder().decode(init.body as Uint8Array);
    const calls = [JSON.parse(text)].flat() as { id: number; method: string; params: [{ to: string; data: string }] }[];
    const answers = calls.map(async ({ id, method, params: [call] }) => ({
      jsonrpc: '2.0',
      id,
      result: method === 'eth_call' ? await world.chain.call(call) : '0x7a69',
    }));
    return Response.json(await Promise.all(answers));
  };

function open(
  sdk: typeof Sdk,
  world: World,
  expo: ExpoDouble,
  options: Partial<Sdk.CreateClientOptions> = {},
): Sdk.Client {
  return sdk.createClient({
    api: API,
    chain: { chainId: CHAIN_ID, name: 'baseSepolia', rpcUrls: ['http://rpc.test/'], contracts },
    keyGate: createFakeKeyGate({ chainId: CHAIN_ID, allows: () => true }),
    seed: SEED,
    platform: sdk.expoPlatform({ ...expo, fetch: fetchOf(world) as never }),
    ...options,
  });
}
const consent = (client: Sdk.Client, sdk: typeof Sdk): Promise<unknown> =>
  client.grantConsent({
    datasetId: DATASET,
    purposes: sdk.purposesOf('TRAIN'),
    validUntil: FAR_AWAY,
    termsHash: TERMS_HASH,
  });

describe('the SDK in an engine like Hermes', () => {
  it('agrees, encrypts a file piece by piece, uploads and commits', async () => {
    const [world, expo] = [createWorld(), expoDouble()];
    const sdk = sdkInHermes(fetchOf(world));
    const client = open(sdk, world, expo);
    await consent(client, sdk);
    expo.files.set('file:///picture', new Uint8Array(1_100_000).fill(0x61));
    const picture = new (expo.fileSystem.File as unknown as new (uri: string) => Sdk.ExpoFile)('file:///picture');
    const { contributions } = await client.contribute({
      datasetId: DATASET,
      items: [{ bytes: sdk.expoFileSource(picture), mediaType: 'image/jpeg' }],
    });
    expect(contributions[0]!.state).toBe('COMMITTED');
    expect(world.api.commits[0]!.contributions[0]!.leaves).toHaveLength(2);
    expect(await openCommits(world.api, SEED)).toEqual(['a'.repeat(1_100_000)]);
    await client.close();
  });

  it('keeps keys in the key store and the rest encrypted in files, and goes on after the app was killed', async () => {
    const [world, expo] = [createWorld(), expoDouble()];
    const sdk = sdkInHermes(fetchOf(world));
    const before = open(sdk, world, expo, { upload: { wifiOnly: true } });
    expo.state.network = 'CELLULAR';
    await consent(before, sdk);
    await before.collect({ datasetId: DATASET, value: 'canary' });
    const note = { bytes: new TextEncoder().encode('note'), mediaType: 'text/plain' };
    await expect(before.contribute({ datasetId: DATASET, items: [note] })).rejects.toMatchObject({
      code: 'WAITING_FOR_WIFI',
    });
    await before.close();
    for (const bytes of expo.files.values())
      expect(Buffer.from(bytes).toString('latin1')).not.toMatch(/canary|note|consent/);
    expect([...expo.secrets.keys()].every((name) => name.startsWith('allod.'))).toBe(true);

    expo.state.network = 'WIFI';
    sdk.defineUploadTask(expo, async () => open(sdk, world, expo, { upload: { wifiOnly: true } }));
    await sdk.scheduleUploads(expo.backgroundTask, 1);
    expect(expo.backgroundTask.intervals).toEqual([15]);
    expect(await expo.runTask(sdk.UPLOAD_TASK)).toBe(1);
    expect((await openCommits(world.api, SEED)).sort()).toEqual(['"canary"', 'note']);
    expect(await expo.runTask(sdk.UPLOAD_TASK)).toBe(1);
  });

  it('tells the platform when a background upload has to be tried again', async () => {
    const [world, expo] = [createWorld(), expoDouble()];
    const sdk = sdkInHermes(fetchOf(world));
    expo.state.battery = 1;
    const client = open(sdk, world, expo, { upload: { chargingOnly: true } });
    await consent(client, sdk);
    await client.collect({ datasetId: DATASET, value: 1 });
    await client.close();
    sdk.defineUploadTask(expo, async () => open(sdk, world, expo, { upload: { chargingOnly: true } }));
    expect(await expo.runTask(sdk.UPLOAD_TASK)).toBe(2);
    expo.state.battery = 3;
    expect(await expo.runTask(sdk.UPLOAD_TASK)).toBe(1);
  });
});
