import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { blockMatches, parseCid } from '@allod/protocol';
import type { Client } from '@allod/sdk';
import { Contract, JsonRpcProvider } from 'ethers';
import pg from 'pg';
import type { Journal } from './phone.ts';

/** What went wrong, in words; an empty list is the aim. */
export type Faults = string[];

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export interface Recovered {
  /** Contributions of the device at the API. */
  contributions: number;
  bytes: number;
}

/** Every acknowledged item opens, by the seed alone, to the bytes that were given, exactly once; nothing else is there twice. */
export async function checkContent(
  client: Client,
  datasetId: string,
  journal: Journal,
): Promise<Recovered & { faults: Faults }> {
  const faults: Faults = [];
  const times = new Map<string, number>();
  const sums = new Map<string, string>();
  let contributions = 0;
  let size = 0;
  for await (const result of client.recoverContributions({ datasetId })) {
    contributions++;
    if (!result.ok) {
      faults.push(`contribution ${result.item.id} does not open: ${result.error.code}`);
      continue;
    }
    if (result.item.state !== 'ANCHORED') faults.push(`contribution ${result.item.id} is ${result.item.state}`);
    size += result.bytes.length;
    const id = /^item-\d+-\d+/.exec(Buffer.from(result.bytes.subarray(0, 40)).toString('latin1'))?.[0];
    if (id === undefined) {
      faults.push(`contribution ${result.item.id} is nothing that the device gave`);
      continue;
    }
    times.set(id, (times.get(id) ?? 0) + 1);
    sums.set(id, sha256(result.bytes));
  }
  for (const [id, expected] of journal.kept) {
    if (!times.has(id)) faults.push(`${id} was acknowledged and is lost`);
    else if (sums.get(id) !== expected) faults.push(`${id} opens to other bytes than were given`);
  }
  for (const [id, n] of times) if (n > 1) faults.push(`${id} is there ${n} times`);
  return { contributions, bytes: size, faults };
}

/** Waits until the worker has anchored everything; names what it did not anchor in time. */
export async function untilAnchored(databaseUrl: string, withinMs: number): Promise<Faults> {
  return withDatabase(databaseUrl, async (db) => {
    for (const end = Date.now() + withinMs; ; await sleep(250)) {
      const { rows } = await db.query<{ id: string; state: string }>(
        `SELECT id, state FROM contribution WHERE state <> 'ANCHORED'`,
      );
      if (rows.length === 0) return [];
      if (Date.now() > end)
        return [...rows.map(({ id, state }) => `contribution ${id} stays ${state}`), ...(await open(db))];
    }
  });
}

/** What the worker has still to do, and what stood in its way. */
async function open(db: pg.Client): Promise<Faults> {
  const { rows } = await db.query<{ row: object }>(
    `SELECT json_build_object('type', o.type, 'attempts', o.attempts, 'error', o.error, 'runAt', j.run_at, 'now', now(),
       'lockedBy', j.locked_by, 'lastError', j.last_error) AS row
     FROM outbox o LEFT JOIN graphile_worker._private_jobs j ON j.payload ->> 'id' = o.id::text WHERE o.done_at IS NULL`,
  );
  return rows.map(({ row }) => `not done: ${JSON.stringify(row)}`);
}

/** What the chain, the database and the disk of the operator say, each asked for itself. */
export async function checkOperator(options: {
  databaseUrl: string;
  rpcUrl: string;
  registry: string;
  storeDir: string;
}): Promise<{ batches: number; blocks: number; faults: Faults }> {
  const faults: Faults = [];
  const provider = new JsonRpcProvider(options.rpcUrl, undefined, { staticNetwork: true, cacheTimeout: -1 });
  const registry = new Contract(
    options.registry,
    ['function anchoredAt(bytes32 root) view returns (uint64)'],
    provider,
  );
  const files = new Map(
    readdirSync(options.storeDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.filler'))
      .map((entry) => [entry.name, join(entry.parentPath, entry.name)]),
  );
  for (const [name, path] of files) {
    if (name.endsWith('.tmp')) {
      // A write that a kill cut short leaves its temporary file; it never has a block's name.
      continue;
    }
    if (!blockMatches(parseCid(name), readFileSync(path))) faults.push(`block ${name} has other bytes than its name`);
  }
  const batches = await withDatabase(options.databaseUrl, async (db) => {
    const { rows } = await db.query<{ root: string; count: number; there: number }>(
      `SELECT root, count, (SELECT count(*)::int FROM contribution c WHERE c.batch_root = b.root) AS there
       FROM contribution_batch b`,
    );
    for (const { root, count, there } of rows) {
      if (count !== there) faults.push(`batch ${root} has ${there} of ${count} contributions`);
      if ((await (registry['anchoredAt'] as (root: string) => Promise<bigint>)(root)) === 0n)
        faults.push(`batch ${root} is not on the chain`);
    }
    const leaves = await db.query<{ cid: string }>('SELECT DISTINCT unnest(leaves) AS cid FROM contribution');
    for (const { cid } of leaves.rows) if (!files.has(cid)) faults.push(`block ${cid} was committed and is gone`);
    return rows.length;
  });
  provider.destroy();
  return { batches, blocks: files.size, faults };
}

/** Each block that crossed the wire belongs to a contribution: nothing was encrypted a second time to be sent again. */
export async function checkNothingEncryptedTwice(databaseUrl: string, wireFolder: string): Promise<Faults> {
  const sent = new Set<string>();
  for (const name of readdirSync(wireFolder))
    if (name.endsWith('.up'))
      for (const [, cid] of readFileSync(join(wireFolder, name), 'latin1').matchAll(/PUT \/blocks\/(b[a-z2-7]+) HTTP/g))
        sent.add(cid as string);
  return withDatabase(databaseUrl, async (db) => {
    const { rows } = await db.query<{ cid: string }>('SELECT DISTINCT unnest(leaves) AS cid FROM contribution');
    const kept = new Set(rows.map(({ cid }) => cid));
    const stray = [...sent]
      .filter((cid) => !kept.has(cid))
      .map((cid) => `block ${cid} was sent and belongs to nothing`);
    return sent.size === 0 ? ['no block was seen on the wire'] : stray;
  });
}

async function withDatabase<T>(url: string, work: (db: pg.Client) => Promise<T>): Promise<T> {
  const db = new pg.Client({ connectionString: url });
  await db.connect();
  try {
    return await work(db);
  } finally {
    await db.end();
  }
}
