import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Code } from '@allod/protocol';
import { hashMessage, Wallet } from 'ethers';
import { startApp } from '../../testing/app.ts';
import type { TestApp } from '../../testing/app.ts';

const CHALLENGE = `mutation($account: Address!, $domain: String!) {
  signInChallenge(account: $account, domain: $domain, uri: "http://127.0.0.1:4000") { message nonce expiresAt }
}`;
const SIGN_IN = `mutation($message: String!, $signature: Bytes!) {
  signIn(message: $message, signature: $signature) { __typename ... on Session { token account expiresAt } ... on Refused { code } }
}`;

interface Challenge {
  signInChallenge: { message: string };
}
interface SignedIn {
  signIn: { __typename: string; token: string; account: string; code: string };
}

describe('signing in', () => {
  let api: TestApp;

  beforeAll(async () => {
    api = await startApp();
  });
  afterAll(() => api.stop());

  const challenge = async (account: string, domain = '127.0.0.1:4000') =>
    api.graphql<Challenge>(CHALLENGE, { account, domain });
  const signIn = async (message: string, signature: string) =>
    (await api.graphql<SignedIn>(SIGN_IN, { message, signature })).data.signIn;

  it('opens a session that authenticates until it is closed, and keeps only the hash of its token', async () => {
    const wallet = Wallet.createRandom();
    const token = await api.signIn(wallet);
    const mine = () => api.graphql('{ myContributions { totalCount } }', {}, token);
    expect((await mine()).errors).toBeUndefined();
    expect(JSON.stringify(await api.sql('SELECT * FROM session'))).not.toContain(token);
    expect((await api.graphql<{ signOut: boolean }>('mutation { signOut }', {}, token)).data.signOut).toBe(true);
    expect((await mine()).errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
  });

  it('refuses a signature of another account', async () => {
    const { data } = await challenge(Wallet.createRandom().address);
    const { message } = data.signInChallenge;
    expect((await signIn(message, await Wallet.createRandom().signMessage(message))).code).toBe(Code.WRONG_SIGNATURE);
  });

  it('takes a challenge once, even when the first try was wrong', async () => {
    const wallet = Wallet.createRandom();
    const { message } = (await challenge(wallet.address)).data.signInChallenge;
    await signIn(message, '0x00');
    expect((await signIn(message, await wallet.signMessage(message))).code).toBe(Code.CHALLENGE_EXPIRED);
  });

  it('refuses a text that was not handed out here, such as one of another chain', async () => {
    const wallet = Wallet.createRandom();
    const { message } = (await challenge(wallet.address)).data.signInChallenge;
    const other = message.replace('Chain ID: 31337', 'Chain ID: 1');
    expect((await signIn(other, await wallet.signMessage(other))).code).toBe(Code.CHALLENGE_EXPIRED);
  });

  it('refuses an expired challenge and an expired session', async () => {
    const wallet = Wallet.createRandom();
    const { message } = (await challenge(wallet.address)).data.signInChallenge;
    await api.sql(`UPDATE sign_in_challenge SET expires_at = now() - interval '1 second'`);
    expect((await signIn(message, await wallet.signMessage(message))).code).toBe(Code.CHALLENGE_EXPIRED);
    const token = await api.signIn(wallet);
    await api.sql(`UPDATE session SET expires_at = now() - interval '1 second'`);
    const answer = await api.graphql('{ myContributions { totalCount } }', {}, token);
    expect(answer.errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
  });

  it("makes no challenge for somebody else's site", async () => {
    const answer = await challenge(Wallet.createRandom().address, 'evil.example');
    expect(answer.errors?.[0]?.extensions?.code).toBe(Code.FORBIDDEN);
  });

  it('signs a contract account in by its own code (ERC-1271)', async () => {
    const account = Wallet.createRandom().address;
    const { message } = (await challenge(account)).data.signInChallenge;
    api.chain.contractSignatures.add(`${account}/${hashMessage(message)}/0x1234`);
    expect(await signIn(message, '0x1234')).toMatchObject({ __typename: 'Session', account });
  });
});
