import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { KeeperRegistryAbi } from '@allod/contracts';
import { conditionOf } from '@allod/protocol';
import type { HDNodeWallet } from 'ethers';
import { createLitSdkKeyGate } from './lit-sdk.ts';
import { CONFIRMATIONS, kill, startKeyNetwork } from './testing/key-network.ts';
import type { TestKeyNetwork } from './testing/key-network.ts';
import { datasetId, sealedKek } from './testing/records.ts';

/** How often the SDK's provider looks for new blocks while it is connected. */
const SDK_POLLING_MS = 4000;

const litRequire = createRequire(createRequire(import.meta.url).resolve('@lit-protocol/lit-node-client'));

describe('the genuine Lit SDK and its hazards', () => {
  let network: TestKeyNetwork;
  let alice: HDNodeWallet;

  beforeAll(async () => {
    network = await startKeyNetwork();
    alice = network.wallet(1);
    await network.license(alice.address, datasetId, 1);
    await network.mine(CONFIRMATIONS);
    await sleep(150);
  });
  afterAll(() => network.stop());
  afterEach(() => void jest.restoreAllMocks());

  const fixture = () => sealedKek(network, network.wallet(5).address);

  /** Everything that is printed, by any method of the console. */
  const listen = (): unknown[][] => {
    const printed: unknown[][] = [];
    for (const method of ['log', 'info', 'debug', 'warn', 'error', 'dir', 'table', 'trace'] as const)
      jest.spyOn(console, method).mockImplementation((...args: unknown[]) => void printed.push(args));
    return printed;
  };
  /** A signature in G2, whole or in any form that a log line could have. */
  const isLeak = (value: unknown): boolean =>
    ArrayBuffer.isView(value) ? value.byteLength >= 96 : /[0-9a-f]{192}|(\d+,\s*){95}/i.test(String(value));

  it('prints the decryption key when it is used bare, and not through the adapter', async () => {
    const printed = listen();
    const gate = createLitSdkKeyGate(network);
    const session = await gate.startSession(alice);
    const { record, key } = fixture();
    const work = gate.open([record], session);
    console.log('a line of somebody else');
    expect((await work)[0]).toEqual({ ok: true, key });
    expect(printed).toContainEqual(['a line of somebody else']);
    expect(printed.flat().filter(isLeak)).toEqual([]);
    await gate.close();

    await bareDecrypt(network, alice);
    expect(printed.flat().filter(isLeak)).not.toEqual([]);
  });

  it('asks nothing of the chain any more once it is closed', async () => {
    let requests = 0;
    const proxy = createServer((request, response) => {
      requests++;
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: Buffer.concat(chunks) };
        void fetch(network.rpcUrl, init)
          .then((answer) => answer.text())
          .then((text) => response.writeHead(200, { 'content-type': 'application/json' }).end(text));
      });
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const rpcUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const gate = createLitSdkKeyGate({ ...network, rpcUrl });
    const session = await gate.startSession(alice);
    const { record, key } = fixture();
    expect((await gate.open([record], session))[0]).toEqual({ ok: true, key });
    await gate.close();
    const atClose = requests;
    expect(atClose).toBeGreaterThan(0);
    await sleep(SDK_POLLING_MS + 1000);
    expect(requests).toBe(atClose);
    proxy.closeAllConnections();
    proxy.close();
  });

  it('contacts the keepers and the RPC only', async () => {
    const hosts = new Set<string>();
    const realFetch = globalThis.fetch;
    jest.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
      hosts.add(new URL(input instanceof Request ? input.url : String(input)).hostname);
      return realFetch(input, init);
    });
    const now = jest.spyOn(Date, 'now');
    const gate = createLitSdkKeyGate(network);
    await gate.startSession(alice);
    const later = Date.now() + 40_000;
    now.mockImplementation(() => later);
    await gate.startSession(alice);
    now.mockRestore();
    await gate.close();
    expect([...hosts]).toEqual(['127.0.0.1']);
  });

  it('connects with a listed keeper dead, opens with one lying, and comes back after a restart', async () => {
    await network.corruptKeeper(2);
    const gate = createLitSdkKeyGate(network);
    const session = await gate.startSession(alice);
    for (let i = 0; i < 4; i++) {
      const { record, key } = fixture();
      expect((await gate.open([record], session))[0]).toEqual({ ok: true, key });
    }
    await kill(network.keepers[0]!.child);
    const { record, key } = fixture();
    expect((await gate.open([record], session))[0]).toMatchObject({ ok: false, code: 'INVALID_SHARE' });
    await network.restartKeeper(0);
    await kill(network.keepers[2]!.child);
    const fresh = createLitSdkKeyGate(network);
    expect((await fresh.open([record], session))[0]).toEqual({ ok: true, key });
    await Promise.all([gate.close(), fresh.close()]);
  });

  it('refuses a registry with another network key', async () => {
    const otherKey = `0x97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb`;
    const gate = createLitSdkKeyGate({ ...network, networkKey: otherKey });
    await expect(gate.startSession(alice)).rejects.toMatchObject({ code: 'REGISTRY_MISMATCH' });
  });
});

/** What the SDK's own guide does: `getSessionSigs` with a wallet, then `decrypt`. Must work against our keepers too. */
async function bareDecrypt(network: TestKeyNetwork, alice: HDNodeWallet): Promise<void> {
  const { LitNodeClient } = litRequire('@lit-protocol/lit-node-client');
  const { LitAccessControlConditionResource, createSiweMessage, generateAuthSig } =
    litRequire('@lit-protocol/auth-helpers');
  const client = new LitNodeClient({
    litNetwork: 'custom',
    debug: false,
    rpcUrl: network.rpcUrl,
    checkNodeAttestation: false,
    contractContext: { Staking: { address: network.keeperRegistry, abi: KeeperRegistryAbi } },
  });
  await client.connect();
  const sessionSigs = await client.getSessionSigs({
    chain: 'baseSepolia',
    resourceAbilityRequests: [
      { resource: new LitAccessControlConditionResource('*'), ability: 'access-control-condition-decryption' },
    ],
    authNeededCallback: async (request: { uri: string; expiration: string; resourceAbilityRequests: unknown[] }) =>
      generateAuthSig({
        signer: alice,
        toSign: await createSiweMessage({
          uri: request.uri,
          expiration: request.expiration,
          resources: request.resourceAbilityRequests,
          walletAddress: alice.address,
          nonce: await client.getLatestBlockhash(),
          litNodeClient: client,
          chainId: network.chainId,
        }),
      }),
  });
  const { record, key } = sealedKek(network, network.wallet(5).address);
  const { decryptedData } = await client.decrypt({
    evmContractConditions: [conditionOf(record)],
    chain: 'baseSepolia',
    ciphertext: record.seals[0]!.ciphertext,
    dataToEncryptHash: record.seals[0]!.dataHash,
    sessionSigs,
  });
  await client.disconnect();
  expect(new Uint8Array(decryptedData)).toEqual(key);
}
