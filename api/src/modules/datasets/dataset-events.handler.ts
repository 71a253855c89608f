import { jsonKeccak } from '@allod/protocol';
import type { DatasetMetadata, Manifest } from '@allod/protocol';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { toBeHex } from 'ethers';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { ChainEventRegistry } from '../../integrations/chain/chain-event.registry.ts';
import type { ChainEvent } from '../../integrations/chain/chain.port.ts';
import { OutboxRegistry } from '../../jobs/outbox.registry.ts';
import { OutboxService } from '../../jobs/outbox.service.ts';
import { ContributionService } from '../contributions/contribution.service.ts';
import { IntakeService } from '../contributions/intake.service.ts';
import { DatasetVersionEntity } from './dataset-version.entity.ts';
import { DatasetEntity } from './dataset.entity.ts';
import { DocumentsService } from './documents.service.ts';
import { OfferEntity } from './offer.entity.ts';

const METADATA = 'datasets.metadata';

interface CreatedParams {
  schemaHash: string;
  purposes: string;
  contributorsBps: string;
  floorPrice: string;
  token: string;
  metadataCid: string;
}

interface OfferParams {
  price: string;
  duration: string;
  purposes: string;
  seats: string;
  termsHash: string;
}

const idOf = (event: ChainEvent): string => String(event.args['datasetId']).toLowerCase();
const intOf = (event: ChainEvent, name: string): number => Number(event.args[name]);

