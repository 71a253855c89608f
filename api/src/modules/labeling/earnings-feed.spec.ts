import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp } from '../../testing/app.ts';
import type { TestApp } from '../../testing/app.ts';
import { GOLD, openJob, PRICE, qualified } from '../../testing/labeling.ts';
import { subscribe } from '../../testing/subscribe.ts';
import { SettlementService } from './settlement.service.ts';

interface Changed {
  earningsChanged: { earned: string; withdrawable: string; voucher: { cumulative: string } | null };
}

const QUERY =
  'subscription($j: Bytes32!) { earningsChanged(jobId: $j) { earned withdrawable voucher { cumulative } } }';

describe('earningsChanged', () => {
  let api: TestApp;
  let url: string;

  beforeAll(async () => {
    api = await startApp();
    await api.app.listen(0, '127.0.0.1');
    url = `${(await api.app.getUrl()).replace('http', 'ws')}/graphql`;
  });
  afterAll(() => api.stop());

  it('brings the new voucher after a verdict', async () => {
    const job = await openJob(api, 1);
    const [first, second] = await qualified(api, job, 2);
    const feed = await subscribe<Changed>(url, first!.token, QUERY, { j: job.id });
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (const labeler of [first!, second!]) await labeler.label(() => '1');
    await api.app.get(SettlementService).settleAll();
    const news = await feed.until((message) => message.type === 'next');
    const earned = (PRICE * BigInt(GOLD.length + 1)).toString();
    expect(news.payload?.data?.earningsChanged).toEqual({
      earned,
      withdrawable: earned,
      voucher: { cumulative: earned },
    });
    feed.close();
  });
});
