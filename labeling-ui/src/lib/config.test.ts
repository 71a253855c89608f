import { describe, expect, test } from 'vitest';
import { makeConfig } from '../testing/factories.ts';
import { ConfigError, loadConfig, parseConfig } from './config.ts';

describe('configuration', () => {
  test('is read once from the page’s own origin', async () => {
    const asked: string[] = [];
    const config = await loadConfig(async (url) => {
      asked.push(String(url));
      return Response.json(makeConfig({ api: 'http://api.test/' }));
    });
    expect(asked).toEqual(['/config.json']);
    expect(config.api).toBe('http://api.test');
  });

  test('says which field is wrong', () => {
    expect(() => parseConfig(null)).toThrow(ConfigError);
    expect(() => parseConfig({ ...makeConfig(), rpcUrls: [] })).toThrow('"rpcUrls"');
    expect(() => parseConfig({ ...makeConfig(), chainId: '31337' })).toThrow('"chainId"');
    expect(() => parseConfig({ ...makeConfig(), contracts: undefined })).toThrow('"contracts"');
    expect(() => parseConfig({ ...makeConfig(), networkKey: '' })).toThrow('"networkKey"');
  });

  test('offers development keys only when told so, and warns unless told otherwise', () => {
    const { development: _d, singleOperator: _s, ...rest } = makeConfig();
    expect(parseConfig({ ...rest, development: 'yes' })).toMatchObject({ development: false, singleOperator: true });
    expect(parseConfig({ ...rest, singleOperator: false })).toMatchObject({ singleOperator: false });
    expect(parseConfig({ ...rest, singleRpc: true })).toMatchObject({ singleRpc: true });
  });

  test('reports a server without configuration', async () => {
    await expect(loadConfig(async () => new Response('', { status: 404 }))).rejects.toThrow('404');
  });
});
