import { Inject, Injectable } from '@nestjs/common';
import { LiveService } from '../../jobs/live.service.ts';
import { ContributionEntity } from './contribution.entity.ts';
import { ContributionService, liveTopic } from './contribution.service.ts';

/** News of one contributor's items, from whichever process changes them. */
@Injectable()
export class ContributionFeed {
  constructor(
    @Inject(LiveService) private readonly live: LiveService,
    @Inject(ContributionService) private readonly contributions: ContributionService,
  ) {}

  async *of(account: string, datasetId: string): AsyncGenerator<{ contributionChanged: ContributionEntity }> {
    for await (const { ids } of this.live.subscribe<{ ids: string[] }>(liveTopic(datasetId, account))) {
      for (const id of ids) {
        const item = await this.contributions.find(id);
        if (item) yield { contributionChanged: item };
      }
    }
  }
}
