import { Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { beside, threadsOf } from './consensus/threads.ts';
import type { Settlement, SettlementInput } from './settlement-types.ts';
import { settle } from './settlement.ts';

/** From so many annotations on a settlement takes longer than other work should wait for, and gets a thread. */
const ANNOTATIONS_FOR_A_THREAD = 2_000;

/** Settles small jobs at once and large ones in a thread; the bytes are the same. */
@Injectable()
export class SettlementRunner implements OnModuleDestroy {
  private readonly threads = threadsOf(beside(import.meta.url, './settlement.thread'));

  async run(input: SettlementInput, threadFrom = ANNOTATIONS_FOR_A_THREAD): Promise<Settlement> {
    if (input.annotations.length < threadFrom) return settle(input);
    return this.threads.run(input, { name: 'settle' }) as Promise<Settlement>;
  }

  async onModuleDestroy(): Promise<void> {
    await this.threads.destroy();
  }
}
