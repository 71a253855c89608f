import { Code } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { ZeroAddress, ZeroHash } from 'ethers';
import type { EntityManager } from 'typeorm';
import { refuse } from '../../common/errors/refusal.ts';
import type { Assignment } from '../../common/graphql/schema.generated.ts';
import { AccessService } from '../access/access.service.ts';
import type { LabelKey } from '../access/access.service.ts';
import { ContributionService } from '../contributions/contribution.service.ts';
import { IntakeService } from '../contributions/intake.service.ts';
import { DatasetService } from '../datasets/dataset.service.ts';
import type { TaskOutcome } from './settlement-types.ts';

/** The part of an assignment that comes from the item and its keys. */
export type ItemView = Omit<Assignment, 'id' | 'jobId' | 'state' | 'labels' | 'lease' | 'adjudication'>;

/** What labeling asks of the modules below: items of a dataset, their label keys, and their new states. */
@Injectable()
export class LabelItems {
  constructor(
    @Inject(AccessService) private readonly access: AccessService,
    @Inject(ContributionService) private readonly contributions: ContributionService,
    @Inject(IntakeService) private readonly intakes: IntakeService,
    @Inject(DatasetService) private readonly datasets: DatasetService,
  ) {}

  dataset(id: string) {
    return this.datasets.find(id);
  }

  /** Number of entitlement sources that the dataset has now. */
  async sources(manager: EntityManager, datasetId: string): Promise<number> {
    return (await this.intakes.find(manager, datasetId))?.sources ?? 0;
  }

  /** Labelable items that are no task of the job yet. */
  async withoutTask(manager: EntityManager, datasetId: string, jobId: string): Promise<string[]> {
    const rows: { id: string }[] = await manager.query(
      `SELECT c.id FROM contribution c
       WHERE c.dataset_id = $1 AND c.state = 'ANCHORED'
         AND EXISTS (SELECT 1 FROM wrapped_key w WHERE w.contribution_id = c.id AND w.kind = 'label')
         AND NOT EXISTS (SELECT 1 FROM labeling_task t WHERE t.job_id = $2 AND t.contribution_id = c.id)
       ORDER BY c.id`,
      [datasetId, jobId],
    );
    return rows.map(({ id }) => id);
  }

  /** Open tasks whose item has lost its label key: withdrawn, or decided elsewhere. */
  async openTasksWithoutKey(manager: EntityManager, jobId: string): Promise<string[]> {
    const rows: { id: string }[] = await manager.query(
      `SELECT t.id FROM labeling_task t
       WHERE t.job_id = $1 AND t.state IN ('OPEN', 'ADJUDICATION')
         AND NOT EXISTS (SELECT 1 FROM wrapped_key w WHERE w.contribution_id = t.contribution_id AND w.kind = 'label')
       ORDER BY t.id`,
      [jobId],
    );
    return rows.map(({ id }) => id);
  }

  async hasKey(manager: EntityManager, contributionId: string): Promise<boolean> {
    const [row]: { held: boolean }[] = await manager.query(
      `SELECT EXISTS (SELECT 1 FROM wrapped_key w JOIN sealed_key s ON s.pack_id = w.pack_id AND s.kind = 'label'
         WHERE w.contribution_id = $1 AND w.kind = 'label') AS held`,
      [contributionId],
    );
    return row!.held;
  }

  async item(contributionId: string): Promise<ItemView> {
    const item = await this.contributions.find(contributionId);
    if (!item) return refuse(Code.NOT_FOUND, 'No such item');
    const dataset = await this.datasets.find(item.datasetId);
    const key = await this.access.labelKeyOf(contributionId);
    return {
      contributionId,
      datasetId: item.datasetId,
      contributorRef: item.contributorRef,
      schemaHash: item.schemaHash,
      cid: item.cid,
      size: item.size,
      floeHeader: item.floeHeader,
      mediaType: dataset?.mediaType ?? 'application/octet-stream',
      ...keyView(key),
    };
  }

  /** A decided task decides its item, unless something else did before. */
  async decide(manager: EntityManager, contributionId: string, outcome: TaskOutcome): Promise<void> {
    const rejects = outcome.state === 'UNRESOLVED' || outcome.reason === 'REPORTED';
    if (outcome.state === 'CANCELLED' && !rejects) return;
    const item = await this.contributions.find(contributionId, manager);
    if (item?.state !== 'ANCHORED') return;
    await this.contributions.transition(manager, contributionId, rejects ? 'REJECTED' : 'VALIDATED', outcome.reason);
  }
}

/** An ended assignment may outlive the keys of its item. */
const keyView = (
  key: LabelKey | null,
): Pick<ItemView, 'labelWrappedDek' | 'sealedKey' | 'sealedKeySignature' | 'sealedKeySigner' | 'packId'> => ({
  labelWrappedDek: key?.labelWrappedDek ?? '0x',
  sealedKey: key?.sealed.record ?? {},
  sealedKeySignature: key?.sealed.signature ?? '0x',
  sealedKeySigner: key?.sealed.signer ?? ZeroAddress,
  packId: key?.packId ?? ZeroHash,
});
