import { createHash } from 'node:crypto';
import { CID, Code, fileDag, LEAF_SIZE, parseCid } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { answer, refuse, refuseUnless } from '../../common/errors/refusal.ts';
import type { Refusal } from '../../common/errors/refusal.ts';
import type { BlockInput, ContributionUploadBeginInput, UploadPlan } from '../../common/graphql/schema.generated.ts';
import { lockUntilCommit } from '../../common/lock-until-commit.ts';
import { ENV } from '../../config/config.module.ts';
import type { Env } from '../../config/env.ts';
import { CarError, readCar } from '../../integrations/storage/car.ts';
import { BLOCK_STORE, MAX_BLOCK } from '../../integrations/storage/content-store.port.ts';
import type { ContentStore } from '../../integrations/storage/content-store.port.ts';
import { IntakeService } from './intake.service.ts';

const MAX_ASKED = 20_000;
const MAX_IN_CAR = 2_000;
/** A reservation whose bytes did not come is given up after this time, and asked for anew by the next begin. */
const RESERVED_FOR = '1 hour';
/** An uploaded block that no batch names is given up after this time. */
const UNCOMMITTED_FOR = '7 days';

/** Blocks by CID, per account: nobody learns here whether somebody else has a block. */
@Injectable()
export class UploadService {
  constructor(
    @Inject(ENV) private readonly env: Env,
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(BLOCK_STORE) private readonly store: ContentStore,
    @Inject(IntakeService) private readonly intakes: IntakeService,
  ) {}

  /** Says which blocks are missing and reserves the quota for them, all or none. */
  begin(account: string, input: ContributionUploadBeginInput): Promise<UploadPlan | Refusal> {
    return answer(async () => {
      refuseUnless(input.blocks.length <= MAX_ASKED, Code.BAD_INPUT, `At most ${MAX_ASKED} blocks at once`);
      for (const block of input.blocks) checkAnnounced(block);
      const intake = await this.intakes.find(this.source.manager, input.datasetId);
      if (!intake) return refuse(Code.UNKNOWN_DATASET, `Dataset ${input.datasetId} is not known here`);
      const blocks = [...new Map(input.blocks.map((block) => [block.cid, block])).values()];
      const cids = blocks.map((block) => block.cid);
      const owned = await this.owned(this.source.manager, account, cids);
      const stored = await this.store.has([...owned.keys()]);
      const missing = blocks.filter((block) => !stored.has(block.cid));
      const left = await this.reserve(account, missing);
      return {
        openIntake: intake.openIntake,
        sources: intake.sources,
        missing: missing.map((block) => block.cid),
        quotaBytesLeft: left.toString(),
      };
    });
  }

  /** Keeps one block of `account`; resolves to whether it is new to that account. Durable when it resolves. */
  put(account: string, text: string, bytes: Buffer): Promise<boolean | Refusal> {
    return answer(async () => (await this.keep(account, [{ cid: readCid(text), bytes }])) === 1);
  }

  /** Keeps the blocks of a CAR, all or none acknowledged; resolves to how many are new to `account`. Durable when it resolves. */
  putCar(account: string, car: Buffer): Promise<number | Refusal> {
    return answer(async () => {
      const blocks = parsed(car);
      refuseUnless(
        blocks.length > 0 && blocks.length <= MAX_IN_CAR,
        Code.BAD_INPUT,
        `A CAR holds 1 to ${MAX_IN_CAR} blocks`,
      );
      return this.keep(
        account,
        blocks.map(({ cid, bytes }) => ({
          cid: readCid(cid.toString()),
          bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
        })),
      );
    });
  }

