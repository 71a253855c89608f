import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { findChromium, launch } from './testing/chromium.ts';
import { contracts } from './testing/fakeChain.ts';
import { createWorld, DATASET, TERMS_HASH, type World } from './testing/fixtures.ts';

const chromium = findChromium();
const inBrowser = chromium ? describe : describe.skip;

/** What the page may call; `sdk` is the bundle of the browser entry point. */
interface InPage {
  grant(): Promise<void>;
  queue(texts: string[]): Promise<string>;
  resume(): Promise<string[]>;
  waiting(): Promise<number>;
}

const PAGE = `
  import { createClient, purposesOf } from '@allod/sdk';
  const network = globalThis.network;
  const client = createClient({
    api: 'https://page.test',
    chain: { chainId: 31337, name: 'baseSepolia', rpcUrl: 'https://page.test/rpc', contracts: network.contracts },
    seed: new Uint8Array(32).fill(42),
    keyGate: {
      networkKey: '0x' + 'aa'.repeat(48),
      seal: async () => ({ scheme: 'lit-bls-v1', networkKey: '0x' + 'aa'.repeat(48), dataHash: '00'.repeat(32), ciphertext: 'AA==' }),
      close: async () => undefined,
    },
  });
  const datasetId = network.datasetId;
  globalThis.page = {
    grant: async () => {
      await client.grantConsent({ datasetId, purposes: purposesOf('TRAIN'), validUntil: 2000000000, termsHash: network.termsHash });
    },
    queue: async (texts) => {
      const items = texts.map((text) => ({ bytes: new TextEncoder().encode(text), mediaType: 'text/plain' }));
      return (await client.contribute({ datasetId, items, until: 'queued' })).batchId;
    },
    resume: async () => (await client.resume()).committed.flatMap(({ contributions }) => contributions.map(({ state }) => state)),
    waiting: async () => (await client.getQueue()).length,
  };
`;

inBrowser('the SDK in Chromium', () => {
  let browser: Browser;
  let bundle: string;

  beforeAll(async () => {
    browser = await launch(chromium as string);
    const { outputFiles } = await build({
      stdin: { contents: PAGE, resolveDir: fileURLToPath(new URL('..', import.meta.url)) },
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      target: 'es2023',
    });
    bundle = outputFiles[0]!.text;
  });
  afterAll(() => browser?.close());

  /** Opens a page whose only network is the API and the chain in memory. */
  async function open(world: World, page: Page): Promise<void> {
    await page.route('**/*', async (route) => {
      const request = route.request();
      const { pathname } = new URL(request.url());
      if (pathname === '/')
        return route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>page</title>' });
      if (pathname === '/rpc') {
        const answers = [JSON.parse(request.postData() as string)].flat().map(async ({ id, method, params }) => {
          const [{ to, data }] = params as [{ to: string; data: string }];
          const result = method === 'eth_call' ? await world.chain.call({ to, data }) : null;
          return { jsonrpc: '2.0', id, result };
        });
        return route.fulfill({ json: await Promise.all(answers) });
      }
      const response = await world.api.fetch(request.url(), {
        method: request.method(),
        headers: await request.allHeaders(),
        ...(request.postDataBuffer() ? { body: new Uint8Array(request.postDataBuffer() as Buffer) } : {}),
      });
      return route.fulfill({ status: response.status, body: Buffer.from(await response.arrayBuffer()) });
    });
    await load(page);
  }

  async function load(page: Page): Promise<void> {
    await page.goto('https://page.test/');
    await page.evaluate((network) => Object.assign(globalThis, { network }), {
      contracts,
      datasetId: DATASET,
      termsHash: TERMS_HASH,
    });
    await page.addScriptTag({ type: 'module', content: bundle });
    await page.waitForFunction(() => 'page' in globalThis);
  }

  const call = <Name extends keyof InPage>(
    page: Page,
    name: Name,
    ...args: Parameters<InPage[Name]>
  ): Promise<Awaited<ReturnType<InPage[Name]>>> =>
    page.evaluate(
      ([method, given]) =>
        (globalThis as unknown as { page: Record<string, (...each: unknown[]) => unknown> }).page[method]!(...given),
      [name, args] as const,
    ) as Promise<Awaited<ReturnType<InPage[Name]>>>;

  it('finishes after a reload what was queued in IndexedDB before it', async () => {
    const world = createWorld();
    const page = await (await browser.newContext()).newPage();
    await open(world, page);
    await call(page, 'grant');
    world.api.intercept = ({ kind }) => (kind === 'put' ? new Promise(() => undefined) : undefined);
    await call(page, 'queue', ['one', 'two']);
    expect(await call(page, 'waiting')).toBe(1);

    world.api.intercept = () => undefined;
    await load(page);
    expect(await call(page, 'waiting')).toBe(1);
    expect(await call(page, 'resume')).toEqual(['COMMITTED', 'COMMITTED']);
    expect(await call(page, 'waiting')).toBe(0);
    expect(world.api.commits).toHaveLength(1);
    await page.context().close();
  });
});
