import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { OutboxRegistry } from '../../jobs/outbox.registry.ts';
import { AssignmentRepository } from './assignment.repository.ts';

const EXPIRE_EVERY_MS = 5_000;

/** Gives back the tasks of leases whose deadline has passed. */
@Injectable()
export class LeaseExpiryService implements OnModuleInit {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(OutboxRegistry) private readonly registry: OutboxRegistry,
    @Inject(AssignmentRepository) private readonly repository: AssignmentRepository,
  ) {}

  onModuleInit(): void {
    this.registry.every('labeling.expire', EXPIRE_EVERY_MS, async () => {
      await this.expire(Math.floor(Date.now() / 1000));
    });
  }

  /** Returns how many leases ended. One transaction each: a second task must not be locked after the first one's job. */
  async expire(now: number): Promise<number> {
    let ended = 0;
    while (await this.source.transaction((manager) => this.expireOne(manager, now))) ended += 1;
    return ended;
  }

  private async expireOne(manager: EntityManager, now: number): Promise<boolean> {
    const id = await this.repository.oldestExpired(manager, now);
    return id !== undefined && this.repository.release(manager, id, 'EXPIRED');
  }
}