  private async keep(account: string, given: readonly { cid: CID; bytes: Buffer }[]): Promise<number> {
    for (const { cid, bytes } of given) {
      refuseUnless(bytes.length <= MAX_BLOCK, Code.BLOCK_TOO_LARGE, `A block holds at most ${MAX_BLOCK} bytes`);
      refuseUnless(bytes.length > 0, Code.SIZE_MISMATCH, 'A block is not empty');
      refuseUnless(hashes(cid, bytes), Code.HASH_MISMATCH, `These bytes are not ${cid}`);
    }
    const blocks = [...new Map(given.map(({ cid, bytes }) => [cid.toString(), bytes]))].map(([cid, bytes]) => ({
      cid,
      bytes,
    }));
    const cids = blocks.map(({ cid }) => cid);
    const rows: { cid: string; size: number; stored: boolean }[] = await this.source.query(
      'SELECT cid, size, stored FROM block_owner WHERE account = $1 AND cid = ANY($2)',
      [account, cids],
    );
    const known = new Map(rows.map((row) => [row.cid, row]));
    for (const { cid, bytes } of blocks) {
      const announced = known.get(cid)?.size ?? bytes.length;
      refuseUnless(
        announced === bytes.length,
        Code.SIZE_MISMATCH,
        `Block ${cid} was announced with ${announced} bytes`,
      );
    }
    const unannounced = blocks
      .filter(({ cid }) => !known.has(cid))
      .map(({ cid, bytes }) => ({ cid, size: bytes.length }));
    if (unannounced.length > 0) await this.reserve(account, unannounced);
    await this.store.putAll(blocks);
    const again = cids.filter((cid) => known.get(cid)?.stored);
    const fresh = cids.filter((cid) => !known.get(cid)?.stored);
    if (fresh.length > 0) await this.acknowledge(account, fresh);
    if (again.length > 0)
      await this.source.query('UPDATE block SET damaged_at = NULL WHERE cid = ANY($1) AND damaged_at IS NOT NULL', [
        again,
      ]);
    return fresh.length;
  }

  /**
   * Reservations become uploads. Throws when one expired meanwhile, so that nothing is acknowledged that nobody counts: the client
   * tries again.
   */
  private async acknowledge(account: string, cids: readonly string[]): Promise<void> {
    // In one order always, so that two requests with the same blocks do not wait for each other. Not waiting for the disk: what a loss
    // of power takes back is asked for again, and a commit, which does wait, makes all before it durable.
    const [, changed]: [unknown, number] = await this.source.query(
      `WITH unhurried AS (SELECT set_config('synchronous_commit', 'off', true) AS value)
       UPDATE block_owner SET stored = true, expires_at = CASE WHEN expires_at IS NOT NULL THEN now() + interval '${UNCOMMITTED_FOR}' END
       FROM unhurried WHERE value = 'off' AND account = $1 AND cid IN (SELECT cid FROM block_owner WHERE account = $1 AND cid = ANY($2) ORDER BY cid FOR UPDATE)`,
      [account, cids],
    );
    if (changed !== cids.length) throw new Error(`the reservation of a block expired during its upload`);
  }

  /**
   * Reserves quota for blocks that `account` has not uploaded; those that it reserved before are only prolonged. One reservation
   * of an account at a time, so that many at once cannot exceed the quota.
   */
  private reserve(account: string, blocks: readonly { cid: string; size: number }[]): Promise<bigint> {
    return this.source.transaction(async (manager) => {
      await lockUntilCommit(manager, `quota:${account}`);
      const left = await this.quotaLeft(manager, account);
      if (blocks.length === 0) return left;
      const sorted = blocks.toSorted((a, b) => (a.cid < b.cid ? -1 : 1));
      const rows: { size: number; fresh: boolean }[] = await manager.query(
        `INSERT INTO block_owner (account, cid, size, stored, expires_at)
         SELECT $1, cid, size, false, now() + interval '${RESERVED_FOR}' FROM unnest($2::text[], $3::int[]) AS asked (cid, size)
         ON CONFLICT (account, cid) DO UPDATE SET expires_at = greatest(block_owner.expires_at, excluded.expires_at)
           WHERE block_owner.expires_at IS NOT NULL
         RETURNING size, xmax = 0 AS fresh`,
        [account, sorted.map((block) => block.cid), sorted.map((block) => block.size)],
      );
      const asked = sum(rows.filter((row) => row.fresh).map((row) => row.size));
      refuseUnless(asked <= left, Code.QUOTA_EXCEEDED, `${left} bytes are left, ${asked} would be needed`);
      return left - asked;
    });
  }

  /** Sizes of the blocks that `account` uploaded itself, by CID. */
  async owned(manager: EntityManager, account: string, cids: string[]): Promise<Map<string, number>> {
    const rows: { cid: string; size: number }[] = await manager.query(
      'SELECT cid, size FROM block_owner WHERE account = $1 AND cid = ANY($2) AND stored',
      [account, cids],
    );
    return new Map(rows.map((row) => [row.cid, row.size]));
  }

  /** Pins what `account` uploaded: it never expires again, unless the transaction rolls back. Sizes by CID, as `owned`. */
  async pin(manager: EntityManager, account: string, cids: string[]): Promise<Map<string, number>> {
    const [rows]: [{ cid: string; size: number }[], number] = await manager.query(
      'UPDATE block_owner SET expires_at = NULL WHERE account = $1 AND cid = ANY($2) AND stored RETURNING cid, size',
      [account, cids],
    );
    return new Map(rows.map((row) => [row.cid, row.size]));
  }

