import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

type Ask = (manager: EntityManager, contributionIds: string[]) => Promise<Set<string>>;

/** Which items still wait for labels. Labeling plugs in here, so that contributions need not know it. */
@Injectable()
export class OpenLabels {
  private ask: Ask = () => Promise.resolve(new Set());

  use(ask: Ask): void {
    this.ask = ask;
  }

  of(manager: EntityManager, contributionIds: string[]): Promise<Set<string>> {
    return this.ask(manager, contributionIds);
  }
}
