import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { startApp } from '../testing/app.ts';
import type { TestApp } from '../testing/app.ts';

describe('the outside of the api', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startApp();
  });
  afterAll(() => api.stop());

  it('is live, ready and measured', async () => {
    expect((await api.app.inject({ url: '/health/live' })).statusCode).toBe(200);
    expect((await api.app.inject({ url: '/health/ready' })).json()).toEqual({
      status: 'ready',
      database: true,
      chain: true,
    });
    const metrics = await api.app.inject({ url: '/metrics' });
    expect(metrics.payload).toMatch(/^allod_outbox_open 0$/m);
  });

  it('is not ready without its chain', async () => {
    const head = api.chain.head.bind(api.chain);
    api.chain.head = () => Promise.reject(new Error('down'));
    const answer = await api.app.inject({ url: '/health/ready' });
    api.chain.head = head;
    expect([answer.statusCode, answer.json().chain]).toEqual([503, false]);
  });

  it('tells a client what to compare with its own configuration', async () => {
    const answer = await api.graphql(
      '{ protocol { chainId chainName contracts confirmations paymentToken receiptSigner jobSigner } }',
    );
    expect(answer.data).toMatchObject({
      protocol: {
        chainId: 31337,
        chainName: 'baseSepolia',
        contracts: api.env.CONTRACTS,
        paymentToken: api.env.CONTRACTS.TestUSD,
      },
    });
  });

  it('answers introspection, and refuses queries that are far too deep', async () => {
    expect((await api.graphql(getIntrospectionQuery())).errors).toBeUndefined();
    const deep = `{ __schema ${'{ types { fields { type '.repeat(8)} { name } ${'} } }'.repeat(8)} }`;
    const answer = await api.graphql(deep);
    expect(answer.errors).toBeDefined();
  });

  it('has an explorer that loads nothing from elsewhere', async () => {
    const page = await api.app.inject({ url: '/graphiql' });
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.payload).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect((await api.app.inject({ url: '/schema.graphql' })).payload).toContain('type Query');
  });

  it('refuses malformed scalars with a code', async () => {
    const answer = await api.graphql('query($id: Bytes32!) { dataset(id: $id) { id } }', { id: '0x12' });
    expect(JSON.stringify(answer.errors)).toContain('Bytes32');
  });

  it.each([
    ['{ myContributions { totalCount } }'],
    ['{ ownerKeys(datasetId: "0x' + '00'.repeat(32) + '") }'],
    ['mutation { intakeClose(datasetId: "0x' + '00'.repeat(32) + '") { __typename } }'],
    ['mutation { versionPrepare(datasetId: "0x' + '00'.repeat(32) + '") { __typename } }'],
    [
      'mutation { contributionUploadBegin(input: { datasetId: "0x' +
        '00'.repeat(32) +
        '", blocks: [] }) { __typename } }',
    ],
  ])('asks a stranger to sign in: %s', async (query) => {
    const answer = await api.graphql(query);
    expect(answer.errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
    expect((await api.graphql(query, {}, 'x'.repeat(43))).errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
  });
});
