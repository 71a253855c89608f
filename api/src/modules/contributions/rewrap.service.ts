import {
  Code,
  contributionId,
  contributionLeaf,
  contributionRoot,
  digestOf,
  leavesByIndex,
  MAX_BATCH,
  ReceiptKind,
} from '@allod/protocol';
import type { Hex, SealedKeyRecord, SignedKeyRecord } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { answer, refuse, refuseUnless } from '../../common/errors/refusal.ts';
import type { Refusal } from '../../common/errors/refusal.ts';
import type { ContributionRewrapInput } from '../../common/graphql/schema.generated.ts';
import { lockUntilCommit } from '../../common/lock-until-commit.ts';
import { ENV } from '../../config/config.module.ts';
import type { Env } from '../../config/env.ts';
import { ChainPort } from '../../integrations/chain/chain.port.ts';
import { recovers } from '../../integrations/chain/signatures.ts';
import { OutboxService } from '../../jobs/outbox.service.ts';
import { AccessService } from '../access/access.service.ts';
import { checkKek, isWrappedDek } from '../access/sealed-record.ts';
import { ANCHOR } from './anchor-contributions.job.ts';
import type { CommittedBatch } from './commit.service.ts';
import { checkAgainstDataset, checkConsentSignatures, checkConsentTerms, checkGrantTerms } from './consent-checks.ts';
import { ConsentEntity } from './consent.entity.ts';
import { ContributionBatchEntity } from './contribution-batch.entity.ts';
import { ContributionEntity } from './contribution.entity.ts';
import { ContributionService } from './contribution.service.ts';
import type { IntakeEntity } from './intake.entity.ts';
import { IntakeService } from './intake.service.ts';
import { checkSealedRecord } from './key-checks.ts';
import { isLate, LateItemsService } from './late-items.service.ts';
import { NonceService } from './nonce.service.ts';
import { ReceiptService } from './receipt.service.ts';

type Signed = SignedKeyRecord<SealedKeyRecord>;

/** An item with the leaf that it gets. */
interface Moved {
  item: ContributionEntity;
  leaf: Hex;
  wrappedDek: string;
}

/**
 * Late items: a new leaf in the open intake takes the place of the old one, in one transaction. The contribution, its ciphertext, its
 * labels and its label keys stay what they are; only the wrap under the older KEK is destroyed, so that a licensee of an older version
 * never gets a key that opens it.
 */
@Injectable()
export class RewrapService {
  constructor(
    @Inject(ENV) private readonly env: Env,
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(ChainPort) private readonly chain: ChainPort,
    @Inject(OutboxService) private readonly outbox: OutboxService,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(IntakeService) private readonly intakes: IntakeService,
    @Inject(NonceService) private readonly nonces: NonceService,
    @Inject(LateItemsService) private readonly late: LateItemsService,
    @Inject(ReceiptService) private readonly receipts: ReceiptService,
    @Inject(ContributionService) private readonly contributions: ContributionService,
  ) {}

  rewrap(account: string, input: ContributionRewrapInput): Promise<CommittedBatch | Refusal> {
    return answer(async () => {
      checkShape(input);
      const known = await this.replayOf(this.source.manager, account, input.root);
      if (known) return known;
      const consent = await this.consentOf(account, input);
      const now = Math.floor(Date.now() / 1000);
      checkConsentTerms(consent, now);
      checkGrantTerms(input.grant, consent, now);
      await checkConsentSignatures(this.chain, consent, input.grant);
      const sealed = this.sealedKek(input, consent);
      return this.source.transaction(async (manager) => {
        await lockUntilCommit(manager, account);
        const intake = await this.intakes.hold(manager, input.datasetId);
        const again = await this.replayOf(manager, account, input.root);
        if (again) return again;
        checkAgainstDataset(consent, input.grant, intake, await this.nonces.of(manager, account, input.datasetId));
        refuseUnless(input.intake === intake.openIntake, Code.INTAKE_CLOSED, `Intake ${intake.openIntake} is open`, {
          openIntake: intake.openIntake,
        });
        const items = await this.lateItems(manager, account, input, intake);
        const moved = this.checkBatch(input, items);
        return this.keep(manager, account, input, moved, sealed);
      });
    });
  }

  private async replayOf(manager: EntityManager, account: string, root: string): Promise<CommittedBatch | null> {
    const batch = await manager.findOneBy(ContributionBatchEntity, { root });
    if (!batch) return null;
    refuseUnless(batch.contributorRef === account, Code.BATCH_REPLAYED, 'This batch was committed by somebody else');
    const contributions = await this.contributions.ofBatch(manager, root);
    return { root, contributions, replay: true, receipt: batch.receipt };
  }

  private async consentOf(
    account: string,
    { consentHash, datasetId }: ContributionRewrapInput,
  ): Promise<ConsentEntity> {
    const own = { consentHash, datasetId, contributorRef: account };
    const consent = await this.source.manager.findOneBy(ConsentEntity, own);
    return consent ?? refuse(Code.NOT_FOUND, 'This consent is not known here');
  }

  private sealedKek(input: ContributionRewrapInput, consent: ConsentEntity): Signed {
    const { consentHash, datasetId, contributorRef, consentNonce, purposes, validUntil, sources } = consent;
    const signed = checkSealedRecord(input.sealedKek, {
      chain: this.chain,
      networkKey: this.env.NETWORK_KEY,
      grantedSigner: input.grant.signer,
      terms: {
        chain: this.env.CHAIN_NAME,
        chainId: this.chain.chainId,
        accessPolicy: this.chain.addresses.AccessPolicy,
        datasetId,
        contributorRef,
        consentHash,
        consentNonce,
        purposes,
        validUntil,
        sources,
      },
    });
    checkKek(signed.record, input.intake);
    return signed;
  }

