/**
 * A device as a process of its own, to be killed: `node device.ts DIRECTORY`. Collects readings and contributes items offline, and
 * prints a line for each that the SDK acknowledged. Runs until somebody ends it.
 */
import { writeSync } from 'node:fs';
import { nodePlatform } from '../platform/node/platform.ts';
import { consentTo, createWorld, DATASET, seedOf } from './fixtures.ts';

const directory = process.argv[2] as string;
const run = process.argv[3] as string;
const fetch = (): Promise<never> => new Promise(() => undefined);
const client = createWorld().client({ seed: seedOf(55), platform: { ...nodePlatform(directory), fetch } });
await consentTo(client, ['TRAIN']);
for (let i = 0; ; i++) {
  const text = `${run}/${i}`;
  if (i % 7 < 5) await client.collect({ datasetId: DATASET, value: text });
  else {
    const items = [{ bytes: new TextEncoder().encode(JSON.stringify(text)), mediaType: 'application/json' }];
    await client.contribute({ datasetId: DATASET, items, until: 'queued' });
  }
  writeSync(1, `${text}\n`);
  if (i % 11 === 10) await client.flush({ datasetId: DATASET });
}
