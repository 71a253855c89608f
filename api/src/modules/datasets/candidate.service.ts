import { Inject, Injectable } from '@nestjs/common';
import { In, LessThanOrEqual } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { ConsentEntity } from '../contributions/consent.entity.ts';
import { ContributionEntity } from '../contributions/contribution.entity.ts';
import { ContributionService } from '../contributions/contribution.service.ts';
import { NonceService } from '../contributions/nonce.service.ts';
import type { Candidate } from './selection.ts';

export interface FoundCandidate {
  item: ContributionEntity;
  candidate: Omit<Candidate, 'verdict'>;
  /** Was validated at some time, for this version or an earlier one. */
  validated: boolean;
}

/** Everything in the intakes up to a version, with what the selection must know. */
@Injectable()
export class CandidateService {
  constructor(
    @Inject(NonceService) private readonly nonces: NonceService,
    @Inject(ContributionService) private readonly contributions: ContributionService,
  ) {}

  async upTo(manager: EntityManager, datasetId: string, intake: number): Promise<FoundCandidate[]> {
    const items = await manager.find(ContributionEntity, {
      where: { datasetId, intake: LessThanOrEqual(intake) },
      order: { id: 'ASC' },
    });
    const consents = await this.consents(manager, items);
    const current = await this.currentNonces(manager, datasetId, items);
    const validated = await this.contributions.everValidated(
      manager,
      items.map((item) => item.id),
    );
    return items.map((item) => {
      const consent = consents.get(item.consentHash)!;
      return {
        item,
        validated: validated.has(item.id),
        candidate: {
          id: item.id,
          contributorRef: item.contributorRef,
          state: item.state,
          reason: item.reason,
          purposes: consent.purposes,
          validUntil: consent.validUntil,
          minPrice: BigInt(consent.minPrice),
          consentNonce: consent.consentNonce,
          missed: item.intake < intake && item.version === null,
          currentNonce: current.get(item.contributorRef)!,
        },
      };
    });
  }

  /** The terms that count for each consent: its own, or those of the consent that extended it. */
  private async consents(manager: EntityManager, items: ContributionEntity[]): Promise<Map<string, ConsentEntity>> {
    const hashes = [...new Set(items.map((item) => item.consentHash))];
    const rows = await manager.findBy(ConsentEntity, { consentHash: In(hashes) });
    const longer = rows.map((row) => row.extendedBy).filter((hash) => hash !== null);
    const extensions = await manager.findBy(ConsentEntity, { consentHash: In(longer) });
    const byHash = new Map(extensions.map((row) => [row.consentHash, row]));
    return new Map(rows.map((row) => [row.consentHash, (row.extendedBy && byHash.get(row.extendedBy)) || row]));
  }

  private async currentNonces(
    manager: EntityManager,
    datasetId: string,
    items: ContributionEntity[],
  ): Promise<Map<string, number>> {
    const current = new Map<string, number>();
    for (const ref of new Set(items.map((item) => item.contributorRef))) {
      current.set(ref, (await this.nonces.of(manager, ref, datasetId)).consentNonce);
    }
    return current;
  }
}
