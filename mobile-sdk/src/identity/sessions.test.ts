import { describe, expect, it } from '@jest/globals';
import { createWorld, DATASET, seedOf, walletOf } from '../testing/fixtures.ts';
import { checkSignInMessage } from './signInMessage.ts';

const message = [
  'app.test wants you to sign in with your Ethereum account:',
  '0x00000000000000000000000000000000000000aa',
  '',
  'Sign in.',
  '',
  'URI: https://app.test',
  'Version: 1',
  'Chain ID: 8453',
  'Nonce: abcdefgh1234',
  'Issued At: 2026-01-01T00:00:00.000Z',
].join('\n');
const expected = {
  domain: 'app.test',
  account: '0x00000000000000000000000000000000000000AA',
  uri: 'https://app.test',
  chainId: 8453,
  nonce: 'abcdefgh1234',
};

describe('checkSignInMessage', () => {
  it('accepts the message that was asked for', () => {
    expect(() => checkSignInMessage(message, expected)).not.toThrow();
  });

  it.each([
    ['another domain', message.replace('app.test wants', 'evil.test wants')],
    ['another account', message.replace('00aa', '00bb')],
    ['another site', message.replace('URI: https://app.test', 'URI: https://evil.test')],
    ['another chain', message.replace('8453', '1')],
    ['another nonce', message.replace('abcdefgh1234', 'abcdefgh9999')],
    ['a second chain line', `${message}\nChain ID: 1`],
    ['another version', message.replace('Version: 1', 'Version: 2')],
    ['nothing', ''],
  ])('refuses %s', (_, text) => {
    expect(() => checkSignInMessage(text, expected)).toThrow(expect.objectContaining({ code: 'BAD_CHALLENGE' }));
  });
});

describe('signIn', () => {
  it('shares one sign-in between callers and keeps accounts apart', async () => {
    const world = createWorld();
    const client = world.client({ signer: walletOf(80), seed: seedOf(80) });
    const [a, b] = await Promise.all([client.signIn(), client.signIn()]);
    expect(a).toBe(b);
    expect(a.account).toBe(walletOf(80).address);
    const ref = await client.signIn({ datasetId: DATASET });
    expect(ref.account).toBe(client.contributorRef(DATASET));
    expect(world.api.seen.filter(({ name }) => name === 'SignIn')).toHaveLength(2);
  });

  it('signs nothing when the API proposes a message for another site', async () => {
    const world = createWorld();
    world.api.resolvers['signInChallenge'] = () => ({
      message,
      nonce: 'abcdefgh1234',
      expiresAt: '2100-01-01T00:00:00.000Z',
    });
    const signer = walletOf(81);
    let signed = 0;
    const watched = new Proxy(signer, {
      get: (target, name) => {
        if (name === 'signMessage') signed++;
        const value = Reflect.get(target, name, target) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    await expect(world.client({ signer: watched }).signIn()).rejects.toMatchObject({ code: 'BAD_CHALLENGE' });
    expect(signed).toBe(0);
  });

  it('passes on the code of a refusal', async () => {
    const world = createWorld();
    world.api.resolvers['signIn'] = () => ({ __typename: 'Refused', code: 'CHALLENGE_EXPIRED', message: 'too late' });
    await expect(world.client({ signer: walletOf(82) }).signIn()).rejects.toMatchObject({
      name: 'RefusedError',
      code: 'CHALLENGE_EXPIRED',
    });
  });

  it('signs a new challenge when the answer to the first was lost', async () => {
    const world = createWorld();
    let used = false;
    world.api.resolvers['signIn'] = (_, __, usual) => {
      if (used) return usual();
      used = true;
      return { __typename: 'Refused', code: 'CHALLENGE_EXPIRED', message: 'used' };
    };
    const { account } = await world.client({ signer: walletOf(83) }).signIn();
    expect(account).toBe(walletOf(83).address);
  });

  it('needs a wallet or a seed', async () => {
    await expect(createWorld().client().signIn()).rejects.toMatchObject({ code: 'SIGNER_MISSING' });
    await expect(createWorld().client().signIn({ datasetId: DATASET })).rejects.toMatchObject({ code: 'SEED_MISSING' });
  });
});
