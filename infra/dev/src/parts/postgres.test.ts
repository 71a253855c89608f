import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { freePorts } from '../ports.ts';
import { ProcessGroup } from '../processes.ts';
import { temporaryDataDir } from '../temporary.ts';
import { forgetPostgres, startPostgres } from './postgres.ts';

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

describe('startPostgres', () => {
  let parent: string;
  let dataDir: string;
  beforeEach(() => {
    parent = temporaryDataDir();
    dataDir = join(parent, 'data');
  });
  afterEach(() => {
    forgetPostgres(dataDir);
    rmSync(parent, { recursive: true, force: true });
  });

  const run = async (work: (url: string, place: string) => Promise<void>): Promise<void> => {
    const group = new ProcessGroup(join(parent, 'logs'), () => {});
    const { postgres: port } = await freePorts();
    try {
      const part = await startPostgres(group, { dataDir, port, durable: false });
      expect(part.version).toMatch(/^18\./);
      await work(part.url, part.place);
    } finally {
      await group.stopAll(['postgres']);
    }
  };

  it('keeps its rows from one start to the next', async () => {
    mkdirSync(dataDir, { mode: 0o755 });
    await run(async (url) => {
      await query(url, 'create table kept (id int)');
      await query(url, 'insert into kept values (7)');
    });
    await run(async (url) => expect(await query(url, 'select id from kept')).toEqual([{ id: 7 }]));
  });

  const isRoot = process.getuid?.() === 0;
  if (!isRoot)
    process.stdout.write('SKIPPED PostgreSQL below a folder that only root may enter: this user is not root\n');
  const asRoot = isRoot ? it : it.skip;
  asRoot('goes where its user can reach it when the data folder is closed, and says so', async () => {
    mkdirSync(dataDir, { mode: 0o700 });
    await run(async (url, place) => {
      expect(place).toContain('/var/lib/allod/');
      expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    });
  });
});
