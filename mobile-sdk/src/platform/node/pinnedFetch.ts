import { createHash, type X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:https';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { FetchLike, KeeperEndpoint } from '../../keys/keeper-registry.ts';

const agents = new Map<string, Agent>();

/**
 * Reaches a keeper whose registry entry names a TLS key (SHA-256 of the SPKI) through connections to exactly that key; no
 * certificate authority is asked, nothing is sent before the key is checked. Keepers without an entry are reached as usual.
 */
export function pinnedFetch({ url, tlsKeyHash }: KeeperEndpoint): FetchLike {
  if (!url.startsWith('https:') || /^0x0*$/.test(tlsKeyHash)) return (address, init) => fetch(address, init);
  const wanted = tlsKeyHash.toLowerCase();
  let agent = agents.get(wanted);
  if (!agent) agents.set(wanted, (agent = new PinnedAgent(wanted)));
  return (address, init = {}) => send(agent, address, init);
}

/** TLS key hash of a certificate as the registry names it. */
export function tlsKeyHashOf(certificate: X509Certificate): string {
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return `0x${createHash('sha256').update(spki).digest('hex')}`;
}

class PinnedAgent extends Agent {
  readonly #wanted: string;

  constructor(wanted: string) {
    super({ keepAlive: true });
    this.#wanted = wanted;
  }

  override createConnection(options: object, callback?: (error: Error | null, socket: TLSSocket) => void): undefined {
    const socket = connect({ ...(options as ConnectionOptions), rejectUnauthorized: false });
    socket.once('error', (error) => callback?.(error, socket));
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerX509Certificate();
      const found = certificate ? tlsKeyHashOf(certificate) : 'no certificate';
      if (found === this.#wanted) return callback?.(null, socket);
      socket.destroy(new Error(`the keeper shows the TLS key ${found}, the registry names ${this.#wanted}`));
    });
    return undefined;
  }
}

async function send(agent: Agent, address: string, init: RequestInit): Promise<Response> {
  const { method = 'GET', body, signal } = init;
  const headers = init.headers as Record<string, string> | undefined;
  const outgoing = request(address, { agent, method, ...(headers ? { headers } : {}), ...(signal ? { signal } : {}) });
  outgoing.end(body as string | undefined);
  const [incoming] = (await once(outgoing, 'response')) as [import('node:http').IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return new Response(Buffer.concat(chunks), { status: incoming.statusCode ?? 502 });
}
