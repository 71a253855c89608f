import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freePorts } from '../ports.ts';
import { RpcProxy } from './rpc-proxy.ts';
import { rpc } from './rpc.ts';

describe('RpcProxy', () => {
  let node: Server;
  let proxy: RpcProxy;

  beforeEach(async () => {
    node = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        const call = JSON.parse(body) as { id: number; method: string };
        response.end(JSON.stringify({ jsonrpc: '2.0', id: call.id, result: `${call.method} from the node` }));
      });
    });
    await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve));
    proxy = new RpcProxy((await freePorts()).rpcProxy1, `http://127.0.0.1:${(node.address() as AddressInfo).port}`);
    await proxy.start();
  });

  afterEach(async () => {
    await proxy.stop();
    node.closeAllConnections();
    await new Promise((resolve) => node.close(resolve));
  });

  it('passes calls through', async () => {
    await expect(rpc(proxy.url, 'eth_call')).resolves.toBe('eth_call from the node');
  });

  it('breaks as it is told and heals again', async () => {
    for (const kind of ['down', 'error'] as const) {
      proxy.setFault({ kind });
      await expect(rpc(proxy.url, 'eth_call')).rejects.toThrow();
    }
    proxy.setFault({ kind: 'slow', ms: 300 });
    await expect(rpc(proxy.url, 'eth_call', [], 100)).rejects.toThrow();
    proxy.setFault({ kind: 'none' });
    await expect(rpc(proxy.url, 'eth_call')).resolves.toBe('eth_call from the node');
  });

  it('lies about one method only', async () => {
    proxy.setFault({ kind: 'lie', method: 'eth_call', answer: (_params, truth) => `not: ${String(truth)}` });
    await expect(rpc(proxy.url, 'eth_call')).resolves.toBe('not: eth_call from the node');
    await expect(rpc(proxy.url, 'eth_chainId')).resolves.toBe('eth_chainId from the node');
  });
});
