import { contributionProof } from '@allod/protocol';
import type { Hex } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { connection, decodeCursor, encodeCursor, pageSize } from '../../common/graphql/pagination.ts';
import type { Connection } from '../../common/graphql/pagination.ts';
import type { ContributionState } from '../../common/graphql/schema.generated.ts';
import { transition } from '../../common/state-machine.ts';
import { LiveService } from '../../jobs/live.service.ts';
import { ContributionBatchEntity } from './contribution-batch.entity.ts';
import { contributionTransitions } from './contribution-state.ts';
import { ContributionEntity } from './contribution.entity.ts';

export const liveTopic = (datasetId: string, contributorRef: string): string =>
  `contribution/${datasetId}/${contributorRef}`;

/** Reads contributions and moves them through their lifecycle. */
@Injectable()
export class ContributionService {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(LiveService) private readonly live: LiveService,
  ) {}

  find(id: string, manager: EntityManager = this.source.manager): Promise<ContributionEntity | null> {
    return manager.findOneBy(ContributionEntity, { id });
  }

  /** Newest first. */
  async listOf(
    contributorRef: string,
    datasetId: string | null | undefined,
    first: number | null | undefined,
    after: string | null | undefined,
  ): Promise<Connection<ContributionEntity>> {
    const size = pageSize(first, 50);
    const key = decodeCursor(after);
    const query = this.source.manager
      .createQueryBuilder(ContributionEntity, 'c')
      .where('c.contributor_ref = :contributorRef', { contributorRef })
      .andWhere(datasetId ? 'c.dataset_id = :datasetId' : 'true', { datasetId });
    const totalCount = await query.getCount();
    if (key) query.andWhere('(c.committed_at, c.id) < (:at, :id)', { at: key[0], id: key[1] });
    const rows = await query.orderBy('c.committed_at', 'DESC').addOrderBy('c.id', 'DESC').limit(size + 1).getMany();
    return connection(rows, size, totalCount, (row) => row, (row) => encodeCursor(row.committedAt.toISOString(), row.id));
  }

  ofBatch(manager: EntityManager, root: string): Promise<ContributionEntity[]> {
    return manager.find(ContributionEntity, { where: { batchRoot: root }, order: { index: 'ASC' } });
  }

  batch(root: string, manager: EntityManager = this.source.manager): Promise<ContributionBatchEntity | null> {
    return manager.findOneBy(ContributionBatchEntity, { root });
  }

  /** Inclusion proof of an item in its batch, siblings from the bottom up. */
  async proofOf(item: ContributionEntity): Promise<string[]> {
    const rows = await this.source.manager.find(ContributionEntity, {
      select: { id: true, leaf: true, index: true },
      where: { batchRoot: item.batchRoot },
      order: { index: 'ASC' },
    });
    return contributionProof(rows.map((row) => row.leaf as Hex), item.index);
  }

  /** Anchored items of an intake that may be labeled: consented to LABEL, with keys for it. In random but stable order. */
  labelable(manager: EntityManager, datasetId: string, intake?: number): Promise<ContributionEntity[]> {
    return manager
      .createQueryBuilder(ContributionEntity, 'c')
      .where('c.dataset_id = :datasetId', { datasetId })
      .andWhere(intake === undefined ? 'true' : 'c.intake = :intake', { intake })
      .andWhere("c.state = 'ANCHORED'")
      .andWhere("EXISTS (SELECT 1 FROM wrapped_key w WHERE w.contribution_id = c.id AND w.kind = 'label')")
      .orderBy('c.id')
      .getMany();
  }

  count(datasetId: string): Promise<number> {
    return this.source.manager.countBy(ContributionEntity, {
      datasetId,
      state: In(['COMMITTED', 'ANCHORED', 'VALIDATED', 'IN_VERSION'] satisfies ContributionState[]),
    });
  }

  /** Moves one item; throws TransitionError when the lifecycle does not allow it. */
  async transition(
    manager: EntityManager,
    id: string,
    state: ContributionState,
    reason: string | null,
    version?: number,
  ): Promise<void> {
    const item = await manager.findOneOrFail(ContributionEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (item.state === state) return;
    transition(contributionTransitions, item.state, state);
    await manager.update(ContributionEntity, { id }, { state, reason, ...(version === undefined ? {} : { version }) });
    await this.record(manager, item, state, reason);
  }

  /** Writes the history and tells subscribers. */
  async record(
    manager: EntityManager,
    item: Pick<ContributionEntity, 'id' | 'datasetId' | 'contributorRef'> & { state: ContributionState | null },
    state: ContributionState,
    reason: string | null,
  ): Promise<void> {
    await manager.query(
      'INSERT INTO contribution_change (contribution_id, from_state, to_state, reason) VALUES ($1, $2, $3, $4)',
      [item.id, item.state, state, reason],
    );
    await this.live.publish(manager, liveTopic(item.datasetId, item.contributorRef), { id: item.id });
  }
}
