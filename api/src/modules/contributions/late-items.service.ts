import { Code, Purpose } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { refuse } from '../../common/errors/refusal.ts';
import type { DeviceGrantInput } from '../../common/graphql/schema.generated.ts';
import { AccessService } from '../access/access.service.ts';
import { ConsentEntity } from './consent.entity.ts';
import { ContributionBatchEntity } from './contribution-batch.entity.ts';
import { ContributionEntity } from './contribution.entity.ts';
import type { IntakeEntity } from './intake.entity.ts';
import { IntakeService } from './intake.service.ts';
import { NonceService } from './nonce.service.ts';
import { OpenLabels } from './open-labels.ts';

const MAX_ITEMS = 1000;

interface LateItem {
  contribution: ContributionEntity;
  wrappedDek: string;
}

export interface LateBatch {
  root: string;
  count: number;
  salt: string;
  consentHash: string;
  signature: string;
  grant: DeviceGrantInput;
  terms: ConsentEntity;
  items: LateItem[];
}

/** Qualified, but not part of any version, although the version of its intake is published. */
export const isLate = (item: ContributionEntity, intake: IntakeEntity): boolean =>
  item.intake <= intake.published && item.version === null && (item.state === 'VALIDATED' || item.state === 'ANCHORED');

/** A version could hold items under these terms; without that a new place is of no use. */
const admits = (consent: ConsentEntity, intake: IntakeEntity): boolean =>
  consent.validUntil > Date.now() / 1000 &&
  (consent.purposes & intake.purposes & ~Purpose.LABEL) !== 0 &&
  BigInt(consent.minPrice) <= BigInt(intake.floorPrice);

/** Finds the items that missed the version of their intake and wait for their contributor's device. */
@Injectable()
export class LateItemsService {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(IntakeService) private readonly intakes: IntakeService,
    @Inject(NonceService) private readonly nonces: NonceService,
    @Inject(OpenLabels) private readonly openLabels: OpenLabels,
  ) {}

  async of(account: string, datasetId: string): Promise<{ openIntake: number; batches: LateBatch[] }> {
    const { manager } = this.source;
    const intake = await this.intakes.find(manager, datasetId);
    if (!intake) return refuse(Code.UNKNOWN_DATASET, `Dataset ${datasetId} is not known here`);
    const items = await this.find(manager, account, intake);
    const terms = await this.termsOf(manager, items);
    const { consentNonce } = await this.nonces.of(manager, account, datasetId);
    const usable = items.filter((item) => {
      const consent = terms.get(item.consentHash);
      return consent !== undefined && consent.consentNonce === consentNonce && admits(consent, intake);
    });
    return { openIntake: intake.openIntake, batches: await this.batches(manager, usable.slice(0, MAX_ITEMS), terms) };
  }

  private async find(manager: EntityManager, account: string, intake: IntakeEntity): Promise<ContributionEntity[]> {
    const items = await manager
      .createQueryBuilder(ContributionEntity, 'c')
      .where('c.contributor_ref = :account AND c.dataset_id = :datasetId', { account, datasetId: intake.datasetId })
      .andWhere('c.intake <= :published AND c.version IS NULL', { published: intake.published })
      .andWhere("c.state IN ('VALIDATED', 'ANCHORED')")
      .orderBy('c.batch_root')
      .addOrderBy('c.index')
      .getMany();
    const waiting = await this.waitingForLabels(manager, items);
    return items.filter((item) => !waiting.has(item.id));
  }

  /** Of items that are not validated yet, those that labels may still decide. */
  waitingForLabels(manager: EntityManager, items: ContributionEntity[]): Promise<Set<string>> {
    const undecided = items.filter((item) => item.state === 'ANCHORED').map((item) => item.id);
    return undecided.length === 0 ? Promise.resolve(new Set()) : this.openLabels.of(manager, undecided);
  }

  /** By the consent of an item: the consent whose terms count for it. */
  async termsOf(manager: EntityManager, items: ContributionEntity[]): Promise<Map<string, ConsentEntity>> {
    const hashes = [...new Set(items.map((item) => item.consentHash))];
    const own = await manager.findBy(ConsentEntity, { consentHash: In(hashes) });
    const longer = own.map((consent) => consent.extendedBy).filter((hash) => hash !== null);
    const byHash = new Map(
      (await manager.findBy(ConsentEntity, { consentHash: In(longer) })).map((row) => [row.consentHash, row]),
    );
    return new Map(own.map((row) => [row.consentHash, (row.extendedBy && byHash.get(row.extendedBy)) || row]));
  }

  private async batches(
    manager: EntityManager,
    items: ContributionEntity[],
    terms: Map<string, ConsentEntity>,
  ): Promise<LateBatch[]> {
    const wraps = await this.access.wrapsOf(
      manager,
      items.map((item) => item.id),
    );
    const groups = Map.groupBy(
      items.filter((item) => wraps.has(item.id)),
      (item) => item.batchRoot,
    );
    const rows = await manager.findBy(ContributionBatchEntity, { root: In([...groups.keys()]) });
    return rows.map(({ root, count, salt, consentHash, signature, deviceGrant }) => {
      const members = groups.get(root)!;
      return {
        root,
        count,
        salt,
        consentHash,
        signature,
        grant: deviceGrant as DeviceGrantInput,
        terms: terms.get(members[0]!.consentHash)!,
        items: members.map((contribution) => ({ contribution, wrappedDek: wraps.get(contribution.id)! })),
      };
    });
  }
}
