import { createHash } from 'node:crypto';
import { CID, Code, parseCid } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { answer, refuse, refuseUnless } from '../../common/errors/refusal.ts';
import type { Refusal } from '../../common/errors/refusal.ts';
import type { BlockInput, ContributionUploadBeginInput, UploadPlan } from '../../common/graphql/schema.generated.ts';
import { ENV } from '../../config/config.module.ts';
import type { Env } from '../../config/env.ts';
import { ContentStore, MAX_BLOCK } from '../../integrations/storage/content-store.port.ts';
import { BlockOwnerEntity } from './block-owner.entity.ts';
import { IntakeService } from './intake.service.ts';

const MAX_ASKED = 20_000;

/** Blocks by CID, per account: nobody learns here whether somebody else has a block. */
@Injectable()
export class UploadService {
  constructor(
    @Inject(ENV) private readonly env: Env,
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(ContentStore) private readonly store: ContentStore,
    @Inject(IntakeService) private readonly intakes: IntakeService,
  ) {}

  begin(account: string, input: ContributionUploadBeginInput): Promise<UploadPlan | Refusal> {
    return answer(async () => {
      refuseUnless(input.blocks.length <= MAX_ASKED, Code.BAD_INPUT, `At most ${MAX_ASKED} blocks at once`);
      for (const block of input.blocks) checkAnnounced(block);
      const intake = await this.intakes.find(this.source.manager, input.datasetId);
      if (!intake) return refuse(Code.UNKNOWN_DATASET, `Dataset ${input.datasetId} is not known here`);
      const owned = await this.owned(
        this.source.manager,
        account,
        input.blocks.map((block) => block.cid),
      );
      const stored = await this.store.has([...owned.keys()]);
      const missing = input.blocks.filter((block) => !stored.has(block.cid));
      const left = await this.quotaLeft(account);
      const asked = sum(missing.filter((block) => !owned.has(block.cid)).map((block) => block.size));
      refuseUnless(asked <= left, Code.QUOTA_EXCEEDED, `${left} bytes are left, ${asked} would be needed`);
      return {
        openIntake: intake.openIntake,
        sources: intake.sources,
        missing: [...new Set(missing.map((block) => block.cid))],
        quotaBytesLeft: left.toString(),
      };
    });
  }

  /** Keeps one block of `account`; resolves to whether it is new to that account. Durable when it resolves. */
  put(account: string, text: string, bytes: Buffer): Promise<boolean | Refusal> {
    return answer(async () => {
      const cid = readCid(text);
      refuseUnless(bytes.length <= MAX_BLOCK, Code.BLOCK_TOO_LARGE, `A block holds at most ${MAX_BLOCK} bytes`);
      refuseUnless(bytes.length > 0, Code.SIZE_MISMATCH, 'A block is not empty');
      refuseUnless(hashes(cid, bytes), Code.HASH_MISMATCH, `These bytes are not ${cid}`);
      const known = (await this.owned(this.source.manager, account, [cid.toString()])).size > 0;
      if (!known) {
        const left = await this.quotaLeft(account);
        refuseUnless(BigInt(bytes.length) <= left, Code.QUOTA_EXCEEDED, `${left} bytes are left`);
      }
      await this.store.put(cid.toString(), bytes);
      if (!known) await this.own(this.source.manager, account, [{ cid: cid.toString(), size: bytes.length }]);
      return !known;
    });
  }

  /** Sizes of the blocks that `account` uploaded itself, by CID. */
  async owned(manager: EntityManager, account: string, cids: string[]): Promise<Map<string, number>> {
    const rows = await manager.findBy(BlockOwnerEntity, { account, cid: In([...new Set(cids)]) });
    return new Map(rows.map((row) => [row.cid, row.size]));
  }

  async own(manager: EntityManager, account: string, blocks: { cid: string; size: number }[]): Promise<void> {
    if (blocks.length === 0) return;
    await manager
      .createQueryBuilder()
      .insert()
      .into(BlockOwnerEntity)
      .values(blocks.map((block) => ({ ...block, account })))
      .orIgnore()
      .execute();
  }

  private async quotaLeft(account: string): Promise<bigint> {
    const [row]: { used: string }[] = await this.source.query(
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

const hashes = (cid: CID, bytes: Buffer): boolean =>
  createHash('sha256').update(bytes).digest().equals(Buffer.from(cid.multihash.digest));

const sum = (sizes: number[]): bigint => sizes.reduce((total, size) => total + BigInt(size), 0n);