/** Keeps datasets, offers and versions as confirmed blocks tell them. */
@Injectable()
export class DatasetEventsHandler implements OnModuleInit {
  private readonly log = new Logger('datasets');

  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(ChainEventRegistry) private readonly events: ChainEventRegistry,
    @Inject(OutboxRegistry) private readonly registry: OutboxRegistry,
    @Inject(OutboxService) private readonly outbox: OutboxService,
    @Inject(DocumentsService) private readonly documents: DocumentsService,
    @Inject(IntakeService) private readonly intakes: IntakeService,
    @Inject(ContributionService) private readonly contributions: ContributionService,
  ) {}

  onModuleInit(): void {
    this.registry.on<{ datasetId: string }>(METADATA, ({ datasetId }) => this.readMetadata(datasetId));
    this.events.on('DatasetRegistry', 'DatasetCreated', (event, manager) => this.created(event, manager));
    this.events.on('DatasetRegistry', 'SourceAdded', (event, manager) => this.sourceAdded(event, manager));
    this.events.on('DatasetRegistry', 'OfferCreated', (event, manager) => this.offerCreated(event, manager));
    this.events.on('DatasetRegistry', 'OfferActiveChanged', (event, manager) => this.offerChanged(event, manager));
    this.events.on('DatasetRegistry', 'VersionPublished', (event, manager) => this.published(event, manager));
    this.events.on('DatasetRegistry', 'VersionObjected', (event, manager) => this.objected(event, manager));
  }

  private async created(event: ChainEvent, manager: EntityManager): Promise<void> {
    const params = event.args['params'] as CreatedParams;
    const id = idOf(event);
    const schemaHash = params.schemaHash.toLowerCase();
    await manager.insert(DatasetEntity, {
      id,
      curator: String(event.args['curator']),
      schemaHash,
      purposes: Number(params.purposes),
      contributorsBps: Number(params.contributorsBps),
      floorPrice: params.floorPrice,
      token: params.token,
      metadataCid: params.metadataCid,
      name: '',
      description: '',
      mediaType: '',
      schema: {},
      createdBlock: String(event.blockNumber),
      createdAt: new Date(event.timestamp * 1000),
    });
    await this.intakes.register(manager, {
      datasetId: id,
      schemaHash,
      purposes: Number(params.purposes),
      sources: 0,
      floorPrice: params.floorPrice,
    });
    if (!(await this.applyMetadata(manager, id, schemaHash, params.metadataCid))) {
      await this.outbox.enqueue(manager, METADATA, id, { datasetId: id });
    }
  }

  /** The curator uploads the block before the chain names it; if it comes later, the outbox keeps asking. */
  private async readMetadata(id: string): Promise<void> {
    await this.source.transaction(async (manager) => {
      const { schemaHash, metadataCid } = await manager.findOneByOrFail(DatasetEntity, { id });
      if (!(await this.applyMetadata(manager, id, schemaHash, metadataCid))) {
        throw new Error(`metadata ${metadataCid} of dataset ${id} is not in the store, or not of its schema`);
      }
    });
  }

  private async applyMetadata(manager: EntityManager, id: string, schemaHash: string, cid: string): Promise<boolean> {
    const metadata = await this.documents.get<DatasetMetadata>(cid);
    if (!metadata || jsonKeccak(metadata.schema ?? {}) !== schemaHash) return false;
    const { name, description, mediaType, schema } = metadata;
    await manager.update(
      DatasetEntity,
      { id },
      {
        name: String(name ?? ''),
        description: String(description ?? ''),
        mediaType: String(mediaType ?? ''),
        schema: schema as never,
      },
    );
    return true;
  }

  private async sourceAdded(event: ChainEvent, manager: EntityManager): Promise<void> {
    await manager.query('INSERT INTO dataset_source VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
      idOf(event),
      intOf(event, 'position'),
      String(event.args['source']),
    ]);
    const [row]: { count: number }[] = await manager.query(
      'SELECT count(*)::int AS count FROM dataset_source WHERE dataset_id = $1',
      [idOf(event)],
    );
    await this.intakes.setSources(manager, idOf(event), row!.count);
  }

  private async offerCreated(event: ChainEvent, manager: EntityManager): Promise<void> {
    const params = event.args['params'] as OfferParams;
    await manager.insert(OfferEntity, {
      datasetId: idOf(event),
      index: intOf(event, 'offerIndex'),
      id: String(event.args['offerId']).toLowerCase(),
      price: params.price,
      duration: Number(params.duration),
      purposes: Number(params.purposes),
      seats: Number(params.seats),
      termsHash: params.termsHash.toLowerCase(),
      active: true,
    });
  }

  private async offerChanged(event: ChainEvent, manager: EntityManager): Promise<void> {
    const key = { datasetId: idOf(event), index: intOf(event, 'offerIndex') };
    await manager.update(OfferEntity, key, { active: Boolean(event.args['active']) });
  }

  private async published(event: ChainEvent, manager: EntityManager): Promise<void> {
    const datasetId = idOf(event);
    const number = intOf(event, 'version');
    const manifestCid = String(event.args['manifestCid']);
    const manifest = await this.documents.get<Manifest>(manifestCid);
    if (!manifest) this.log.warn({ datasetId, number, manifestCid }, 'the manifest of a published version is not here');
    const items = manifest?.items ?? [];
    await manager.insert(DatasetVersionEntity, {
      datasetId,
      number,
      manifestCid,
      contributorRoot: word(event.args['contributorRoot']),
      otherRoot: word(event.args['otherRoot']),
      parent: intOf(event, 'parent'),
      opensAt: new Date(intOf(event, 'opensAt') * 1000),
      objection: null,
      itemCount: items.length,
    });
    await this.intakes.setPublished(manager, datasetId, number);
    const [validated, unchecked] = [true, false].map((checked) =>
      items
        .filter((item) => (item.checked === 'validated') === checked)
        .map((item) => item.contributionId.toLowerCase()),
    );
    await this.include(manager, datasetId, validated!, null, number);
    await this.include(manager, datasetId, unchecked!, 'UNCHECKED', number);
  }

  /** A manifest may only move items of its own dataset. */
  private async include(
    manager: EntityManager,
    datasetId: string,
    ids: string[],
    reason: string | null,
    version: number,
  ): Promise<void> {
    const rows: { id: string }[] = await manager.query(
      'SELECT id FROM contribution WHERE dataset_id = $1 AND id = ANY($2)',
      [datasetId, ids],
    );
    await this.contributions.transitionAll(
      manager,
      rows.map((row) => row.id),
      'IN_VERSION',
      reason,
      version,
    );
  }

  private async objected(event: ChainEvent, manager: EntityManager): Promise<void> {
    const key = { datasetId: idOf(event), number: intOf(event, 'version') };
    await manager.update(DatasetVersionEntity, key, { objection: intOf(event, 'reason') });
  }
}

const word = (value: unknown): string => toBeHex(BigInt(value as string), 32);
