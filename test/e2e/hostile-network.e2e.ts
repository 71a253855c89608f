import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Stack, startStack, temporaryDataDir } from '@allod/dev';
import { parseCid, purposesOf } from '@allod/protocol';
import { type Client, type Network, nodePlatform, type Platform, type UploadEvent } from '@allod/sdk';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { Dice } from '../chaos/dice.ts';
import { type SmallDisk, smallDisk } from '../chaos/disk.ts';
import { HostileNetwork } from '../chaos/network.ts';
import { Clients } from '../harness/actors.ts';

jest.setTimeout(300_000);

const TERMS_HASH = `0x${'22'.repeat(32)}`;
const LEAVES = 8;

/** Bodies of PUT requests by CID, as they crossed the wire; only those that crossed completely. */
function blocksOnTheWire(folder: string): Map<string, Set<string>> {
  const bodies = new Map<string, Set<string>>();
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.up'))) {
    const bytes = readFileSync(join(folder, name));
    const head =
      /PUT \/blocks\/(b[a-z2-7]+) HTTP\/1\.1\r\n(?:[^\r\n]+\r\n)*?content-length: (\d+)\r\n(?:[^\r\n]+\r\n)*\r\n/g;
    for (const match of bytes.toString('latin1').matchAll(head)) {
      const [whole, cid, length] = match as unknown as [string, string, string];
      const body = bytes.subarray(match.index + whole.length, match.index + whole.length + Number(length));
      if (body.length < Number(length)) continue;
      const digest = createHash('sha256').update(body).digest('hex');
      bodies.set(cid, (bodies.get(cid) ?? new Set()).add(digest));
    }
  }
  return bodies;
}

const digestOf = (cid: string): string => Buffer.from(parseCid(cid).multihash.digest).toString('hex');

