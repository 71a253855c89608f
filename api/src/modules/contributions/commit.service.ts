import { Code, ReceiptKind } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { answer, refuse, refuseUnless } from '../../common/errors/refusal.ts';
import type { Refusal } from '../../common/errors/refusal.ts';
import type { ContributionCommitInput, SignedReceipt } from '../../common/graphql/schema.generated.ts';
import { lockUntilCommit } from '../../common/lock-until-commit.ts';
import { ENV } from '../../config/config.module.ts';
import type { Env } from '../../config/env.ts';
import { ChainPort } from '../../integrations/chain/chain.port.ts';
import { BLOCK_STORE } from '../../integrations/storage/content-store.port.ts';
import type { ContentStore } from '../../integrations/storage/content-store.port.ts';
import { OutboxService } from '../../jobs/outbox.service.ts';
import { AccessService } from '../access/access.service.ts';
import { ANCHOR } from './anchor-contributions.job.ts';
import { checkBatch, checkContent } from './batch-checks.ts';
import type { CheckedItem } from './batch-checks.ts';
import {
  checkAgainstDataset,
  checkConsentSignatures,
  checkConsentTerms,
  checkGrantTerms,
  consentHashOf,
} from './consent-checks.ts';
import { ConsentEntity } from './consent.entity.ts';
import { ContributionBatchEntity } from './contribution-batch.entity.ts';
import { ContributionEntity } from './contribution.entity.ts';
import { ContributionService } from './contribution.service.ts';
import { IntakeService } from './intake.service.ts';
import { checkKeys, MAX_PACK } from './key-checks.ts';
import type { CheckedKeys } from './key-checks.ts';
import { NonceService } from './nonce.service.ts';
import { ReceiptService } from './receipt.service.ts';
import { UploadService } from './upload.service.ts';

export interface CommittedBatch {
  root: string;
  contributions: ContributionEntity[];
  replay: boolean;
  receipt: SignedReceipt;
}

/** Registers a batch: all of it in one transaction, or nothing and a reason. */
@Injectable()
export class CommitService {
  constructor(
    @Inject(ENV) private readonly env: Env,
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(ChainPort) private readonly chain: ChainPort,
    @Inject(BLOCK_STORE) private readonly store: ContentStore,
    @Inject(OutboxService) private readonly outbox: OutboxService,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(IntakeService) private readonly intakes: IntakeService,
    @Inject(NonceService) private readonly nonces: NonceService,
    @Inject(UploadService) private readonly uploads: UploadService,
    @Inject(ReceiptService) private readonly receipts: ReceiptService,
    @Inject(ContributionService) private readonly contributions: ContributionService,
  ) {}

  commit(account: string, input: ContributionCommitInput): Promise<CommittedBatch | Refusal> {
    return answer(async () => {
      const { consent, grant, datasetId } = input;
      refuseUnless(consent.contributorRef === account, Code.FORBIDDEN, 'Sign in as the contributor of this batch');
      refuseUnless(consent.datasetId === datasetId, Code.BAD_INPUT, 'The consent is for another dataset');
      const known = await this.replayOf(this.source.manager, account, input);
      if (known) return known;
      const now = Math.floor(Date.now() / 1000);
      checkConsentTerms(consent, now);
      checkGrantTerms(grant, consent, now);
      const consentHash = consentHashOf(consent);
      const intake = await this.intakes.find(this.source.manager, datasetId);
      refuseUnless(intake, Code.UNKNOWN_DATASET, `Dataset ${datasetId} is not known here`);
      const keys = checkKeys(input, {
        chain: this.chain,
        chainName: this.env.CHAIN_NAME,
        networkKey: this.env.NETWORK_KEY,
        consentHash,
        intake: input.contributions[0]?.intake ?? 0,
      });
      await checkConsentSignatures(this.chain, consent, grant);
      const leaves = checkBatch(input, consentHash, this.chain);
      return this.source.transaction(async (manager) => {
        await lockUntilCommit(manager, account);
        const held = await this.intakes.hold(manager, datasetId);
        const again = await this.replayOf(manager, account, input);
        if (again) return again;
        const nonces = await this.nonces.of(manager, account, datasetId);
        checkAgainstDataset(consent, grant, held, nonces);
        const owned = await this.ownedLeaves(manager, account, input);
        const items = checkContent(input, leaves, held, owned);
        await this.checkDuplicates(manager, account, items);
        await this.checkPacks(manager, input);
        await this.storeNodes(manager, account, items);
        return this.keep(manager, input, consentHash, items, keys);
      });
    });
  }

  /** The same batch again is answered with what was stored; another batch under a used key is refused. */
  private async replayOf(
    manager: EntityManager,
    account: string,
    input: ContributionCommitInput,
  ): Promise<CommittedBatch | null> {
    const batch = await manager.findOneBy(ContributionBatchEntity, { root: input.root });
    if (batch) {
      refuseUnless(batch.contributorRef === account, Code.BATCH_REPLAYED, 'This batch was committed by somebody else');
      const contributions = await this.contributions.ofBatch(manager, batch.root);
      return { root: batch.root, contributions, replay: true, receipt: batch.receipt };
    }
    const { idempotencyKey } = input;
    const used = await manager.existsBy(ContributionBatchEntity, { contributorRef: account, idempotencyKey });
    refuseUnless(!used, Code.BATCH_REPLAYED, 'This idempotency key was used for another batch');
    return null;
  }

