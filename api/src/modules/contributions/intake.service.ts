import { Code } from '@allod/protocol';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { refuse } from '../../common/errors/refusal.ts';
import { IntakeEntity } from './intake.entity.ts';

/** The numbered collecting periods of a dataset. The datasets module opens and closes them. */
@Injectable()
export class IntakeService {
  async register(
    manager: EntityManager,
    dataset: { datasetId: string; schemaHash: string; purposes: number; sources: number; floorPrice: string },
  ): Promise<void> {
    await manager.insert(IntakeEntity, { ...dataset, openIntake: 1, published: 0 });
  }

  async setSources(manager: EntityManager, datasetId: string, sources: number): Promise<void> {
    await manager.update(IntakeEntity, { datasetId }, { sources });
  }

  async setPublished(manager: EntityManager, datasetId: string, published: number): Promise<void> {
    await manager.update(IntakeEntity, { datasetId }, { published });
  }

  /** The intake, held open until the transaction ends. UNKNOWN_DATASET when there is none. */
  async hold(manager: EntityManager, datasetId: string): Promise<IntakeEntity> {
    const intake = await manager.findOne(IntakeEntity, { where: { datasetId }, lock: { mode: 'pessimistic_read' } });
    return intake ?? refuse(Code.UNKNOWN_DATASET, `Dataset ${datasetId} is not known here`);
  }

  async find(manager: EntityManager, datasetId: string): Promise<IntakeEntity | null> {
    return manager.findOneBy(IntakeEntity, { datasetId });
  }

  /** Ends the open intake; waits for commits in flight. Returns the number of the closed one. */
  async close(manager: EntityManager, datasetId: string): Promise<number> {
    const intake = await manager.findOne(IntakeEntity, { where: { datasetId }, lock: { mode: 'pessimistic_write' } });
    if (!intake) return refuse(Code.UNKNOWN_DATASET, `Dataset ${datasetId} is not known here`);
    await manager.update(IntakeEntity, { datasetId }, { openIntake: intake.openIntake + 1 });
    return intake.openIntake;
  }
}
