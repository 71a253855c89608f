import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { connection, decodeCursor, encodeCursor, pageSize } from '../../common/graphql/pagination.ts';
import type { Connection } from '../../common/graphql/pagination.ts';
import type { VersionState } from '../../common/graphql/schema.generated.ts';
import { DatasetVersionEntity } from './dataset-version.entity.ts';
import { DatasetEntity } from './dataset.entity.ts';
import { OfferEntity } from './offer.entity.ts';

export interface DatasetQuery {
  search?: string | null;
  curator?: string | null;
  first?: number | null;
  after?: string | null;
}

/** Of trigrams: "wether" finds "Weather". */
const MIN_SIMILARITY = '0.4';
const MATCH = `(search @@ websearch_to_tsquery('english', $1) OR $1 <% (name || ' ' || description))`;
const RANK = `round((ts_rank(search, websearch_to_tsquery('english', $1)) + word_similarity($1, name || ' ' || description))::numeric, 6)`;

/** Finds datasets, their offers and versions. */
@Injectable()
export class DatasetService {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  find(id: string): Promise<DatasetEntity | null> {
    return this.source.manager.findOneBy(DatasetEntity, { id });
  }

  /** Best match first with `search`, else newest first. */
  list(query: DatasetQuery): Promise<Connection<DatasetEntity>> {
    return this.source.transaction(async (manager) => {
      await manager.query(`SELECT set_config('pg_trgm.word_similarity_threshold', $1, true)`, [MIN_SIMILARITY]);
      return this.page(manager, query);
    });
  }

  private async page(manager: EntityManager, query: DatasetQuery): Promise<Connection<DatasetEntity>> {
    const first = pageSize(query.first, 20);
    const search = query.search?.trim() || null;
    const ranked = `SELECT id, ${search ? RANK : 'created_block::numeric'} AS rank FROM dataset
      WHERE ($1::text IS NULL OR ${search ? MATCH : 'true'}) AND ($2::text IS NULL OR curator = $2)`;
    const filter = [search, query.curator ?? null];
    const [counted]: { count: number }[] = await manager.query(
      `SELECT count(*)::int AS count FROM (${ranked}) d`,
      filter,
    );
    const [rank, id] = decodeCursor(query.after) ?? [null, null];
    const keys: { id: string; rank: string }[] = await manager.query(
      `SELECT * FROM (${ranked}) d WHERE $3::numeric IS NULL OR (rank, id) < ($3::numeric, $4::text)
       ORDER BY rank DESC, id DESC LIMIT $5`,
      [...filter, rank, id, first + 1],
    );
    const rows = await manager.findBy(DatasetEntity, { id: In(keys.map((key) => key.id)) });
    const byId = new Map(rows.map((row) => [row.id, row]));
    return connection(
      keys,
      first,
      counted!.count,
      (key) => byId.get(key.id)!,
      (key) => encodeCursor(key.rank, key.id),
    );
  }

  offers(datasetId: string): Promise<OfferEntity[]> {
    return this.source.manager.find(OfferEntity, { where: { datasetId }, order: { index: 'ASC' } });
  }

  versions(datasetId: string): Promise<DatasetVersionEntity[]> {
    return this.source.manager.find(DatasetVersionEntity, { where: { datasetId }, order: { number: 'DESC' } });
  }

  /** The newest version that nobody objected to, in review or open. */
  async latestVersion(datasetId: string): Promise<DatasetVersionEntity | null> {
    return (await this.versions(datasetId)).find((version) => version.objection === null) ?? null;
  }

  version(datasetId: string, number: number): Promise<DatasetVersionEntity | null> {
    return this.source.manager.findOneBy(DatasetVersionEntity, { datasetId, number });
  }
}

export function versionState(version: DatasetVersionEntity, now = new Date()): VersionState {
  if (version.objection !== null) return 'OBJECTED';
  return version.opensAt <= now ? 'OPEN' : 'IN_REVIEW';
}
