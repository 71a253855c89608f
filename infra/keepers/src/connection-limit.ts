import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { clientAddress } from './client-address.ts';

/**
 * Lets one address hold at most `most` connections of a server and closes what is above, so that nobody takes all of
 * them and sends nothing. @param exempt addresses that stand for many clients: reverse proxies
 */
export function limitConnections(server: EventEmitter, most: number, exempt: readonly string[] = []): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const { remoteAddress = '' } = socket;
    const address = clientAddress(remoteAddress);
    if (exempt.includes(address) || exempt.includes(remoteAddress)) return;
    const count = (open.get(address) ?? 0) + 1;
    if (count > most) return void socket.destroy();
    open.set(address, count);
    socket.once('close', () => {
      const left = open.get(address)! - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
  });
}
