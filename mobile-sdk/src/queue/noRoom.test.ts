import { describe, expect, it } from '@jest/globals';
import type { UploadEvent } from '../events.ts';
import { consentTo, createWorld, DATASET, seedOf } from '../testing/fixtures.ts';
import { openCommits } from '../testing/openCommits.ts';

const SEED = seedOf(17);
const item = { bytes: new TextEncoder().encode('kept'), mediaType: 'text/plain' };

describe('an API without room', () => {
  it('makes the queue wait and say so, and later gets the same ciphertext', async () => {
    const world = createWorld();
    const client = world.client({ seed: SEED });
    await consentTo(client, ['TRAIN']);
    const events: UploadEvent[] = [];
    client.on('state', (event) => events.push(event));
    const sent: string[] = [];
    let full = true;
    world.api.intercept = ({ kind, name }) => {
      if (kind !== 'put') return undefined;
      sent.push(name);
      return full
        ? new Response('{"code":"UNAVAILABLE"}', { status: 507, headers: { 'retry-after': '90' } })
        : undefined;
    };
    const before = Date.now();
    await expect(client.contribute({ datasetId: DATASET, items: [item] })).rejects.toMatchObject({
      code: 'SERVER_FULL',
      retryAfter: 90,
    });
    expect(sent).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ state: 'WAITING', code: 'SERVER_FULL' });
    expect(events.at(-1)!.retryAt! - before).toBeGreaterThanOrEqual(90_000);
    expect(await client.getQueue()).toMatchObject([{ items: 1, refusal: null }]);

    full = false;
    await client.resume();
    expect(await openCommits(world.api, SEED)).toEqual(['kept']);
    expect(new Set(sent).size).toBe(1);
    expect(world.slept).toEqual([]);
    await client.close();
  });
});
