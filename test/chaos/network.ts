import { appendFileSync, mkdirSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { join } from 'node:path';
import type { Dice } from './dice.ts';

/** What the network does to a connection; the mode counts at the moment in which bytes pass. */
export type Weather =
  | 'open'
  /** Nobody answers: connections end at once. */
  | 'drop'
  /** Bytes are taken and never arrive; the connection is dead from then on. */
  | 'stall'
  /** The connection is reset somewhere in the request, most often in its body. */
  | 'reset'
  /** 64 KiB per second, in both directions together. */
  | 'slow'
  /** A proxy answers 502 or 503 and never asks the server. */
  | 'gateway'
  /** The request arrives, its answer does not: what the server committed, the device does not hear of. */
  | 'deaf'
  /** As `deaf`, but the answer breaks off in its middle. */
  | 'torn';

export const STORMS: readonly Exclude<Weather, 'open'>[] = [
  'drop',
  'stall',
  'reset',
  'slow',
  'gateway',
  'deaf',
  'torn',
];

const SLOW_BYTES_PER_SECOND = 64 * 1024;

/** A TCP proxy whose weather changes, and which writes down every byte that passed it, both ways. */
export class HostileNetwork {
  weather: Weather = 'open';
  /** How often each weather did something to a connection. */
  readonly struck: Record<Weather, number> = {
    open: 0,
    drop: 0,
    stall: 0,
    reset: 0,
    slow: 0,
    gateway: 0,
    deaf: 0,
    torn: 0,
  };
  readonly #target: number;
  readonly #folder: string;
  readonly #dice: Dice;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #connections = 0;

  /** @param folder where the wire is recorded: `<number>.up` and `.down` for each connection */
  constructor(target: number, folder: string, dice: Dice) {
    mkdirSync(folder, { recursive: true });
    this.#target = target;
    this.#folder = folder;
    this.#dice = dice;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** @returns the address that stands for the target's */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this.address();
  }

  address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #strike(weather: Weather): void {
    this.struck[weather]++;
  }

  #accept(device: Socket): void {
    const name = join(this.#folder, String(this.#connections++).padStart(6, '0'));
    const server = connect(this.#target, '127.0.0.1');
    for (const socket of [device, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    }
    const both = { device, server, dead: false };
    device.on('close', () => server.destroy());
    server.on('close', () => both.dead || device.destroy());
    if (this.weather === 'drop') {
      this.#strike('drop');
      device.destroy();
      return;
    }
    device.on('data', (bytes: Buffer) => {
      appendFileSync(`${name}.up`, bytes);
      this.#up(both, bytes);
    });
    server.on('data', (bytes: Buffer) => {
      appendFileSync(`${name}.down`, bytes);
      this.#down(both, bytes);
    });
  }

  #up(both: { device: Socket; server: Socket; dead: boolean }, bytes: Buffer): void {
    const { device, server } = both;
    if (both.dead) return;
    const { weather } = this;
    switch (weather) {
      case 'drop':
        this.#strike(weather);
        device.destroy();
        return;
      case 'stall':
        this.#strike(weather);
        both.dead = true;
        return;
      case 'reset':
        this.#strike(weather);
        server.write(bytes.subarray(0, this.#dice.between(0, bytes.length)));
        setTimeout(() => {
          device.resetAndDestroy();
          server.resetAndDestroy();
        }, 5);
        both.dead = true;
        return;
      case 'gateway': {
        this.#strike(weather);
        const status = this.#dice.chance(0.5) ? '502 Bad Gateway' : '503 Service Unavailable\r\nretry-after: 1';
        device.end(`HTTP/1.1 ${status}\r\ncontent-length: 5\r\nconnection: close\r\n\r\nsorry`);
        both.dead = true;
        server.destroy();
        return;
      }
      case 'slow':
        this.#strike(weather);
        server.write(bytes);
        pause(device, bytes.length);
        return;
      default:
        server.write(bytes);
    }
  }

  #down(both: { device: Socket; server: Socket; dead: boolean }, bytes: Buffer): void {
    const { device, server } = both;
    if (both.dead) return;
    const { weather } = this;
    switch (weather) {
      case 'drop':
      case 'reset':
      case 'deaf':
        this.#strike(weather);
        both.dead = true;
        device.destroy();
        return;
      case 'stall':
        this.#strike(weather);
        both.dead = true;
        return;
      case 'torn':
        this.#strike(weather);
        both.dead = true;
        device.end(bytes.subarray(0, this.#dice.between(0, bytes.length - 1)));
        return;
      case 'slow':
        this.#strike(weather);
        device.write(bytes);
        pause(server, bytes.length);
        return;
      default:
        device.write(bytes);
    }
  }
}

function pause(socket: Socket, bytes: number): void {
  socket.pause();
  setTimeout(() => socket.resume(), (bytes * 1000) / SLOW_BYTES_PER_SECOND);
}
