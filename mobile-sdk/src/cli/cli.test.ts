import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { Client } from '../client.ts';
import { nodePlatform } from '../platform/node/platform.ts';
import { loadSeed } from '../seed/index.ts';
import { createWorld, DATASET, TERMS_HASH, type World } from '../testing/fixtures.ts';
import { openCommits } from '../testing/openCommits.ts';
import type { Io } from './io.ts';
import { barOf } from './progress.ts';
import { run } from './run.ts';

const folder = await mkdtemp(join(tmpdir(), 'allod-cli-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
let count = 0;

/** A device's command line in a world. */
function shell(
  world: World,
  input = '',
): { home: string; allod(...args: string[]): Promise<{ code: number; out: string; err: string }> } {
  const home = join(folder, `home-${count++}`);
  const clock = { now: () => Date.now(), sleep: async () => undefined };
  const platform = { ...nodePlatform(home), fetch: world.api.fetch, clock };
  const client = async (): Promise<Client> => world.client({ platform, seed: await loadSeed(platform.keyStore) });
  return {
    home,
    allod: async (...args) => {
      let [out, err] = ['', ''];
      const io: Io = {
        out: (text) => (out += text),
        err: (text) => (err += text),
        isTerminal: false,
        input: async () => input,
        env: {},
      };
      const code = await run(args, io, () => ({ platform, client }));
      return { code, out, err };
    },
  };
}

describe('allod', () => {
  it('goes from a new seed to a contribution that the API has, a receipt and an export of the phrase', async () => {
    const world = createWorld();
    const { allod, home } = shell(world);
    expect(await allod('init', '--json')).toMatchObject({ code: 0, out: '{"made":true}\n' });
    const phrase = (await allod('phrase')).out;
    expect(phrase.trim().split(' ')).toHaveLength(24);
    const consent = ['--dataset', DATASET, '--purposes', 'TRAIN', '--until', '2030-01-01', '--terms', TERMS_HASH];
    expect((await allod('consent', ...consent)).out).toMatch(/^agreed as 0x/);
    const file = join(folder, 'reading.txt');
    await writeFile(file, '21.5 Cel');
    const given = await allod('contribute', '--dataset', DATASET, '--json', file);
    expect(given).toMatchObject({ code: 0, err: 'QUEUED\nUPLOADING\nCOMMITTED\n' });
    const { contributionIds, root } = JSON.parse(given.out) as { contributionIds: string[]; root: string };
    const receipt = await allod('receipt', '--dataset', DATASET, '--id', contributionIds[0]!, '--json');
    expect(JSON.parse(receipt.out)).toMatchObject({ index: 0, batch: { root, count: 1 } });
    const seed = await loadSeed(nodePlatform(home).keyStore);
    expect(await openCommits(world.api, seed!)).toEqual(['21.5 Cel']);

    const other = shell(world, phrase);
    expect(await other.allod('restore')).toMatchObject({ code: 0 });
    expect((await other.allod('phrase')).out).toBe(phrase);
  });

  it('keeps what cannot be sent, says so by its exit code, and sends it later', async () => {
    const world = createWorld();
    const { allod } = shell(world);
    await allod('init');
    await allod('consent', '--dataset', DATASET, '--purposes', 'TRAIN', '--until', '2030-01-01', '--terms', TERMS_HASH);
    const file = join(folder, 'late.txt');
    await writeFile(file, 'late');
    world.api.intercept = () => new Response('down', { status: 503 });
    expect(await allod('contribute', '--dataset', DATASET, file)).toMatchObject({
      code: 3,
      err: expect.stringContaining('TRANSPORT_FAILED'),
    });
    expect((await allod('queue')).out).toMatch(/1 items \d+ bytes/);
    expect(await allod('resume')).toMatchObject({ code: 3, out: expect.stringContaining('0 sent, 1 waiting') });
    world.api.intercept = () => undefined;
    expect(await allod('resume', '--json')).toMatchObject({ code: 0, out: expect.stringContaining('"waiting":[]') });
    world.api.resolvers['contributionUploadBegin'] = () => ({
      __typename: 'Refused',
      code: 'QUOTA_EXCEEDED',
      message: 'full',
    });
    expect(await allod('contribute', '--dataset', DATASET, '--json', file)).toMatchObject({
      code: 4,
      out: expect.stringContaining('"code":"QUOTA_EXCEEDED"'),
    });
  });

  it('takes metadata out of pictures and refuses a picture that it cannot clean', async () => {
    const world = createWorld();
    const { allod } = shell(world);
    await allod('init');
    await allod('consent', '--dataset', DATASET, '--purposes', 'TRAIN', '--until', '2030-01-01', '--terms', TERMS_HASH);
    const picture = join(folder, 'picture.jpg');
    await writeFile(picture, 'no picture');
    expect(await allod('contribute', '--dataset', DATASET, picture)).toMatchObject({
      code: 1,
      err: expect.stringContaining('UNKNOWN_IMAGE'),
    });
    expect(world.api.commits).toEqual([]);
    expect(await allod('contribute', '--dataset', DATASET, '--keep-metadata', picture)).toMatchObject({ code: 0 });
  });

  it('explains itself', async () => {
    const { allod } = shell(createWorld());
    expect(await allod('--help')).toMatchObject({
      code: 0,
      out: expect.stringContaining('allod contribute --dataset'),
    });
    expect(await allod()).toMatchObject({ code: 2 });
    expect(await allod('fly')).toMatchObject({ code: 2, err: 'allod: there is no command fly\n' });
    expect(await allod('contribute', '--no-such-flag')).toMatchObject({ code: 2 });
    expect(await allod('erase', '--dataset', DATASET)).toMatchObject({ code: 2 });
  });
});

it('draws a bar', () => {
  expect(barOf({ bytes: 4_000_000, bytesStored: 1_000_000, state: 'UPLOADING' })).toBe(
    `[${'#'.repeat(8)}${'-'.repeat(22)}] 1.0 MB of 4.0 MB UPLOADING`,
  );
  expect(barOf({ bytes: 0, bytesStored: 0, state: 'QUEUED' })).toMatch(/^\[#{30}\]/);
});
