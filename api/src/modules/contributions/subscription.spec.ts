import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp } from '../../testing/app.ts';
import type { TestApp } from '../../testing/app.ts';
import { TestContributor } from '../../testing/contributor.ts';
import { createDataset } from '../../testing/dataset.ts';
import type { CuratedDataset } from '../../testing/dataset.ts';
import { subscribe } from '../../testing/subscribe.ts';

interface Changed {
  contributionChanged: { id: string; state: string };
}

const QUERY = 'subscription($d: Bytes32!) { contributionChanged(datasetId: $d) { id state } }';

describe('contributionChanged', () => {
  let api: TestApp;
  let dataset: CuratedDataset;
  let url: string;

  beforeAll(async () => {
    api = await startApp();
    dataset = await createDataset(api);
    await api.app.listen(0, '127.0.0.1');
    url = `${(await api.app.getUrl()).replace('http', 'ws')}/graphql`;
  });
  afterAll(() => api.stop());

  it('tells a contributor about own items only', async () => {
    const [one, other] = [
      await new TestContributor(api, dataset).signIn(),
      await new TestContributor(api, dataset).signIn(),
    ];
    const feed = await subscribe<Changed>(url, one.token, QUERY, { d: dataset.id });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await other.contribute({ count: 1 });
    const { result } = await one.contribute({ count: 1 });
    const news = await feed.until((message) => message.type === 'next');
    expect(news.payload?.data?.contributionChanged).toEqual({ id: result.contributions![0]!.id, state: 'COMMITTED' });
    feed.close();
  });

  it('refuses a stranger', async () => {
    const feed = await subscribe(url, undefined, QUERY, { d: dataset.id });
    const answer = await feed.until(
      (message) => message.type === 'error' || message.type === 'next' || message.type === 'complete',
    );
    expect(JSON.stringify(answer)).toContain('Sign in first');
    feed.close();
  });
});
