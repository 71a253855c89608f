import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp } from '../../testing/app.ts';
import type { TestApp } from '../../testing/app.ts';
import { TestContributor } from '../../testing/contributor.ts';
import { createDataset } from '../../testing/dataset.ts';
import type { CuratedDataset } from '../../testing/dataset.ts';

interface Message {
  type: string;
  id?: string;
  payload?: {
    data?: { contributionChanged: { id: string; state: string } };
    errors?: { extensions?: { code: string } }[];
  };
}

/** A graphql-transport-ws client that collects what it is told. */
async function subscribe(url: string, token: string | undefined, query: string, variables: object) {
  const socket = new WebSocket(url, 'graphql-transport-ws');
  const messages: Message[] = [];
  const waiting: (() => void)[] = [];
  socket.addEventListener('message', (event) => {
    messages.push(JSON.parse(String(event.data)) as Message);
    for (const wake of waiting.splice(0)) wake();
  });
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  const send = (message: object) => socket.send(JSON.stringify(message));
  const until = async (found: (message: Message) => boolean): Promise<Message> => {
    for (;;) {
      const message = messages.find(found);
      if (message) return message;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  send({ type: 'connection_init', payload: token ? { authorization: `Bearer ${token}` } : {} });
  await until((message) => message.type === 'connection_ack');
  send({ type: 'subscribe', id: '1', payload: { query, variables } });
  return { until, close: () => socket.close() };
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
    const feed = await subscribe(url, one.token, QUERY, { d: dataset.id });
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
