import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ContractName } from '../../config/env.ts';
import type { ChainEvent } from './chain.port.ts';

/** Applies one event of a confirmed block; all events of one block share the transaction `manager`. */
export type ChainEventHandler = (event: ChainEvent, manager: EntityManager) => Promise<void>;

/** Which handlers apply which event of which contract. Filled by modules in `onModuleInit`. */
@Injectable()
export class ChainEventRegistry {
  private readonly handlers = new Map<string, ChainEventHandler[]>();

  on(contract: ContractName, event: string, handler: ChainEventHandler): void {
    const key = `${contract}.${event}`;
    this.handlers.set(key, [...(this.handlers.get(key) ?? []), handler]);
  }

  async apply(event: ChainEvent, manager: EntityManager): Promise<void> {
    for (const handler of this.handlers.get(`${event.contract}.${event.name}`) ?? []) await handler(event, manager);
  }
}
