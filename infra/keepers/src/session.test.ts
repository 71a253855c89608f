import { beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { HDNodeWallet } from 'ethers';
import { signForKeeper } from '../../../mobile-sdk/src/keys/session-sync.ts';
import { createKeySession } from '../../../mobile-sdk/src/keys/session.ts';
import { VerifiedWallets, domainMatches, verifySession } from './session.ts';
import type { SessionChain, SessionPolicy } from './session.ts';

const node = 'http://127.0.0.1:7470';
const nonce = `0x${'ab'.repeat(32)}`;
const identity = 'lit-accesscontrolcondition://aa/bb';
const policy: SessionPolicy = {
  nodeAddresses: [node],
  domains: ['localhost:*', 'app.example.org'],
  chainId: 31337,
  maxSessionSeconds: 86_400,
  clockSkewSeconds: 60,
};
const chain: SessionChain = { isRecentBlock: async () => true, isValidContractSignature: async () => false };
const wallet = HDNodeWallet.createRandom();

/** The parts of a session in Lit's form, built by hand so that a test can bend each one. */
class SessionBuilder {
  readonly #keys = generateKeyPairSync('ed25519');
  readonly publicKey: string = rawKey(this.#keys.publicKey);
  readonly #issuedAt = new Date(Date.now() - 1000);
  #siwe: Record<string, string> = {
    domain: 'localhost',
    address: wallet.address,
    statement: '',
    uri: `lit:session:${this.publicKey}`,
    chainId: '31337',
    nonce,
    issuedAt: this.#issuedAt.toISOString(),
    expirationTime: this.#later(3600),
  };
  #att: unknown = { 'lit-accesscontrolcondition://*': { 'Threshold/Decryption': [{}] } };
  #message: Record<string, unknown> = {
    sessionKey: this.publicKey,
    resourceAbilityRequests: [
      {
        resource: { resource: '*', resourcePrefix: 'lit-accesscontrolcondition' },
        ability: 'access-control-condition-decryption',
      },
    ],
    issuedAt: this.#issuedAt.toISOString(),
    expiration: this.#later(3600),
    nodeAddress: node,
  };
  #outer: Record<string, unknown> = {};
  #walletSig: Record<string, unknown> = {};

  #later(seconds: number): string {
    return new Date(this.#issuedAt.getTime() + seconds * 1000).toISOString();
  }
  siwe(changes: Record<string, string>): this {
    this.#siwe = { ...this.#siwe, ...changes };
    return this;
  }
  att(att: unknown): this {
    this.#att = att;
    return this;
  }
  message(changes: Record<string, unknown>): this {
    this.#message = { ...this.#message, ...changes };
    return this;
  }
  outer(changes: Record<string, unknown>): this {
    this.#outer = changes;
    return this;
  }
  walletSig(changes: Record<string, unknown>): this {
    this.#walletSig = changes;
    return this;
  }

  async build() {
    const s = this.#siwe;
    const recap = Buffer.from(JSON.stringify({ att: this.#att, prf: [] })).toString('base64url');
    const statement =
      s['statement'] ||
      "I further authorize the stated URI to perform the following actions on my behalf: (1) 'Threshold': 'Decryption' for 'lit-accesscontrolcondition://*'.";
    const text =
      `${s['domain']} wants you to sign in with your Ethereum account:\n${s['address']}\n\n${statement}\n\n` +
      `URI: ${s['uri']}\nVersion: 1\nChain ID: ${s['chainId']}\nNonce: ${s['nonce']}\nIssued At: ${s['issuedAt']}\n` +
      (s['expirationTime'] ? `Expiration Time: ${s['expirationTime']}\n` : '') +
      (s['notBefore'] ? `Not Before: ${s['notBefore']}\n` : '') +
      (s['resources'] ?? `Resources:\n- urn:recap:${recap}`);
    const walletSig = {
      sig: await wallet.signMessage(text),
      derivedVia: 'web3.eth.personal.sign',
      signedMessage: text,
      address: wallet.address,
      ...this.#walletSig,
    };
    const signedMessage = JSON.stringify({ capabilities: [walletSig], ...this.#message });
    const sig = sign(null, Buffer.from(signedMessage), this.#keys.privateKey).toString('hex');
    return {
      sig,
      derivedVia: 'litSessionSignViaNacl',
      signedMessage,
      address: this.publicKey,
      algo: 'ed25519',
      ...this.#outer,
    };
  }
}

const rawKey = (key: KeyObject): string => key.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();
const verify = async (builder: SessionBuilder, on: SessionChain = chain) =>
  verifySession(await builder.build(), policy, on);

describe('a session', () => {
  let good: Awaited<ReturnType<SessionBuilder['build']>>;
  beforeAll(async () => void (good = await new SessionBuilder().build()));

  it('stands for the wallet that signed it', async () => {
    const session = await verifySession(good, policy, chain);
    expect(session.account).toBe(wallet.address);
    expect(session.sessionKey).toBe(good.address);
    expect(session.covers(identity)).toBe(true);
  });

  it('is what the SDK makes', async () => {
    const session = await createKeySession(wallet, { nonce, chainId: 31337 });
    expect((await verifySession(signForKeeper(session, node), policy, chain)).account).toBe(wallet.address);
  });

  it.each<[string, string, (b: SessionBuilder) => SessionBuilder]>([
    ['made for another keeper', 'SESSION_NOT_FOR_NODE', (b) => b.message({ nodeAddress: 'http://127.0.0.1:7471' })],
    ['expired', 'SESSION_EXPIRED', (b) => b.message({ expiration: inSeconds(-1) })],
    ['of an expired wallet message', 'SESSION_EXPIRED', (b) => b.siwe({ expirationTime: inSeconds(-1) })],
    ['issued in the future', 'SESSION_INVALID', (b) => b.message({ issuedAt: inSeconds(600) })],
    ['living too long', 'SESSION_INVALID', (b) => b.message({ expiration: inSeconds(200_000) })],
    ['of a wallet message living too long', 'SESSION_INVALID', (b) => b.siwe({ expirationTime: inSeconds(200_000) })],
    ['of a wallet message without expiration', 'SESSION_INVALID', (b) => b.siwe({ expirationTime: '' })],
    ['not valid yet', 'SESSION_INVALID', (b) => b.siwe({ notBefore: inSeconds(600) })],
    ['from a foreign domain', 'SESSION_INVALID', (b) => b.siwe({ domain: 'evil.example.org' })],
    ['for another session key', 'SESSION_INVALID', (b) => b.siwe({ uri: `lit:session:${'00'.repeat(32)}` })],
    ['for a web page', 'SESSION_INVALID', (b) => b.siwe({ uri: 'https://app.example.org' })],
    ['for another chain', 'SESSION_INVALID', (b) => b.siwe({ chainId: '1' })],
    ['with a chosen nonce', 'SESSION_INVALID', (b) => b.siwe({ nonce: 'abcdefgh12345678' })],
    ['of another wallet', 'SESSION_INVALID', (b) => b.siwe({ address: HDNodeWallet.createRandom().address })],
    [
      'claiming another address',
      'SESSION_INVALID',
      (b) => b.walletSig({ address: HDNodeWallet.createRandom().address }),
    ],
    ['with a broken wallet signature', 'SESSION_INVALID', (b) => b.walletSig({ sig: `0x${'11'.repeat(65)}` })],
    [
      'with a contract signature that the contract denies',
      'SESSION_INVALID',
      (b) => b.walletSig({ derivedVia: 'EIP1271' }),
    ],
    ['without a capability', 'SESSION_SCOPE', (b) => b.siwe({ resources: 'Resources:\n- https://example.org' })],
    [
      'with two resources',
      'SESSION_SCOPE',
      (b) => b.siwe({ resources: 'Resources:\n- urn:recap:e30\n- urn:recap:e30' }),
    ],
    ['whose sentence hides the capability', 'SESSION_INVALID', (b) => b.siwe({ statement: 'Just sign in.' })],
    [
      'whose capability is wider than its sentence',
      'SESSION_INVALID',
      (b) => b.att({ 'lit-accesscontrolcondition://*': { '*/*': [{}] } }),
    ],
    ['whose message names another session key', 'SESSION_INVALID', (b) => b.message({ sessionKey: '00'.repeat(32) })],
    ['without requested resources', 'SESSION_INVALID', (b) => b.message({ resourceAbilityRequests: [] })],
    ['with two wallets', 'SESSION_INVALID', (b) => b.message({ capabilities: [{}, {}] })],
    ['signed with a broken session signature', 'SESSION_INVALID', (b) => b.outer({ sig: '00'.repeat(64) })],
    ['of another algorithm', 'SESSION_INVALID', (b) => b.outer({ algo: 'LIT_BLS' })],
    ['without JSON', 'SESSION_INVALID', (b) => b.outer({ signedMessage: 'hello' })],
  ])('is refused %s', async (_, code, bend) => {
    await expect(verify(bend(new SessionBuilder()))).rejects.toMatchObject({ code });
  });

  it('is refused when one byte of what the session key signed changes', async () => {
    const signedMessage = good.signedMessage.replace('"issuedAt":"20', '"issuedAt" :"20');
    await expect(verifySession({ ...good, signedMessage }, policy, chain)).rejects.toMatchObject({
      code: 'SESSION_INVALID',
    });
  });

  it('is refused as a bare wallet signature', async () => {
    const { capabilities } = JSON.parse(good.signedMessage) as { capabilities: unknown[] };
    await expect(verifySession(capabilities[0], policy, chain)).rejects.toMatchObject({ code: 'BARE_SIWE' });
  });

  it.each([undefined, null, 'text', 7, [], {}])('is refused as %p', async (input) => {
    await expect(verifySession(input, policy, chain)).rejects.toMatchObject({ code: 'SESSION_INVALID' });
  });

  it('is refused with a stale nonce', async () => {
    const stale = { ...chain, isRecentBlock: async () => false };
    await expect(verify(new SessionBuilder(), stale)).rejects.toMatchObject({ code: 'SESSION_EXPIRED' });
  });

  it('stands for a contract account when the contract agrees', async () => {
    const asked: string[] = [];
    const contract: SessionChain = {
      ...chain,
      isValidContractSignature: async (account) => {
        asked.push(account);
        return true;
      },
    };
    const account = HDNodeWallet.createRandom().address;
    const builder = new SessionBuilder().siwe({ address: account }).walletSig({ address: account });
    expect((await verify(builder, contract)).account).toBe(account);
    expect(asked).toEqual([account]);
  });

  it('covers one resource when it was asked for one', async () => {
    const one = {
      resource: { resource: 'aa/bb', resourcePrefix: 'lit-accesscontrolcondition' },
      ability: 'access-control-condition-decryption',
    };
    const session = await verify(new SessionBuilder().message({ resourceAbilityRequests: [one] }));
    expect(session.covers(identity)).toBe(true);
    expect(session.covers('lit-accesscontrolcondition://aa/bc')).toBe(false);
    const signing = { ...one, ability: 'access-control-condition-signing' };
    expect((await verify(new SessionBuilder().message({ resourceAbilityRequests: [signing] }))).covers(identity)).toBe(
      false,
    );
  });

  it('pays for its nonce and recovery once, and for its expiry each time', async () => {
    let asked = 0;
    const counting = { ...chain, isRecentBlock: async () => ++asked > 0 };
    const verified = new VerifiedWallets(2);
    for (let i = 0; i < 3; i++) await verifySession(good, policy, counting, verified);
    expect(asked).toBe(1);
    const later = new Date(Date.now() + 3_600_000);
    await expect(verifySession(good, policy, counting, verified, later)).rejects.toMatchObject({
      code: 'SESSION_EXPIRED',
    });
    for (let i = 0; i < 2; i++) await verifySession(await new SessionBuilder().build(), policy, counting, verified);
    await verifySession(good, policy, counting, verified);
    expect(asked).toBe(4);
  });
});

describe('an allowed domain', () => {
  it.each([
    ['localhost:*', 'localhost', true],
    ['localhost:*', 'localhost:4173', true],
    ['localhost:*', 'localhost:evil', false],
    ['localhost:*', 'localhost.example.org', false],
    ['app.example.org', 'app.example.org', true],
    ['app.example.org', 'app.example.org:8443', false],
    ['app.example.org', 'xapp.example.org', false],
  ])('%s takes %s: %p', (allowed, domain, expected) => {
    expect(domainMatches(allowed, domain)).toBe(expected);
  });
});
