import { Code } from '@allod/protocol';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ChainEventRegistry } from '../../integrations/chain/chain-event.registry.ts';
import { ChainPort, RelayPort } from '../../integrations/chain/chain.port.ts';
import type { ChainEvent } from '../../integrations/chain/chain.port.ts';
import { OutboxRegistry } from '../../jobs/outbox.registry.ts';
import { ContributionBatchEntity } from './contribution-batch.entity.ts';
import { ContributionEntity } from './contribution.entity.ts';
import { ContributionService } from './contribution.service.ts';

/** Outbox type: anchor one batch root. */
export const ANCHOR = 'contributions.anchor';

/** Sends batch roots to the chain, and marks what a confirmed block anchored, whoever sent it. */
@Injectable()
export class AnchorContributionsJob implements OnModuleInit {
  constructor(
    @Inject(OutboxRegistry) private readonly registry: OutboxRegistry,
    @Inject(ChainEventRegistry) private readonly events: ChainEventRegistry,
    @Inject(ChainPort) private readonly chain: ChainPort,
    @Inject(RelayPort) private readonly relay: RelayPort,
    @Inject(ContributionService) private readonly contributions: ContributionService,
  ) {}

  onModuleInit(): void {
    this.registry.on<{ root: string; count: number }>(ANCHOR, (batch) => this.anchor(batch));
    this.events.on('ContributionRegistry', 'BatchAnchored', (event, manager) => this.anchored(event, manager));
  }

  private async anchor({ root, count }: { root: string; count: number }): Promise<{ hash: string | null }> {
    const at = await this.chain.read<bigint>({ contract: 'ContributionRegistry', method: 'anchoredAt', args: [root] });
    if (at > 0n) return { hash: null };
    const { hash } = await this.relay.send(`anchor:${root}`, {
      contract: 'ContributionRegistry',
      method: 'anchor',
      args: [root, count],
    });
    return { hash };
  }

  private async anchored(event: ChainEvent, manager: EntityManager): Promise<void> {
    const root = String(event.args['root']).toLowerCase();
    const { affected } = await manager.update(
      ContributionBatchEntity,
      { root },
      { anchorTx: event.txHash, anchoredAt: new Date(event.timestamp * 1000) },
    );
    if (!affected) return;
    const items = await manager.find(ContributionEntity, {
      select: { id: true },
      where: { batchRoot: root, state: 'COMMITTED' },
    });
    const ids = items.map((item) => item.id);
    await this.contributions.transitionAll(manager, ids, 'ANCHORED', null);
    const validated = await this.contributions.everValidated(manager, ids);
    await this.contributions.transitionAll(manager, [...validated], 'VALIDATED', Code.REWRAPPED);
  }
}