  /** Blocks that this account uploaded and that are still in the store; pinned, if this transaction commits. */
  private async ownedLeaves(manager: EntityManager, account: string, input: ContributionCommitInput) {
    const owned = await this.uploads.pin(
      manager,
      account,
      input.contributions.flatMap((item) => item.leaves),
    );
    const stored = await this.store.has([...owned.keys()]);
    return new Map([...owned].filter(([cid]) => stored.has(cid)));
  }

  private async checkDuplicates(manager: EntityManager, account: string, items: CheckedItem[]): Promise<void> {
    const ids = items.map((item) => item.input.contributionId);
    const repeated = await manager.findOneBy(ContributionEntity, { id: In(ids) });
    if (repeated)
      refuse(Code.DUPLICATE_CONTRIBUTION, 'Salt and index were used before', { contributionId: repeated.id });
    const digests = items.map((item) => item.input.contentDigest);
    refuseUnless(new Set(digests).size === digests.length, Code.DUPLICATE_CONTRIBUTION, 'One content twice in a batch');
    const own = await manager.findOneBy(ContributionEntity, { contributorRef: account, contentDigest: In(digests) });
    if (own) refuse(Code.DUPLICATE_CONTRIBUTION, 'This content was committed before', { contributionId: own.id });
  }

  private async checkPacks(manager: EntityManager, input: ContributionCommitInput): Promise<void> {
    for (const pack of input.labelPacks) {
      const there = await this.access.countPack(manager, pack.packId);
      const fits = there + pack.wraps.length <= MAX_PACK;
      refuseUnless(fits, Code.BAD_LABEL_PACK, `Pack ${pack.packIndex} would hold more than ${MAX_PACK} items`);
    }
  }

  /** Inner nodes of large files: built here, never taken from the client. */
  private async storeNodes(manager: EntityManager, account: string, items: CheckedItem[]): Promise<void> {
    const nodes = items.flatMap((item) => item.nodes);
    await this.uploads.own(
      manager,
      account,
      nodes.map((node) => ({ cid: node.cid.toString(), size: node.bytes.length })),
    );
    for (const node of nodes) await this.store.put(node.cid.toString(), node.bytes);
  }

  private async keep(
    manager: EntityManager,
    input: ContributionCommitInput,
    consentHash: string,
    items: CheckedItem[],
    keys: CheckedKeys,
  ): Promise<CommittedBatch> {
    const committedAt = new Date();
    const receipt = await this.receipt(input, consentHash, committedAt);
    const { signature, ...terms } = input.consent;
    await manager
      .createQueryBuilder()
      .insert()
      .into(ConsentEntity)
      .values({ ...terms, consentHash, signature })
      .orIgnore()
      .execute();
    await manager.insert(ContributionBatchEntity, {
      root: input.root,
      idempotencyKey: input.idempotencyKey,
      datasetId: input.datasetId,
      contributorRef: input.consent.contributorRef,
      consentHash,
      deviceGrant: input.grant,
      count: input.count,
      salt: input.salt,
      signature: input.batchSignature,
      receipt,
      committedAt,
    });
    const contested = await this.contested(manager, items);
    const rows = items.map((item, index) => entityOf(input, consentHash, item, index, committedAt, contested));
    await manager.insert(ContributionEntity, rows as never);
    await this.contributions.recordNew(manager, rows);
    for (const signed of keys.sealed) await this.access.keepSealed(manager, signed);
    if (keys.owner) await this.access.keepOwnerKek(manager, keys.owner);
    await this.access.keepWraps(manager, keys.wraps);
    await this.outbox.enqueue(manager, ANCHOR, input.root, { root: input.root, count: input.count });
    return { root: input.root, contributions: rows, replay: false, receipt };
  }

  /** Digests that somebody else committed first. */
  private async contested(manager: EntityManager, items: CheckedItem[]): Promise<Set<string>> {
    const digests = items.map((item) => item.input.contentDigest);
    const rows = await manager.find(ContributionEntity, {
      select: { id: true, contentDigest: true },
      where: { contentDigest: In(digests) },
    });
    return new Set(rows.map((row) => row.contentDigest));
  }

  private receipt(input: ContributionCommitInput, consentHash: string, at: Date): Promise<SignedReceipt> {
    return this.receipts.sign(
      {
        contributorRef: input.consent.contributorRef,
        datasetId: input.datasetId,
        subject: input.root,
        kind: ReceiptKind.COMMITTED,
        evidence: { root: input.root, count: input.count, consentHash, salt: input.salt },
        text: `${input.count} contribution(s) under batch root ${input.root} are stored and will be anchored on chain ${this.chain.chainId}. If they are not, anybody may anchor this root.`,
      },
      at,
    );
  }
}

function entityOf(
  input: ContributionCommitInput,
  consentHash: string,
  item: CheckedItem,
  index: number,
  committedAt: Date,
  contested: Set<string>,
): ContributionEntity {
  const isContested = contested.has(item.input.contentDigest);
  return {
    id: item.input.contributionId,
    datasetId: input.datasetId,
    contributorRef: input.consent.contributorRef,
    batchRoot: input.root,
    index,
    leaf: item.leaf,
    consentHash,
    schemaHash: item.input.schemaHash,
    intake: item.input.intake,
    contentDigest: item.input.contentDigest,
    cid: item.cid,
    size: item.input.size,
    floeHeader: item.input.floeHeader,
    metadataHash: item.input.metadataHash,
    metadata: item.input.metadata ?? null,
    leaves: item.input.leaves,
    state: isContested ? 'CONTESTED' : 'COMMITTED',
    reason: isContested ? Code.CONTENT_CONTESTED : null,
    version: null,
    committedAt,
  };
}