describe('an upload over a hostile network, to an operator under attack', () => {
  const dataDir = temporaryDataDir();
  const outside = mkdtempSync(join(tmpdir(), 'allod-hostile-'));
  const wire = join(outside, 'wire');
  let disk: SmallDisk;
  let stack: Stack;
  let clients: Clients;
  let proxy: HostileNetwork;
  let api: string;
  let datasetId: string;
  let network: Network = 'wifi';
  const listeners = new Set<() => void>();

  const moveTo = (next: Network): void => {
    network = next;
    for (const listener of listeners) listener();
  };
  /** A phone whose requests to the api go through the proxy; `seen` hears of each before it leaves. */
  const phone = (name: string, seen: (url: string) => void = () => undefined): Platform => ({
    ...nodePlatform(join(outside, name)),
    fetch: (input, init) => {
      seen(input);
      return globalThis.fetch(input.replace(stack.urls.api, api), init);
    },
    device: {
      network: async () => network,
      charging: async () => true,
      subscribe: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
  });
  const contributor = async (platform: Platform): Promise<Client> => {
    const client = clients.of('contributor1', { seed: new Uint8Array(randomBytes(32)), platform });
    const validUntil = Math.floor(Date.now() / 1000) + 86_400;
    await client.grantConsent({ datasetId, purposes: purposesOf('TRAIN'), validUntil, termsHash: TERMS_HASH });
    return client;
  };
  const item = (size: number): { bytes: Uint8Array; mediaType: string } => ({
    bytes: new Uint8Array(randomBytes(size)),
    mediaType: 'application/octet-stream',
  });
  const sql = async <T>(text: string, values: unknown[] = []): Promise<T[]> => {
    const db = new pg.Client({ connectionString: stack.urls.database });
    await db.connect();
    try {
      return (await db.query(text, values)).rows as T[];
    } finally {
      await db.end();
    }
  };

  beforeAll(async () => {
    disk = smallDisk(join(dataDir, 'blocks'), 64);
    stack = await startStack({ dataDir, apiEnv: { STORE_DIR: disk.folder, ...disk.env, IDLE_TIMEOUT_MS: '5000' } });
    clients = new Clients(stack);
    proxy = new HostileNetwork(Number(new URL(stack.urls.api).port), wire, new Dice(1));
    api = await proxy.listen();
    mkdirSync(outside, { recursive: true });
    const created = await clients.of('curator').createDataset({
      name: 'Noise',
      description: 'Random bytes of several segments',
      mediaType: 'application/octet-stream',
      schema: { type: 'bytes' },
      purposes: purposesOf('TRAIN'),
      contributorsBps: 7000,
      floorPrice: 1_000_000n,
    });
    datasetId = created.datasetId;
  });
  afterAll(async () => {
    await proxy?.close();
    await clients?.close();
    await stack?.stop();
    disk?.close();
    for (const folder of [dataDir, outside]) rmSync(folder, { recursive: true, force: true });
  });

  test('resumes after its network changed and its session ended in the middle, with the ciphertext of the first try', async () => {
    let puts = 0;
    const tried: string[] = [];
    const platform = phone('wanderer', (url) => {
      const cid = /\/blocks\/(\w+)$/.exec(url)?.[1];
      if (cid === undefined) return;
      tried.push(cid);
      puts++;
      // The fourth block is on its way when nothing arrives any more; a moment later the phone finds the mobile network.
      if (puts === 4) {
        proxy.weather = 'stall';
        setTimeout(() => {
          proxy.weather = 'open';
          moveTo('cellular');
        }, 300);
      }
      if (puts === 7) void sql('DELETE FROM session');
    });
    const client = await contributor(platform);
    const given = item((LEAVES - 1) * (1 << 20) + 5_000);
    const { contributionIds } = await client.contribute({ datasetId, items: [given] });
    expect(proxy.struck.stall).toBeGreaterThan(0);
    expect(tried.length).toBeGreaterThan(LEAVES);

    const [row] = await sql<{ leaves: string[] }>('SELECT leaves FROM contribution WHERE id = $1', contributionIds);
    expect(row?.leaves).toHaveLength(LEAVES);
    expect([...new Set(tried)].sort()).toEqual([...(row?.leaves ?? [])].sort());
    const sent = blocksOnTheWire(wire);
    for (const cid of row?.leaves ?? []) expect([...(sent.get(cid) ?? [])]).toEqual([digestOf(cid)]);
    for await (const result of client.recoverContributions({ datasetId }))
      expect(result.ok && Buffer.from(result.bytes).equals(Buffer.from(given.bytes))).toBe(true);
  });

  test('waits with a warning while the operator has no room, and goes on when there is', async () => {
    const client = await contributor(phone('patient'));
    const events: UploadEvent[] = [];
    client.on('state', (event) => events.push(event));
    disk.fill(64 * 1024);
    await expect(client.contribute({ datasetId, items: [item(500_000)] })).rejects.toMatchObject({
      code: 'SERVER_FULL',
      retryAfter: 30,
    });
    expect(events.at(-1)).toMatchObject({ state: 'WAITING', code: 'SERVER_FULL', retryAt: expect.any(Number) });
    const [before] = await client.getQueue();
    disk.free();
    const { committed, waiting } = await client.resume();
    expect(waiting).toEqual([]);
    expect(committed.flatMap(({ contributions }) => contributions.map(({ id }) => id))).toEqual(
      before?.contributionIds,
    );
  });

  test('gets through while somebody holds more half-open uploads than the api may have files', async () => {
    const files = 300;
    const part = stack.parts.api;
    const { command, args } = part.plan;
    part.plan.command = 'sh';
    part.plan.args = ['-c', `ulimit -n ${files} && exec "$0" "$@"`, command, ...args];
    await part.restart();
    const token = randomBytes(32).toString('base64url');
    await sql(`INSERT INTO session (token_hash, account, expires_at) VALUES ($1, $2, now() + interval '1 hour')`, [
      createHash('sha256').update(token).digest(),
      stack.accounts.stranger.address,
    ]);
    const port = Number(new URL(stack.urls.api).port);
    const head = `PUT /blocks/b${'a'.repeat(58)} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\n`;
    const { pid } = part;
    const sockets: Socket[] = [];
    const hold = async (): Promise<void> => {
      for (let i = 0; i < files; i++) {
        const socket = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' });
        socket.on('error', () => undefined);
        socket.write(`${head}content-type: application/octet-stream\r\ncontent-length: 1000000\r\n\r\nhalf`);
        sockets.push(socket);
        if (i % 50 === 49) await sleep(20);
      }
    };
    await hold();
    const client = await contributor(phone('patient-too'));
    const [{ contributions }] = await Promise.all([
      client.contribute({ datasetId, items: [item(1_500_000), item(2_000)] }),
      hold(),
    ]);
    expect(contributions).toHaveLength(2);
    for (const socket of sockets) socket.destroy();
    expect(part.pid).toBe(pid);
    expect(readFileSync(part.logFile, 'utf8').includes('EMFILE')).toBe(false);
  });
});
