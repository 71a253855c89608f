import { builtinModules } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { lightClient } from '../../scripts/bundle-size.ts';

describe('the light client as a bundle', () => {
  it('stays below 40 KB gzip, without ethers, Node built-ins or the genuine SDK', async () => {
    const { gzip, inputs } = await lightClient();
    expect(gzip).toBeLessThanOrEqual(40_000);
    expect(inputs.filter((input) => /ethers|lit-|multiformats|contracts\/abi/.test(input))).toEqual([]);
    const builtins = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));
    expect(inputs.filter((input) => builtins.has(input.split(' ')[1]!))).toEqual([]);
  });
});
