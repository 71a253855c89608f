import { Code, contributionProofs, leavesByIndex } from '@allod/protocol';
import type { Hex } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { connection, decodeCursor, encodeCursor, pageSize } from '../../common/graphql/pagination.ts';
import type { Connection } from '../../common/graphql/pagination.ts';
import type { ContributionState } from '../../common/graphql/schema.generated.ts';
import { Kept, Loader } from '../../common/loader.ts';
import { transition } from '../../common/state-machine.ts';
import { LiveService } from '../../jobs/live.service.ts';
import { ContributionBatchEntity } from './contribution-batch.entity.ts';
import { contributionTransitions } from './contribution-state.ts';
import { ContributionEntity } from './contribution.entity.ts';
import { SupersededLeafEntity } from './superseded-leaf.entity.ts';

export const liveTopic = (datasetId: string, contributorRef: string): string =>
  `contribution/${datasetId}/${contributorRef}`;

const KEPT_BATCHES = 64;

/** Reads contributions and moves them through their lifecycle. */
@Injectable()
export class ContributionService {
  private readonly batches = new Loader<string, ContributionBatchEntity>(async (roots) => {
    const rows = await this.source.manager.findBy(ContributionBatchEntity, { root: In(roots) });
    return new Map(rows.map((row) => [row.root, row]));
  });
  /** A batch never changes, so its proofs are kept. */
  private readonly proofs = new Kept<string, string[][]>(KEPT_BATCHES, (root) => this.batchProofs(root));

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
    const rows = await query
      .orderBy('c.committed_at', 'DESC')
      .addOrderBy('c.id', 'DESC')
      .limit(size + 1)
      .getMany();
    return connection(
      rows,
      size,
      totalCount,
      (row) => row,
      (row) => encodeCursor(row.committedAt.toISOString(), row.id),
    );
  }

  /** What was committed under a root, also where a later leaf has taken the place of this one. */
  ofBatch(manager: EntityManager, root: string): Promise<ContributionEntity[]> {
    return manager
      .createQueryBuilder(ContributionEntity, 'c')
      .where('c.batch_root = :root', { root })
      .orWhere('c.id IN (SELECT s.contribution_id FROM superseded_leaf s WHERE s.batch_root = :root)')
      .orderBy('c.index')
      .getMany();
  }

  /** Asked for by many items at once, read in one query. */
  batchOf(item: ContributionEntity): Promise<ContributionBatchEntity | undefined> {
    return this.batches.load(item.batchRoot);
  }

  /** Inclusion proof of an item in its batch, siblings from the bottom up. */
  async proofOf(item: ContributionEntity): Promise<string[]> {
    return (await this.proofs.get(item.batchRoot))[item.index] ?? [];
  }

  private async batchProofs(root: string): Promise<string[][]> {
    const { count } = await this.source.manager.findOneByOrFail(ContributionBatchEntity, { root });
    const rows: { index: number; leaf: Hex }[] = await this.source.manager.query(
      `SELECT index, leaf FROM contribution WHERE batch_root = $1
       UNION ALL SELECT index, leaf FROM superseded_leaf WHERE batch_root = $1`,
      [root],
    );
    return contributionProofs(leavesByIndex(new Map(rows.map((row) => [row.index, row.leaf])), count));
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
    if ((await this.transitionAll(manager, [id], state, reason, version)) === 1) return;
    const item = await manager.findOneByOrFail(ContributionEntity, { id });
    if (item.state !== state) transition(contributionTransitions, item.state, state);
  }

  /** Moves those items whose state allows it, with history and news; resolves to how many moved. */
  async transitionAll(
    manager: EntityManager,
    ids: string[],
    state: ContributionState,
    reason: string | null,
    version?: number,
  ): Promise<number> {
    const moved: Moved[] = await manager.query(
      `WITH old AS (SELECT id, state FROM contribution WHERE id = ANY($1) AND state = ANY($2) FOR UPDATE),
       moved AS (
         UPDATE contribution c SET state = $3, reason = $4, version = coalesce($5, c.version) FROM old
         WHERE c.id = old.id RETURNING c.id, c.dataset_id, c.contributor_ref, old.state AS from_state
       ),
       logged AS (
         INSERT INTO contribution_change (contribution_id, from_state, to_state, reason)
         SELECT id, from_state, $3, $4 FROM moved
       )
       SELECT id, dataset_id, contributor_ref FROM moved`,
      [ids, statesBefore(state), state, reason, version ?? null],
    );
    await this.announce(manager, moved);
    return moved.length;
  }

  /** Gives items another place: the old leaf is kept as superseded, and the new one has to be anchored. */
  async replaceLeaves(manager: EntityManager, places: NewPlace[]): Promise<void> {
    const old = places.map(({ item }) => ({
      leaf: item.leaf,
      contributionId: item.id,
      batchRoot: item.batchRoot,
      index: item.index,
      intake: item.intake,
      consentHash: item.consentHash,
      reason: Code.REWRAPPED,
    }));
    await manager.insert(SupersededLeafEntity, old);
    for (const { item, ...place } of places) await manager.update(ContributionEntity, { id: item.id }, place);
    const ids = places.map(({ item }) => item.id);
    await this.transitionAll(manager, ids, 'COMMITTED', Code.REWRAPPED);
  }

  /** Which of these were validated at some time. */
  async everValidated(manager: EntityManager, ids: string[]): Promise<Set<string>> {
    const rows: { contribution_id: string }[] = await manager.query(
      `SELECT DISTINCT contribution_id FROM contribution_change WHERE to_state = 'VALIDATED' AND contribution_id = ANY($1)`,
      [ids],
    );
    return new Set(rows.map((row) => row.contribution_id));
  }

  /** First line of the history of new items, and the news of them. */
  async recordNew(manager: EntityManager, items: ContributionEntity[]): Promise<void> {
    await manager.query(
      `INSERT INTO contribution_change (contribution_id, to_state, reason)
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[])`,
      [items.map((item) => item.id), items.map((item) => item.state), items.map((item) => item.reason)],
    );
    const rows = items.map((item) => ({
      id: item.id,
      dataset_id: item.datasetId,
      contributor_ref: item.contributorRef,
    }));
    await this.announce(manager, rows);
  }

  private async announce(manager: EntityManager, rows: Moved[]): Promise<void> {
    for (const [topic, items] of Map.groupBy(rows, (row) => liveTopic(row.dataset_id, row.contributor_ref))) {
      for (let at = 0; at < items.length; at += NEWS_SIZE) {
        await this.live.publish(manager, topic, { ids: items.slice(at, at + NEWS_SIZE).map((item) => item.id) });
      }
    }
  }
}

export interface NewPlace {
  item: ContributionEntity;
  leaf: string;
  batchRoot: string;
  intake: number;
  consentHash: string;
}

interface Moved {
  id: string;
  dataset_id: string;
  contributor_ref: string;
}

/** PostgreSQL notices carry at most 8 kB. */
const NEWS_SIZE = 100;

const statesBefore = (state: ContributionState): string[] =>
  Object.entries(contributionTransitions)
    .filter(([, next]) => next.includes(state))
    .map(([from]) => from);
