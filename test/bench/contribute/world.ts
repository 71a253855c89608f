import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Stack, startStack } from '@allod/dev/src/stack.ts';
import { purposesOf } from '@allod/protocol';
import { type Client, nodePlatform } from '@allod/sdk';
import { Clients } from '../../harness/actors.ts';

/** The whole stack as `npm start` runs it, a dataset, and a contributor who agreed. */
export interface World {
  stack: Stack;
  datasetId: string;
  contributor: Client;
  /** Removed at the end. */
  folder: string;
  stop(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'allod-contribute-'));
  chmodSync(folder, 0o755);
  const stack = await startStack({
    durable: true,
    apiEnv: { QUOTA_BYTES: String(100e9), LOG_LEVEL: 'warn' },
  });
  const clients = new Clients(stack);
  const stop = async (): Promise<void> => {
    await clients.close();
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const { datasetId } = await clients.of('curator').createDataset({
      name: 'Noise',
      description: 'Random bytes',
      mediaType: 'application/octet-stream',
      schema: { type: 'bytes' },
      purposes: purposesOf('TRAIN'),
      contributorsBps: 7000,
      floorPrice: 1_000_000n,
    });
    const device = join(folder, 'device');
    mkdirSync(device);
    const seed = crypto.getRandomValues(new Uint8Array(32));
    const contributor = clients.of('contributor1', { seed, platform: nodePlatform(device) });
    const validUntil = Math.floor(Date.now() / 1000) + 86_400;
    const termsHash = `0x${'22'.repeat(32)}`;
    await contributor.grantConsent({ datasetId, purposes: purposesOf('TRAIN'), validUntil, termsHash });
    return { stack, datasetId, contributor, folder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
