import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { HDNodeWallet, JsonRpcProvider, Mnemonic } from 'ethers';
import { CHAIN_ID } from './fakeChain.ts';

const BINARY = fileURLToPath(new URL('../../../node_modules/.bin/anvil', import.meta.url));
const MNEMONIC = Mnemonic.fromPhrase('test test test test test test test test test test test junk');

/** A development chain of this test alone. */
export interface Anvil {
  provider: JsonRpcProvider;
  /** Funded accounts of the development mnemonic; one transaction of each at a time. */
  signer(index: number): HDNodeWallet;
  /** A block `seconds` from now. */
  mineIn(seconds: number): Promise<void>;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

export async function startAnvil(): Promise<Anvil> {
  const port = await freePort();
  const child = spawn(BINARY, ['--port', String(port), '--silent'], { stdio: 'ignore' });
  const provider = new JsonRpcProvider(`http://127.0.0.1:${port}`, CHAIN_ID, {
    staticNetwork: true,
    cacheTimeout: -1,
    pollingInterval: 50,
  });
  for (let tries = 0; ; tries++) {
    if (
      await provider.getBlockNumber().then(
        () => true,
        () => false,
      )
    )
      break;
    if (tries > 100 || child.exitCode !== null) throw new Error('anvil does not start');
    await sleep(100);
  }
  return {
    provider,
    signer: (index) => HDNodeWallet.fromMnemonic(MNEMONIC, `m/44'/60'/0'/0/${index}`).connect(provider),
    mineIn: async (seconds) => {
      await sleep(seconds * 1000);
      await provider.send('evm_mine', []);
    },
    stop: async () => {
      provider.destroy();
      child.kill('SIGTERM');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}