  /** Counts blocks that the api builds itself for a batch; the caller puts them into the store in the same transaction. */
  async own(manager: EntityManager, account: string, blocks: { cid: string; size: number }[]): Promise<void> {
    const sorted = blocks.toSorted((a, b) => (a.cid < b.cid ? -1 : 1));
    await manager.query(
      `INSERT INTO block_owner (account, cid, size, stored)
       SELECT $1, cid, size, true FROM unnest($2::text[], $3::int[]) AS built (cid, size)
       ON CONFLICT (account, cid) DO UPDATE SET stored = true, expires_at = NULL`,
      [account, sorted.map((block) => block.cid), sorted.map((block) => block.size)],
    );
  }

  /** Held until the transaction ends by whoever commits, moves or gives up what an account uploaded; before any lock of a dataset. */
  async lock(manager: EntityManager, account: string): Promise<void> {
    await lockUntilCommit(manager, account);
  }

  /**
   * Gives up the blocks of withdrawn contributions, unless another contribution of the account has them too: their quota is free at
   * once, their bytes go after the time of grace. The caller holds the account's lock and has withdrawn them.
   */
  async release(manager: EntityManager, account: string, contributionIds: readonly string[]): Promise<void> {
    const items: { leaves: string[]; size: string }[] = await manager.query(
      'SELECT leaves, size::text FROM contribution WHERE contributor_ref = $1 AND id = ANY($2)',
      [account, contributionIds],
    );
    const cids = [
      ...new Set(items.flatMap(({ leaves, size }) => [...leaves, ...nodesOf(leaves, Number(size))])),
    ].sort();
    if (cids.length === 0) return;
    await manager.query('SELECT FROM block WHERE cid = ANY($1) ORDER BY cid FOR UPDATE', [cids]);
    const kept: { leaves: string[]; size: string }[] = await manager.query(
      `SELECT leaves, size::text FROM contribution
       WHERE contributor_ref = $1 AND state <> 'WITHDRAWN' AND leaves && $2::text[]`,
      [account, cids],
    );
    const needed = kept.flatMap(({ leaves, size }) => [...leaves, ...nodesOf(leaves, Number(size))]);
    await manager.query('DELETE FROM block_owner WHERE account = $1 AND cid = ANY($2) AND NOT cid = ANY($3)', [
      account,
      cids,
      needed,
    ]);
  }

  private async quotaLeft(manager: EntityManager, account: string): Promise<bigint> {
    const [row]: { used: string }[] = await manager.query(
      'SELECT coalesce(sum(size), 0)::text AS used FROM block_owner WHERE account = $1',
      [account],
    );
    const left = this.env.QUOTA_BYTES - BigInt(row?.used ?? 0);
    return left > 0n ? left : 0n;
  }
}

function readCid(text: string): CID {
  try {
    return parseCid(text);
  } catch {
    return refuse(Code.BAD_CID, 'A block is named by a CIDv1 of sha2-256, raw or dag-pb');
  }
}

function checkAnnounced(block: BlockInput): void {
  readCid(block.cid);
  refuseUnless(block.size > 0, Code.SIZE_MISMATCH, `Block ${block.cid} is empty`);
  refuseUnless(block.size <= MAX_BLOCK, Code.BLOCK_TOO_LARGE, `Block ${block.cid} holds more than ${MAX_BLOCK} bytes`);
}

/** CIDs of the inner nodes of a file, which the api built from its leaves. */
function nodesOf(leaves: readonly string[], size: number): string[] {
  const last = size - (leaves.length - 1) * LEAF_SIZE;
  const sized = leaves.map((cid, i) => ({ cid: parseCid(cid), size: i < leaves.length - 1 ? LEAF_SIZE : last }));
  return fileDag(sized).blocks.map((block) => block.cid.toString());
}

/** Off the main thread, so that uploads hash side by side. */
/** On this thread: half the time of another one, which would need a copy of the bytes. */
const hashes = (cid: CID, bytes: Buffer): boolean =>
  createHash('sha256').update(bytes).digest().equals(cid.multihash.digest);

function parsed(car: Buffer): { cid: CID; bytes: Uint8Array }[] {
  try {
    return readCar(car);
  } catch (error) {
    if (error instanceof CarError) return refuse(Code.BAD_INPUT, error.message);
    throw error;
  }
}

const sum = (sizes: number[]): bigint => sizes.reduce((total, size) => total + BigInt(size), 0n);
