import { capTable } from '@allod/protocol';
import type { CapTableFile, CapTableFileLeaf, CapTableLeaf, Manifest } from '@allod/protocol';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { getAddress } from 'ethers';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { ChainEventRegistry } from '../../integrations/chain/chain-event.registry.ts';
import { ContentStore } from '../../integrations/storage/content-store.port.ts';
import { readFile } from '../../integrations/storage/read-file.ts';
import { OutboxRegistry } from '../../jobs/outbox.registry.ts';
import { OutboxService } from '../../jobs/outbox.service.ts';
import { CapLeafEntity } from './cap-leaf.entity.ts';

const INDEX_JOB = 'payouts.index-cap-table';

interface PublishedVersion {
  datasetId: string;
  version: number;
  manifestCid: string;
  contributorRoot: string;
  otherRoot: string;
}

/** Reads the cap table of each published version from the store, checks it against the chain's roots and indexes it. */
@Injectable()
export class CapTablesJob implements OnModuleInit {
  private readonly log = new Logger('payouts');

  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(ContentStore) private readonly store: ContentStore,
    @Inject(ChainEventRegistry) private readonly events: ChainEventRegistry,
    @Inject(OutboxRegistry) private readonly registry: OutboxRegistry,
    @Inject(OutboxService) private readonly outbox: OutboxService,
  ) {}

  onModuleInit(): void {
    this.registry.on<PublishedVersion>(INDEX_JOB, (published) => this.index(published));
    this.events.on('DatasetRegistry', 'VersionPublished', async ({ args }, manager) => {
      const published = { ...args, version: Number(args['version']) } as unknown as PublishedVersion;
      await this.outbox.enqueue(manager, INDEX_JOB, `${published.datasetId}:${published.version}`, published);
    });
  }

  async index(published: PublishedVersion): Promise<{ leaves: number } | { ignored: string }> {
    const manifest = await this.document<Manifest>(published.manifestCid);
    const file = await this.document<CapTableFile>(manifest.capTable.cid);
    const contributor = capTable(file.contributor.map(leafOf));
    const other = capTable(file.other.map(leafOf));
    if (contributor.root !== BigInt(published.contributorRoot) || other.root !== BigInt(published.otherRoot)) {
      this.log.error({ ...published }, 'cap table file does not match the published roots');
      return { ignored: 'ROOT_MISMATCH' };
    }
    await this.source.transaction(async (manager) => {
      await keep(manager, published, 'contributor', contributor.leaves);
      await keep(manager, published, 'other', other.leaves);
    });
    return { leaves: contributor.leaves.length + other.leaves.length };
  }

  /** A missing block is asked for again: an operator may have to fetch it. */
  private async document<T>(cid: string): Promise<T> {
    const bytes = await readFile(this.store, cid);
    if (!bytes) throw new Error(`A block of ${cid} is not in the store`);
    return JSON.parse(bytes.toString('utf8')) as T;
  }
}

const CHUNK = 1000;

async function keep(
  manager: EntityManager,
  at: PublishedVersion,
  tree: 'contributor' | 'other',
  leaves: CapTableLeaf[],
) {
  const rows = leaves.map((leaf, position) => ({
    datasetId: at.datasetId,
    version: at.version,
    tree,
    position,
    role: leaf.role,
    account: getAddress(leaf.account),
    weight: leaf.weight.toString(),
    validUntil: leaf.validUntil.toString(),
    consentNonce: String(leaf.consentNonce),
  }));
  for (let i = 0; i < rows.length; i += CHUNK) {
    await manager
      .createQueryBuilder()
      .insert()
      .into(CapLeafEntity)
      .values(rows.slice(i, i + CHUNK))
      .orIgnore()
      .execute();
  }
}

const leafOf = (leaf: CapTableFileLeaf): CapTableLeaf => ({
  role: leaf.role,
  account: leaf.account,
  weight: BigInt(leaf.weight),
  validUntil: BigInt(leaf.validUntil),
  consentNonce: leaf.consentNonce,
});
