import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { jsonBytes, jsonKeccak, rawCid, toHex } from '@allod/protocol';
import { Wallet } from 'ethers';
import { startApp } from '../../testing/app.ts';
import type { TestApp } from '../../testing/app.ts';
import { createDataset } from '../../testing/dataset.ts';
import type { CuratedDataset } from '../../testing/dataset.ts';

const LIST = `query($search: String, $curator: Address, $first: Int, $after: String) {
  datasets(search: $search, curator: $curator, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } edges { node { id name } }
  }
}`;

interface Listed {
  datasets: {
    totalCount: number;
    pageInfo: { hasNextPage: boolean; endCursor: string };
    edges: { node: { id: string; name: string } }[];
  };
}

describe('datasets', () => {
  let api: TestApp;
  let weather: CuratedDataset;

  beforeAll(async () => {
    api = await startApp();
    weather = await createDataset(api, {
      name: 'Weather stations',
      description: 'Daily temperature and rain of stations',
    });
    await createDataset(api, { name: 'Handwritten digits', description: 'Images of digits from zero to nine' });
    await createDataset(api, { name: 'Street sounds', description: 'Recordings of traffic' });
  });
  afterAll(() => api.stop());

  const list = async (variables: object) => (await api.graphql<Listed>(LIST, variables)).data.datasets;
  const names = async (variables: object) => (await list(variables)).edges.map((edge) => edge.node.name);

  it('are what the chain and their metadata block say', async () => {
    const answer = await api.graphql(
      `query($id: Bytes32!) { dataset(id: $id) { curator name mediaType schema schemaHash purposes contributorsBps floorPrice
        sources openIntake contributionCount latestVersion { number } versions { number } offers { index price duration seats active } } }`,
      { id: weather.id },
    );
    expect(answer.data).toMatchObject({
      dataset: {
        curator: weather.curator.address,
        name: 'Weather stations',
        schemaHash: weather.schemaHash,
        floorPrice: '1000000',
        sources: 1,
        openIntake: 1,
        contributionCount: 0,
        latestVersion: null,
        versions: [],
        offers: [{ index: 0, price: '5000000', duration: 2592000, seats: 5, active: true }],
      },
    });
  });

  it('are found by words, word forms and misspellings, best match first', async () => {
    expect(await names({ search: 'digit' })).toEqual(['Handwritten digits']);
    expect(await names({ search: 'wether' })).toEqual(['Weather stations']);
    expect(await names({ search: 'recording' })).toEqual(['Street sounds']);
    expect(await names({ search: 'nothing like it' })).toEqual([]);
  });

  it('are listed newest first, page by page, and by curator', async () => {
    const first = await list({ first: 2 });
    expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
    const rest = await list({ first: 2, after: first.pageInfo.endCursor });
    expect(rest.pageInfo.hasNextPage).toBe(false);
    expect([...first.edges, ...rest.edges].map((edge) => edge.node.name)).toEqual([
      'Street sounds',
      'Handwritten digits',
      'Weather stations',
    ]);
    expect(await names({ curator: weather.curator.address })).toEqual(['Weather stations']);
  });

  it('get their metadata when the block comes later than the event', async () => {
    const curator = Wallet.createRandom();
    const schema = { type: 'number' };
    const bytes = jsonBytes({
      v: 1,
      type: 'allod/dataset',
      name: 'Late',
      description: '',
      mediaType: 'text/plain',
      schema,
    });
    const id = toHex(randomBytes(32));
    const params = {
      schemaHash: jsonKeccak(schema),
      purposes: '1',
      contributorsBps: '5000',
      floorPrice: '1',
      token: api.env.CONTRACTS.TestUSD,
      sources: [],
      metadataCid: rawCid(bytes).toString(),
    };
    api.chain.mine({
      contract: 'DatasetRegistry',
      name: 'DatasetCreated',
      args: { datasetId: id, curator: curator.address, params, salt: id },
    });
    await api.confirm();
    await expect(api.runOutbox()).rejects.toThrow('not in the store');
    await api.putBlock(rawCid(bytes).toString(), bytes, await api.signIn(curator));
    await api.runOutbox();
    expect(await api.sql('SELECT name FROM dataset WHERE id = $1', [id])).toEqual([{ name: 'Late' }]);
  });

  it('follow their offers', async () => {
    api.chain.mine({
      contract: 'DatasetRegistry',
      name: 'OfferActiveChanged',
      args: { datasetId: weather.id, offerIndex: '0', active: false },
    });
    await api.confirm();
    const answer = await api.graphql('query($id: Bytes32!) { dataset(id: $id) { offers { active } } }', {
      id: weather.id,
    });
    expect(answer.data).toEqual({ dataset: { offers: [{ active: false }] } });
  });
});
