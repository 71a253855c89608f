import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Stack, startStack } from '@allod/dev/src/stack.ts';
import { contributionLeaf, purposesOf, verifyContributionProof } from '@allod/protocol';
import type { ContributionReceipt } from '@allod/sdk';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { Clients } from '../harness/actors.ts';

jest.setTimeout(300_000);

const ALLOD = fileURLToPath(new URL('../../mobile-sdk/src/cli/main.ts', import.meta.url));
const TERMS_HASH = `0x${'22'.repeat(32)}`;
const CANARY = 'a canary that only its contributor may see';
const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('a contributor at the command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'allod-capture-'));
  const home = join(folder, 'home');
  const files = join(folder, 'files');
  let stack: Stack;
  let clients: Clients;
  let datasetId: string;

  /** Runs `allod` as a process of its own; `watch` sees each line of its progress. */
  function allod(args: string[], options: { input?: string; watch?: (line: string, kill: () => void) => void } = {}) {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ALLOD, ...args], {
      env: { ...process.env, ALLOD_HOME: home, NODE_OPTIONS: '' },
      stdio: 'pipe',
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
      options.watch?.(chunk.toString(), () => child.kill('SIGKILL'));
    });
    child.stdin.end(options.input ?? '');
    return new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
      child.on('close', (code) => resolve({ code, out, err })),
    );
  }
  const rows = async (): Promise<number> => {
    const db = new pg.Client({ connectionString: stack.urls.database });
    await db.connect();
    try {
      return Number((await db.query('select count(*) from contribution')).rows[0].count);
    } finally {
      await db.end();
    }
  };
  const everythingIn = (path: string): string[] =>
    readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));

  beforeAll(async () => {
    stack = await startStack();
    clients = new Clients(stack);
    const created = await clients.of('curator').createDataset({
      name: 'Files',
      description: 'Anything that a device keeps',
      mediaType: 'application/octet-stream',
      schema: { type: 'bytes' },
      purposes: purposesOf('TRAIN'),
      contributorsBps: 7000,
      floorPrice: 1_000_000n,
    });
    datasetId = created.datasetId;
    mkdirSync(home, { mode: 0o700 });
    mkdirSync(files);
    const { urls, chainId, chainName, deployment, network } = stack;
    const chain = { chainId, name: chainName, rpcUrls: [urls.rpc], contracts: deployment.addresses };
    writeFileSync(join(home, 'network.json'), JSON.stringify({ api: urls.api, chain, networkKey: network.networkKey }));
  });
  afterAll(async () => {
    await clients?.close();
    await stack?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('makes a seed, agrees, contributes, and holds a proof, and is anchored', async () => {
    expect(await allod(['init'])).toMatchObject({ code: 0 });
    const consent = ['--purposes', 'TRAIN', '--until', '2030-01-01', '--terms', TERMS_HASH];
    expect(await allod(['consent', '--dataset', datasetId, ...consent])).toMatchObject({ code: 0, err: '' });
    writeFileSync(join(files, 'note.txt'), CANARY);
    const given = await allod(['contribute', '--dataset', datasetId, '--json', join(files, 'note.txt')]);
    expect(given).toMatchObject({ code: 0, err: 'QUEUED\nUPLOADING\nCOMMITTED\n' });
    const { contributionIds } = JSON.parse(given.out) as { contributionIds: string[] };
    const id = contributionIds[0] as string;

    const receipt = JSON.parse(
      (await allod(['receipt', '--dataset', datasetId, '--id', id, '--json'])).out,
    ) as ContributionReceipt;
    const leaf = contributionLeaf(receipt.contribution);
    expect(verifyContributionProof(receipt.batch.root, leaf, receipt.index, receipt.proof as never)).toBe(true);
    const status = async (): Promise<{ id: string; state: string }[]> =>
      JSON.parse((await allod(['status', '--dataset', datasetId, '--json'])).out);
    const end = Date.now() + 120_000;
    while ((await status())[0]?.state !== 'ANCHORED' && Date.now() < end) await sleep(500);
    expect(await status()).toMatchObject([{ id, state: 'ANCHORED' }]);
  });

  test('kill -9 in the middle of an upload: `resume` ends it with the same bytes, once', async () => {
    const big = new Uint8Array(randomBytes(9_500_000));
    writeFileSync(join(files, 'big.bin'), big);
    const killed = await allod(['contribute', '--dataset', datasetId, join(files, 'big.bin')], {
      watch: (line, kill) => line.includes('UPLOADING') && kill(),
    });
    expect(killed.code).toBeNull();
    const queue = JSON.parse((await allod(['queue', '--json'])).out) as { bytes: number }[];
    expect(queue).toHaveLength(1);
    expect(await allod(['resume', '--json'])).toMatchObject({ code: 0, out: expect.stringContaining('"waiting":[]') });
    expect(await allod(['resume', '--json'])).toMatchObject({ code: 0, out: '{"committed":[],"waiting":[]}\n' });
    expect(await rows()).toBe(2);
  });

  test('gives everything back to a second device that has only the 24 words', async () => {
    const { out: phrase } = await allod(['phrase']);
    const second = join(folder, 'second');
    mkdirSync(second, { mode: 0o700 });
    writeFileSync(join(second, 'network.json'), readFileSync(join(home, 'network.json')));
    expect(await allod(['restore', '--home', second], { input: phrase })).toMatchObject({ code: 0 });
    const out = join(folder, 'export');
    expect(await allod(['export', '--home', second, '--dataset', datasetId, '--out', out])).toMatchObject({ code: 0 });
    const saved = readdirSync(out).map((name) => sha(readFileSync(join(out, name))));
    const given = readdirSync(files).map((name) => sha(readFileSync(join(files, name))));
    expect(saved.sort()).toEqual(given.sort());
  });

  test('leaves nothing in clear: not on the device, not at the operator', () => {
    const stored = [...everythingIn(home), ...everythingIn(stack.dataDir)];
    expect(stored.length).toBeGreaterThan(20);
    for (const text of stored) expect(text).not.toContain(CANARY);
  });

  test('erases an item: its key is gone, on the device and at the API', async () => {
    const status = JSON.parse((await allod(['status', '--dataset', datasetId, '--json'])).out) as { id: string }[];
    const id = status.at(-1)!.id;
    expect(await allod(['erase', '--dataset', datasetId, '--id', id])).toMatchObject({
      code: 0,
      out: 'withdrawn; its key was dropped\n',
    });
    const receipt = JSON.parse(
      (await allod(['receipt', '--dataset', datasetId, '--id', id, '--json'])).out,
    ) as ContributionReceipt;
    expect(receipt.wrappedDek).toBeNull();
    const { code, out } = await allod(['export', '--dataset', datasetId, '--out', join(folder, 'rest')]);
    expect({ code, out }).toEqual({ code: 1, out: '1 saved, 1 failed\n' });
  });
});
