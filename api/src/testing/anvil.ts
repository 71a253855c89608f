import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { JsonRpcProvider } from 'ethers';
import { freePort } from './postgres.ts';

const BINARY = fileURLToPath(new URL('../../../node_modules/.bin/anvil', import.meta.url));

/** anvil comes with the development stack; where it is not installed, tests against a real chain are skipped. */
export const hasAnvil = existsSync(BINARY);

/** The first account of every anvil; it has money on development chains only. */
export const ANVIL_KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';

export interface TestChain {
  url: string;
  provider: JsonRpcProvider;
  stop(): void;
}

export async function startAnvil(...args: string[]): Promise<TestChain> {
  const port = await freePort();
  const child = spawn(BINARY, ['--port', String(port), '--silent', ...args], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  const provider = new JsonRpcProvider(url, 31337, { staticNetwork: true, cacheTimeout: -1, pollingInterval: 50 });
  for (let i = 0; i < 200; i++) {
    const up = await provider.getBlockNumber().then(
      () => true,
      () => false,
    );
    if (up) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url,
    provider,
    stop: () => {
      provider.destroy();
      // The program in .bin is a wrapper: SIGTERM reaches the node behind it, SIGKILL would leave it behind.
      child.kill('SIGTERM');
    },
  };
}
