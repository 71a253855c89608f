import { Inject, Injectable } from '@nestjs/common';
import { flatMap } from '../../common/flat-map.ts';
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

  of(account: string, datasetId: string): AsyncIterableIterator<{ contributionChanged: ContributionEntity }> {
    return flatMap(this.live.subscribe<{ ids: string[] }>(liveTopic(datasetId, account)), async ({ ids }) => {
      const items = await Promise.all(ids.map((id) => this.contributions.find(id)));
      return items.flatMap((item) => (item ? [{ contributionChanged: item }] : []));
    });
  }
}
