import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { fileToDag, rawCid } from '@allod/protocol';
import { connectionsWithin } from './connection-guard.ts';
import { ContentStore } from './integrations/storage/content-store.port.ts';
import { startApp } from './testing/app.ts';
import type { TestApp } from './testing/app.ts';
import { TestContributor } from './testing/contributor.ts';
import { createDataset } from './testing/dataset.ts';

const CONNECTIONS = 40;
const PENDING = 4 << 20;
/** Another address of the same machine, so that the attacker is not the honest client. */
const ATTACKER = '127.0.0.2';

/** The server on a real socket, while somebody holds on to it. */
describe('hostile clients', () => {
  let api: TestApp;
  let honest: TestContributor;
  let port: number;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    api = await startApp({
      MAX_CONNECTIONS: String(CONNECTIONS),
      MAX_PENDING_BYTES: String(PENDING),
      HEADERS_TIMEOUT_MS: '2000',
      REQUEST_TIMEOUT_MS: '4000',
      IDLE_TIMEOUT_MS: '1500',
    });
    honest = await new TestContributor(api, await createDataset(api)).signIn();
    await api.app.listen(0, '127.0.0.1');
    port = (api.app.getHttpServer().address() as AddressInfo).port;
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });
  afterAll(() => api.stop());

  const open = (localAddress = ATTACKER): Promise<Socket> => {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    sockets.push(socket);
    socket.on('error', () => undefined);
    return new Promise((resolve) => socket.once('connect', () => resolve(socket)));
  };
  const closed = (socket: Socket): Promise<void> =>
    new Promise((resolve) => {
      socket.resume();
      if (socket.destroyed || socket.readableEnded) resolve();
      socket.once('end', () => resolve());
      socket.once('close', () => resolve());
    });
  const answerOn = async (socket: Socket): Promise<string> => {
    const [first] = (await new Promise((resolve) => socket.once('data', (bytes) => resolve([bytes])))) as [Buffer];
    return first.toString('latin1');
  };
  const headOf = (cid: string, length: number, token: string): string =>
    `PUT /blocks/${cid} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\n` +
    `content-type: application/octet-stream\r\ncontent-length: ${length}\r\n\r\n`;
  const halfOpen = async (bytes: number, length = 1 << 20): Promise<Socket> => {
    const socket = await open();
    socket.write(headOf(rawCid(randomBytes(8)).toString(), length, honest.token));
    if (bytes > 0) socket.write(randomBytes(bytes));
    return socket;
  };
  const block = (size = 100_000): { cid: string; bytes: Buffer } => {
    const bytes = randomBytes(size);
    return { cid: rawCid(bytes).toString(), bytes };
  };
  const upload = async ({ cid, bytes } = block()): Promise<number> => {
    const response = await fetch(`http://127.0.0.1:${port}/blocks/${cid}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream', authorization: `Bearer ${honest.token}` },
      body: bytes as Uint8Array<ArrayBuffer>,
    });
    await response.arrayBuffer();
    return response.status;
  };
  const connections = (): Promise<number> =>
    new Promise((resolve) => api.app.getHttpServer().getConnections((_: unknown, count: number) => resolve(count)));
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    while (!(await holds())) await sleep(50);
  };
  /** One byte after another, for as long as the server takes them. */
  const trickle = async (socket: Socket, byte: string): Promise<void> => {
    while (!socket.destroyed && socket.writable) {
      socket.write(byte);
      await sleep(100);
    }
  };

  it('ends headers that come byte by byte, and serves others meanwhile', async () => {
    const slow = await Promise.all(Array.from({ length: 20 }, () => open()));
    for (const socket of slow) {
      socket.write('GET /health/live HTTP/1.1\r\nx: ');
      void trickle(socket, 'y');
    }
    expect(await upload()).toBe(201);
    await Promise.all(slow.map(closed));
  });

  it('ends bodies that come byte by byte, and serves others meanwhile', async () => {
    const slow = await Promise.all(Array.from({ length: 20 }, () => halfOpen(1)));
    for (const socket of slow) void trickle(socket, 'y');
    expect(await upload()).toBe(201);
    await Promise.all(slow.map(closed));
  });

  it('ends uploads that stop half-way', async () => {
    await closed(await halfOpen(1000));
    expect(await upload()).toBe(201);
  });

  it('takes an upload that is slow and goes on', async () => {
    const { cid, bytes } = block(1000);
    const socket = await open('127.0.0.1');
    socket.write(headOf(cid, bytes.length, honest.token));
    const answer = answerOn(socket);
    for (let at = 0; at < bytes.length; at += 100) {
      await sleep(200);
      socket.write(bytes.subarray(at, at + 100));
    }
    expect(await answer).toMatch(/^HTTP\/1\.1 201 /);
  });

  it('makes room for honest clients when one address opens more uploads than there are connections', async () => {
    for (let i = 0; i < 4; i++) {
      await Promise.all(Array.from({ length: CONNECTIONS }, () => halfOpen(10)));
      expect(await connections()).toBeLessThanOrEqual(CONNECTIONS + 1);
      expect(await upload()).toBe(201);
    }
  });

  it('keeps the bytes of unfinished uploads within their bound, and lets the fastest be', async () => {
    const { cid, bytes } = block(900_000);
    const many = await Promise.all(Array.from({ length: 12 }, () => halfOpen(900_000)));
    const good = await open('127.0.0.1');
    good.write(headOf(cid, bytes.length, honest.token));
    const answer = answerOn(good);
    good.write(bytes);
    expect(await answer).toMatch(/^HTTP\/1\.1 201 /);
    const ended = many.map((socket) => closed(socket));
    await Promise.all(ended);
  });

  it('says 401 before the bytes come, and does not wait for them', async () => {
    const socket = await open();
    socket.write(headOf(rawCid(randomBytes(8)).toString(), 1 << 20, 'x'.repeat(43)));
    expect(await answerOn(socket)).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('ends a client that asks for much and reads nothing', async () => {
    const { root, leaves, blocks } = fileToDag(randomBytes(12 << 20));
    const store = api.app.get(ContentStore);
    for (const each of [...leaves, ...blocks]) await store.put(each.cid.toString(), each.bytes);
    await until(async () => (await connections()) === 0);
    const socket = await open();
    socket.pause();
    socket.write(`GET /ipfs/${root}?format=car HTTP/1.1\r\nhost: x\r\n\r\n`);
    await until(async () => (await connections()) === 1);
    await until(async () => (await connections()) === 0);
  });

  it('refuses headers and bodies that are too large', async () => {
    const headers = await open();
    headers.write(`GET /health/live HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`);
    expect(await answerOn(headers)).toMatch(/^HTTP\/1\.1 431 /);
    const body = await halfOpen(0, 3 << 20);
    expect(await answerOn(body)).toMatch(/^HTTP\/1\.1 413 /);
    const graphql = await open();
    graphql.write(
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 20000000\r\n\r\n',
    );
    expect(await answerOn(graphql)).toMatch(/^HTTP\/1\.1 413 /);
    expect(await upload()).toBe(201);
  });

  it('stores a block once that many clients upload at the same time', async () => {
    const one = block();
    const answers = await Promise.all(Array.from({ length: 20 }, () => upload(one)));
    expect(answers.filter((status) => ![200, 201].includes(status))).toEqual([]);
    expect(await api.sql('SELECT refs FROM block WHERE cid = $1', [one.cid])).toEqual([{ refs: 1 }]);
  });
});

describe('connections within the files of the process', () => {
  it('leaves files for everything else', () => {
    expect(connectionsWithin(4096, 1_048_576)).toBe(4096);
    expect(connectionsWithin(4096, 1024)).toBe(768);
    expect(connectionsWithin(4096, 100)).toBe(50);
    expect(connectionsWithin(10, Infinity)).toBe(10);
  });
});