  /** The items, held until the transaction ends, in the order of the input. Each must be late, and under this consent's terms. */
  private async lateItems(
    manager: EntityManager,
    account: string,
    input: ContributionRewrapInput,
    intake: IntakeEntity,
  ): Promise<ContributionEntity[]> {
    const ids = input.items.map((item) => item.contributionId);
    const own = { id: In(ids), contributorRef: account, datasetId: input.datasetId };
    const rows = await manager.find(ContributionEntity, {
      where: own,
      order: { id: 'ASC' },
      lock: { mode: 'pessimistic_write' },
    });
    const byId = new Map(rows.map((row) => [row.id, row]));
    const items = ids.map((id) => byId.get(id) ?? refuse(Code.NOT_FOUND, `Contribution ${id} is not known here`));
    const waiting = await this.late.waitingForLabels(manager, items);
    const terms = await this.late.termsOf(manager, items);
    for (const item of items) {
      const details = { contributionId: item.id, state: item.state, intake: item.intake };
      refuseUnless(isLate(item, intake), Code.NOT_LATE, 'This item missed no version', details);
      refuseUnless(!waiting.has(item.id), Code.LABELS_PENDING, 'This item still waits for labels', details);
      const counts = terms.get(item.consentHash)?.consentHash === input.consentHash;
      refuseUnless(counts, Code.BAD_INPUT, 'Other terms count for this item', details);
    }
    return items;
  }

  /** Ids, root, count and signature. The new leaves are made here, from what was committed: only the intake is another. */
  private checkBatch(input: ContributionRewrapInput, items: ContributionEntity[]): Moved[] {
    const { datasetId, salt, root, count, consentHash, intake } = input;
    const moved = items.map((item, i) => {
      const { contributorRef, index, schemaHash, contentDigest, size, floeHeader, metadataHash } = item;
      const id = contributionId({ contributorRef, datasetId, salt, index });
      refuseUnless(id === item.id, Code.ROOT_MISMATCH, 'A contribution id does not follow from salt and index', {
        contributionId: item.id,
      });
      const struct = { contributorRef, datasetId, schemaHash, contentDigest, size, floeHeader, metadataHash };
      const leaf = contributionLeaf({ ...struct, contributionId: item.id, intake });
      return { item, leaf, wrappedDek: input.items[i]!.wrappedDek };
    });
    const leaves = new Map(moved.map(({ item, leaf }) => [item.index, leaf]));
    const highest = Math.max(...leaves.keys());
    refuseUnless(count === highest + 1, Code.ROOT_MISMATCH, `The batch has ${highest + 1} places, not ${count}`);
    const follows = contributionRoot(leavesByIndex(leaves, count)) === root;
    refuseUnless(follows, Code.ROOT_MISMATCH, 'The batch root does not follow from the contributions');
    const struct = { root, count, consentHash, salt };
    const digest = digestOf('ContributionBatch', struct, this.chain.chainId, this.chain.addresses);
    const signed = recovers(input.grant.signer, digest, input.batchSignature);
    refuseUnless(signed, Code.WRONG_SIGNATURE, 'The batch is not signed by the granted device key', { of: 'batch' });
    return moved;
  }

  private async keep(
    manager: EntityManager,
    account: string,
    input: ContributionRewrapInput,
    moved: Moved[],
    sealed: Signed,
  ): Promise<CommittedBatch> {
    const { root, count, salt, consentHash, datasetId, intake } = input;
    const committedAt = new Date();
    const receipt = await this.receipts.sign(
      {
        contributorRef: account,
        datasetId,
        subject: root,
        kind: ReceiptKind.COMMITTED,
        evidence: { root, count, consentHash, salt },
        text: `${moved.length} contribution(s) that missed the version of their intake are in intake ${intake} now, under batch root ${root}, which will be anchored on chain ${this.chain.chainId}. Their older leaves go into no version.`,
      },
      committedAt,
    );
    await manager.insert(ContributionBatchEntity, {
      root,
      idempotencyKey: root,
      datasetId,
      contributorRef: account,
      consentHash,
      deviceGrant: input.grant,
      count,
      salt,
      signature: input.batchSignature,
      receipt,
      committedAt,
    });
    const places = moved.map(({ item, leaf }) => ({ item, leaf, batchRoot: root, intake, consentHash }));
    await this.contributions.replaceLeaves(manager, places);
    await this.access.keepSealed(manager, sealed);
    const wraps = moved.map(({ item, wrappedDek }) => ({ contributionId: item.id, wrappedDek }));
    await this.access.rewrap(manager, wraps, { intake, consentHash });
    await this.outbox.enqueue(manager, ANCHOR, root, { root, count });
    return { root, contributions: await this.contributions.ofBatch(manager, root), replay: false, receipt };
  }
}

function checkShape({ items, grant, datasetId }: ContributionRewrapInput): void {
  const some = items.length >= 1 && items.length <= MAX_BATCH;
  refuseUnless(some, Code.BAD_INPUT, `A rewrap holds 1 to ${MAX_BATCH} contributions`);
  const distinct = new Set(items.map((item) => item.contributionId)).size === items.length;
  refuseUnless(distinct, Code.BAD_INPUT, 'A contribution is named twice');
  const whole = items.every((item) => isWrappedDek(item.wrappedDek));
  refuseUnless(whole, Code.BAD_INPUT, 'A wrapped DEK has 60 bytes');
  refuseUnless(grant.datasetId === datasetId, Code.BAD_INPUT, 'The grant is for another dataset');
}
