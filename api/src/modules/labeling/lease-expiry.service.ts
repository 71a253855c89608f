import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { OutboxRegistry } from '../../jobs/outbox.registry.ts';
import { AssignmentRepository } from './assignment.repository.ts';

const EXPIRE_EVERY_MS = 5_000;
const BATCH = 200;

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

  /** Returns how many leases ended. */
  expire(now: number): Promise<number> {
    return this.source.transaction(async (manager) => {
      const expired = await this.repository.expired(manager, now, BATCH);
      for (const { id } of expired) await this.repository.release(manager, id, 'EXPIRED');
      return expired.length;
    });
  }
}
