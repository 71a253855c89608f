/**
 * A phone as a process of its own, to be killed at any instant: it gives one thing after another through the SDK, and reports on
 * stdout what the SDK acknowledged. Its first line of stdin is a `DeviceOrder`, each further one a `DeviceCommand`.
 */
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { purposesOf } from '@allod/protocol';
import { createClient, createLightKeyGate, isAllodError, type Network, nodePlatform } from '@allod/sdk';
import { Dice } from './dice.ts';
import type { DeviceCommand, DeviceOrder, DeviceReport } from './phone.ts';

const report = (line: DeviceReport): void => void writeSync(1, `${JSON.stringify(line)}\n`);
const log = (line: object): void => void writeSync(2, `${Date.now()} ${JSON.stringify(line)}\n`);

const lines = createInterface({ input: process.stdin });
const order = await new Promise<DeviceOrder>((resolve) =>
  lines.once('line', (line) => resolve(JSON.parse(line) as DeviceOrder)),
);
const { datasetId, canary, run } = order;
const dice = new Dice(order.diceSeed);

let network: Network = 'wifi';
const listeners = new Set<() => void>();
const platform = {
  ...nodePlatform(order.directory),
  device: {
    network: async () => network,
    charging: async () => true,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  },
};
const client = createClient({
  api: order.api,
  chain: { ...order.chain, pollingInterval: 100 },
  seed: Buffer.from(order.seed, 'hex'),
  keyGate: createLightKeyGate(order.keyNetwork),
  platform,
});
client.on('state', (event) => log(event));
client.on('queue', (event) => {
  log(event);
  report({ warned: event.type });
});

let draining = false;
lines.on('line', (line) => {
  const command = JSON.parse(line) as DeviceCommand;
  if (command === 'network') {
    network = network === 'wifi' ? 'cellular' : 'wifi';
    for (const listener of listeners) listener();
  } else draining = true;
});
lines.on('close', () => process.exit(1));

if (order.consents) {
  const validUntil = Math.floor(Date.now() / 1000) + 86_400;
  await client.grantConsent({ datasetId, purposes: purposesOf('TRAIN'), validUntil, termsHash: order.termsHash });
  report({ ready: true });
}
client.startUploads();

let made = 0;
/** A reading with the canary at its beginning, in its middle and at its end. */
function reading(size: number): { id: string; bytes: Uint8Array; sha256: string } {
  const id = `item-${run}-${made++}`;
  const filler = Buffer.alloc(size, `${id} ${dice.next()} `);
  const middle = filler.length >> 1;
  const parts = [`${id} ${canary} `, filler.subarray(0, middle), ` ${canary} `, filler.subarray(middle), ` ${canary}`];
  const bytes = new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part))));
  return { id, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Reports what was acknowledged, and by which code what was not. */
async function give(items: ReturnType<typeof reading>[], work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
    for (const { id, sha256 } of items) report({ kept: { id, sha256 } });
  } catch (error) {
    if (!isAllodError(error)) log({ failed: String(error), stack: (error as Error).stack });
    report({ refused: { ids: items.map(({ id }) => id), code: isAllodError(error) ? error.code : String(error) } });
  }
}

const mediaType = 'text/plain';
while (!draining) {
  const kind = dice.next();
  if (kind < 0.7) {
    const one = reading(dice.between(0, 400));
    await give([one], () => client.collect({ datasetId, value: one.bytes, mediaType }));
  } else if (kind < 0.9) {
    const some = Array.from({ length: dice.between(1, 3) }, () => reading(dice.between(0, 3000)));
    const items = some.map(({ bytes }) => ({ bytes, mediaType }));
    await give(some, () => client.contribute({ datasetId, items, until: 'queued' }));
  } else {
    const large = reading(dice.between(900_000, 2_300_000));
    const items = [{ bytes: new Blob([large.bytes as Uint8Array<ArrayBuffer>]), mediaType }];
    await give([large], () => client.contribute({ datasetId, items, until: 'queued' }));
  }
  if (dice.chance(0.1)) await client.flush({ datasetId }).catch((error: unknown) => log({ flush: String(error) }));
  await sleep(dice.between(20, 200));
}

for (;;) {
  const { waiting } = await client.resume({ includeRefused: true });
  if (waiting.length === 0 && (await client.getQueue()).length === 0) break;
  log({ waiting: waiting.map(({ batchId, error }) => [batchId, String(error)]) });
  await sleep(500);
}
report({ drained: true });
await client.close();
process.exit(0);
