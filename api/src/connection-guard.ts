import { readFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** File descriptors that are kept for the database, the store, logs and outgoing connections. */
const RESERVED_FILES = 256;
const LOOK_EVERY_MS = 500;

export interface ConnectionLimits {
  /** Connections at the same time. */
  maxConnections: number;
  /** Bytes of requests that have not arrived completely, all together. */
  maxPendingBytes: number;
  /** Milliseconds for which a client may do nothing while it is its turn. */
  idleMs: number;
}

interface Guarded {
  socket: Socket;
  address: string;
  since: number;
  /** The request that is being read or answered. */
  request: IncomingMessage | undefined;
  /** What the socket had read when that request began. */
  readBefore: number;
  /** Became a WebSocket, which may be silent. */
  upgraded: boolean;
  /** Bytes that had passed, and when that last changed. */
  passed: number;
  movedAt: number;
}

/**
 * Ends connections whose client does nothing while it is its turn: it sends no more of its request, or does not read the answer.
 * Makes room when there are too many connections, or when requests that never end hold too much memory. Who must go then: of the
 * address with the most connections, the one that is longest without a request, else the one whose request or answer moves slowest.
 * A request that has arrived is answered, however long that takes.
 */
export class ConnectionGuard {
  readonly #limits: ConnectionLimits;
  readonly #guarded = new Map<Socket, Guarded>();

  constructor(server: Server, limits: ConnectionLimits) {
    this.#limits = limits;
    server.on('connection', (socket) => this.#admit(socket));
    server.on('request', (request, response) => this.#begin(request, response));
    server.on('upgrade', (request) => {
      const guarded = this.#guarded.get(request.socket);
      if (server.listenerCount('upgrade') === 1) request.socket.destroy();
      else if (guarded) guarded.upgraded = true;
    });
    const timer = setInterval(
      () => {
        this.#endIdle();
        this.#freeMemory();
      },
      Math.min(LOOK_EVERY_MS, limits.idleMs),
    );
    timer.unref();
    server.once('close', () => clearInterval(timer));
  }

  get connections(): number {
    return this.#guarded.size;
  }

  #admit(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    const [since, movedAt] = [Date.now(), Date.now()];
    const rest = { request: undefined, readBefore: 0, upgraded: false, passed: 0, movedAt };
    this.#guarded.set(socket, { socket, address, since, ...rest });
    socket.once('close', () => this.#guarded.delete(socket));
    while (this.#guarded.size > this.#limits.maxConnections) this.#drop(this.#leastWorth(socket) ?? socket);
  }

  #begin(request: IncomingMessage, response: ServerResponse): void {
    const guarded = this.#guarded.get(request.socket);
    if (!guarded) return;
    guarded.request = request;
    guarded.since = Date.now();
    guarded.readBefore = request.socket.bytesRead;
    response.once('close', () => {
      if (guarded.request !== request) return;
      guarded.request = undefined;
      guarded.since = Date.now();
    });
  }

  #endIdle(): void {
    const now = Date.now();
    for (const each of this.#guarded.values()) {
      const passed = bytesPassed(each.socket);
      if (passed !== each.passed || !waitsForItsClient(each)) {
        each.passed = passed;
        each.movedAt = now;
      } else if (now - each.movedAt >= this.#limits.idleMs) this.#drop(each.socket);
    }
  }

  #freeMemory(): void {
    const pending = [...this.#guarded.values()].filter(({ request }) => request !== undefined && !request.complete);
    let held = pending.reduce((sum, each) => sum + received(each), 0);
    pending.sort((a, b) => rate(a) - rate(b));
    for (const each of pending) {
      if (held <= this.#limits.maxPendingBytes) return;
      held -= received(each);
      this.#drop(each.socket);
    }
  }

  #leastWorth(newest: Socket): Socket | undefined {
    const others = [...this.#guarded.values()].filter((each) => each.socket !== newest);
    const waiting = others.filter(waitsForItsClient);
    if (waiting.length === 0) return others.find(({ upgraded }) => upgraded)?.socket;
    const crowds = new Map<string, number>();
    for (const { address } of this.#guarded.values()) crowds.set(address, (crowds.get(address) ?? 0) + 1);
    const most = Math.max(...waiting.map(({ address }) => crowds.get(address) ?? 0));
    const candidates = waiting.filter(({ address }) => crowds.get(address) === most);
    const idle = candidates.filter(({ request }) => request === undefined);
    const [first] =
      idle.length > 0 ? idle.sort((a, b) => a.since - b.since) : candidates.sort((a, b) => rate(a) - rate(b));
    return first?.socket;
  }

  #drop(socket: Socket): void {
    this.#guarded.delete(socket);
    socket.destroy();
  }
}

/** Nothing happens on this connection unless its client sends more, or reads what was sent. */
const waitsForItsClient = ({ request, socket, upgraded }: Guarded): boolean =>
  !upgraded && (request === undefined || !request.complete || socket.writableNeedDrain);

/** Both directions, without what is still waiting to be taken by the client. */
const bytesPassed = (socket: Socket): number => socket.bytesRead + socket.bytesWritten - socket.writableLength;

const received = ({ socket, readBefore }: Guarded): number => socket.bytesRead - readBefore;

/** Bytes per millisecond since its request began, or over the whole connection where its answer is under way. */
const rate = (each: Guarded): number =>
  (each.request?.complete ? bytesPassed(each.socket) : received(each)) / (Date.now() - each.since + 1);

/** Connections that the files of this process allow, at most `wanted`. */
export function connectionsWithin(wanted: number, fileLimit = openFileLimit()): number {
  return Math.max(1, Math.min(wanted, fileLimit - Math.min(RESERVED_FILES, Math.floor(fileLimit / 2))));
}

/** Files that this process may have open; unlimited where the system does not say. */
function openFileLimit(): number {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? Infinity : Number(soft);
  } catch {
    return Infinity;
  }
}
