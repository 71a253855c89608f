import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ChainEventRegistry } from '../../integrations/chain/chain-event.registry.ts';
import type { ChainEvent } from '../../integrations/chain/chain.port.ts';
import { DatasetEntity } from '../datasets/dataset.entity.ts';
import { OfferEntity } from '../datasets/offer.entity.ts';
import { CappedLeafEntity } from './capped-leaf.entity.ts';
import { LicensePurchaseEntity } from './license-purchase.entity.ts';
import { LicenseEntity } from './license.entity.ts';
import { splitPrice } from './revenue-share.ts';

/** Keeps license slots and statement lines as the vault's confirmed events say. */
@Injectable()
export class OnLicensePurchasedHandler implements OnModuleInit {
  constructor(@Inject(ChainEventRegistry) private readonly events: ChainEventRegistry) {}

  onModuleInit(): void {
    this.events.on('LicenseVault', 'LicensePurchased', (event, manager) => this.purchased(event, manager));
    this.events.on('LicenseVault', 'LeafCapped', (event, manager) => this.capped(event, manager));
  }

  private async purchased(event: ChainEvent, manager: EntityManager): Promise<void> {
    const { args, txHash } = event;
    const datasetId = String(args['datasetId']);
    const index = Number(args['offerIndex']);
    const { purposes } = await manager.findOneByOrFail(OfferEntity, { datasetId, index });
    const { contributorsBps } = await manager.findOneByOrFail(DatasetEntity, { id: datasetId });
    const slot = { licensee: String(args['licensee']), datasetId, slot: Number(args['slot']) };
    await manager.upsert(
      LicenseEntity,
      {
        ...slot,
        id: String(args['licenseId']),
        offerIndex: index,
        purposes,
        maxVersion: Number(args['version']),
        expiry: new Date(Number(args['expiry']) * 1000),
        price: String(args['price']),
        txHash,
      },
      ['licensee', 'datasetId', 'slot'],
    );
    await this.addLine(event, manager, datasetId, contributorsBps);
  }

  private async addLine(event: ChainEvent, manager: EntityManager, datasetId: string, contributorsBps: number) {
    const price = BigInt(String(event.args['price']));
    const split = splitPrice(price, contributorsBps);
    await manager.insert(LicensePurchaseEntity, {
      blockNumber: String(event.blockNumber),
      logIndex: event.logIndex,
      txHash: event.txHash,
      licenseId: String(event.args['licenseId']),
      licensee: String(event.args['licensee']),
      datasetId,
      version: Number(event.args['version']),
      price: price.toString(),
      contributorsAmount: split.contributors.toString(),
      otherAmount: split.other.toString(),
      purchasedAt: new Date(event.timestamp * 1000),
    });
  }

  private async capped({ args, blockNumber, logIndex }: ChainEvent, manager: EntityManager): Promise<void> {
    await manager.insert(CappedLeafEntity, {
      blockNumber: String(blockNumber),
      logIndex,
      datasetId: String(args['datasetId']),
      version: Number(args['version']),
      account: String(args['account']),
      weight: String(args['weight']),
      activeWeight: String(args['activeWeight']),
    });
  }
}
