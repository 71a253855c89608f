import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from '@jest/globals';
import { nodePlatform } from '../platform/node/platform.ts';
import { createWorld, seedOf } from '../testing/fixtures.ts';
import { openCommits } from '../testing/openCommits.ts';

const DEVICE = fileURLToPath(new URL('../testing/device.ts', import.meta.url));
const LIVES = 4;
const directory = await mkdtemp(join(tmpdir(), 'allod-device-'));
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Runs the device until it has acknowledged `count` texts and then kills it at once. @returns what it acknowledged */
async function live(run: number, count: number): Promise<string[]> {
  const child = spawn(process.execPath, [DEVICE, directory, String(run)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const acknowledged: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(line);
    if (acknowledged.length === count) child.kill('SIGKILL');
  }
  return acknowledged;
}

it('kill -9 of the device: everything it acknowledged is committed exactly once, and nothing rested in clear', async () => {
  const acknowledged: string[] = [];
  for (let run = 0; run < LIVES; run++) acknowledged.push(...(await live(run, 9 + 4 * run)));
  for (const entry of await readdir(join(directory, 'queue'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    expect(await readFile(join(entry.parentPath, entry.name), 'latin1')).not.toMatch(
      /application\/json|contributorRef/,
    );
  }
  const world = createWorld();
  const client = world.client({ seed: seedOf(55), platform: { ...nodePlatform(directory), fetch: world.api.fetch } });
  const { waiting } = await client.resume();
  expect(waiting).toEqual([]);
  const committed = (await openCommits(world.api, seedOf(55))).map((text) => JSON.parse(text) as string);
  expect(new Set(committed).size).toBe(committed.length);
  for (const text of acknowledged) expect(committed).toContain(text);
  expect(committed.length).toBeLessThanOrEqual(acknowledged.length + LIVES);
  expect(await client.getQueue()).toEqual([]);
}, 120_000);
