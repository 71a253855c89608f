import { parseArgs } from 'node:util';
import { createClient, createLightKeyGate, createLitSdkKeyGate } from '@allod/sdk';
import type { Client, KeyGate, KeySession } from '@allod/sdk';
import { conditionOf } from '@allod/protocol';
import { lightClient } from '../../../mobile-sdk/scripts/bundle-size.ts';
import { fetchKeyFiles } from '../../../mobile-sdk/src/content/keyFiles.ts';
import { askKeepers } from '../../../mobile-sdk/src/content/keyRing.ts';
import { loadWasmCurve } from '../../../mobile-sdk/src/keys/ibe-wasm.ts';
import { signForKeeper } from '../../../mobile-sdk/src/keys/session-sync.ts';
import { CONFIRMATIONS, startKeyNetwork } from '../../../mobile-sdk/src/keys/testing/key-network.ts';
import type { TestKeyNetwork } from '../../../mobile-sdk/src/keys/testing/key-network.ts';
import { datasetId, sealedKek } from '../../../mobile-sdk/src/keys/testing/records.ts';
import { makeDataset } from './dataset.ts';
import { cpuSecondsOf, quantile, timed } from './figures.ts';
import { missedTargets } from './targets.ts';

const USAGE = `bench keys [--json] [--rounds 30] [--items 10000] [--contributors 10000]
Three keepers (threshold 2) as processes and a real chain. Opens keys by the light client and by the genuine SDK in turn, then all
keys of a dataset of 100 contributors and of one of --contributors. --items: items of each dataset. Exits 1 when a target is missed.
`;
/** Requests per second that no honest reader sends: only the throughput of a keeper shall limit it. */
const NO_LIMIT = { burst: 1e9, perSecond: 1e9 };
const LOAD_SECONDS = 5;
const LOAD_PARALLEL = 16;
const BATCH = 500;

interface Opened {
  seconds: number;
  asked: number;
  clientCpuMs: number;
  keeperCpuMs: number;
}

export async function run(args: readonly string[]): Promise<number> {
  const options = {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '30' },
    items: { type: 'string', default: '10000' },
    contributors: { type: 'string', default: '10000' },
  } as const;
  let values;
  try {
    ({ values } = parseArgs({ args: [...args], options }));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  const [rounds, items, contributors] = [values.rounds, values.items, values.contributors].map(Number) as [
    number,
    number,
    number,
  ];
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  const network = await startKeyNetwork({ config: { rateLimit: { perIp: NO_LIMIT, perAccount: NO_LIMIT } } });
  try {
    const figures = await measure(network, { rounds, items, contributors }, say);
    const many = { seconds: figures[`keys${contributors}_s`] as number, contributors };
    const missed = missedTargets({ ...figures, many });
    for (const target of missed) process.stderr.write(`missed: ${target}\n`);
    if (values.json) say(JSON.stringify(figures));
    return missed.length === 0 ? 0 : 1;
  } finally {
    await network.stop();
  }
}

async function measure(
  network: TestKeyNetwork,
  { rounds, items, contributors }: { rounds: number; items: number; contributors: number },
  say: (text: string) => void,
) {
  const { gzip } = await lightClient();
  say(`light client: ${kb(gzip)} KB gzip`);
  const { open, seal } = await latency(network, rounds, say);
  const keeper = await throughput(network, say);
  const few = await openAll(network, { items, contributors: 100 }, say);
  const many = await openAll(network, { items: Math.max(items, contributors), contributors }, say);
  return {
    open,
    seal_ms: seal.light,
    seal_sdk_ms: seal.sdk,
    keys100_s: round(few.seconds),
    [`keys${contributors}_s`]: round(many.seconds),
    keysAsked100: few.asked,
    bundle_gzip_kb: kb(gzip),
    client_cpu_ms_per_key: round(many.clientCpuMs / contributors),
    keepers_cpu_ms_per_key: round(many.keeperCpuMs / contributors),
    keeper_lit_requests_per_s: keeper.lit,
    keeper_batch_keys_per_s: keeper.batch,
  };
}

/** One key at a time, light client and genuine SDK in turn, each time another key. */
async function latency(network: TestKeyNetwork, rounds: number, say: (text: string) => void) {
  const alice = network.wallet(1);
  await network.license(alice.address, datasetId, 1);
  await settle(network);
  const gates = { light: createLightKeyGate(network), sdk: createLitSdkKeyGate(network) };
  const sessions = { light: await gates.light.startSession(alice), sdk: await gates.sdk.startSession(alice) };
  const opened: Record<'light' | 'sdk', number[]> = { light: [], sdk: [] };
  const sealed: Record<'light' | 'sdk', number[]> = { light: [], sdk: [] };
  const names = ['light', 'sdk'] as const;
  for (let i = -3; i < rounds; i++) {
    for (const name of i % 2 === 0 ? names : [...names].reverse()) {
      const { record, key } = sealedKek(network, network.wallet(10).address);
      const sealing = await timed(() => gates[name].seal(key, conditionOf(record)));
      const opening = await timed(() => gates[name].open([record], sessions[name]));
      if (!opening.result[0]?.ok) throw new Error(`${name} does not open: ${JSON.stringify(opening.result)}`);
      if (i < 0) continue;
      opened[name].push(opening.ms);
      sealed[name].push(sealing.ms);
    }
  }
  await Promise.all([gates.light.close(), gates.sdk.close()]);
  for (const name of names) {
    say(
      `${name}: open p50 ${round(quantile(opened[name], 0.5))} p95 ${round(quantile(opened[name], 0.95))} ms, ` +
        `seal p50 ${round(quantile(sealed[name], 0.5))} p95 ${round(quantile(sealed[name], 0.95))} ms`,
    );
  }
  return {
    open: {
      light_p50_ms: round(quantile(opened.light, 0.5)),
      light_p95_ms: round(quantile(opened.light, 0.95)),
      sdk_p50_ms: round(quantile(opened.sdk, 0.5)),
      sdk_p95_ms: round(quantile(opened.sdk, 0.95)),
    },
    seal: { light: round(quantile(sealed.light, 0.5)), sdk: round(quantile(sealed.sdk, 0.5)) },
  };
}

/** What one keeper answers per second: Lit requests of one key, and keys by the batch endpoint. */
async function throughput(network: TestKeyNetwork, say: (text: string) => void) {
  const gate = createLightKeyGate(network);
  const session = await gate.startSession(network.wallet(1));
  const { url } = network.keepers[0]!;
  const authSig = signForKeeper(session, url);
  const { record } = sealedKek(network, network.wallet(10).address);
  const { dataHash } = record.seals[0]!;
  const lit = await perSecond(`${url}/web/encryption/sign/`, {
    evmContractConditions: [conditionOf(record)],
    dataToEncryptHash: dataHash,
    chain: record.chain,
    authSig,
  });
  const { seals: _, ...terms } = record;
  const identities = Array.from({ length: BATCH }, (_, i) => ({
    ...terms,
    contributorRef: `0x${(i + 1).toString(16).padStart(40, '0')}`,
    dataHash,
  }));
  const batches = await perSecond(`${url}/allod/v1/keys`, { authSig, challenge: '00'.repeat(32), identities });
  const figures = { lit: Math.round(lit), batch: Math.round(batches * BATCH) };
  say(`one keeper: ${figures.lit} Lit requests/s, ${figures.batch} keys/s by the batch endpoint`);
  return figures;
}

async function perSecond(url: string, body: unknown): Promise<number> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const since = performance.now();
  let answered = 0;
  const client = async (): Promise<void> => {
    while (performance.now() - since < LOAD_SECONDS * 1000) {
      const response = await fetch(url, init);
      if (response.status !== 200) throw new Error(`${url}: ${response.status} ${await response.text()}`);
      await response.arrayBuffer();
      answered++;
    }
  };
  await Promise.all(Array.from({ length: LOAD_PARALLEL }, client));
  return answered / ((performance.now() - since) / 1000);
}

/** From a wallet and a version's manifest to every DEK: key files from a gateway, keys from the keepers, wraps opened. */
async function openAll(
  network: TestKeyNetwork,
  size: { items: number; contributors: number },
  say: (text: string) => void,
): Promise<Opened> {
  const preparing = await timed(async () => makeDataset(network, (await loadWasmCurve())!, size));
  say(`${size.contributors} contributors, ${size.items} items: prepared in ${round(preparing.ms / 1000)} s`);
  const dataset = preparing.result;
  const reader = network.wallet(2);
  await network.license(reader.address, dataset.datasetId, 1);
  await settle(network);
  const { gate, asked } = counted(createLightKeyGate(network));
  const client = clientOf(network, gate, dataset.gateway);
  const keepers = network.keepers.map(({ child }) => child.pid!);
  const keeperCpu = (): number => keepers.reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
  const before = { client: process.cpuUsage(), keepers: keeperCpu() };
  const { ms, result: deks } = await timed(async () => {
    const { manifest } = dataset;
    const files = await fetchKeyFiles(client, manifest, manifest.items);
    const account = { address: reader.address, signer: reader };
    const ring = await askKeepers(client, account, files, manifest.items, manifest.version);
    return manifest.items.map((item) => [item.contributionId, ring.dekOf(item)] as const);
  });
  const { user, system } = process.cpuUsage(before.client);
  const keeperCpuMs = (keeperCpu() - before.keepers) * 1000;
  dataset.close();
  await client.close();
  for (const [id, dek] of deks)
    if (Buffer.compare(dek, dataset.deks.get(id)!) !== 0) throw new Error(`${id} has another DEK`);
  const opened = { seconds: ms / 1000, asked: asked(), clientCpuMs: (user + system) / 1000, keeperCpuMs };
  say(
    `${size.contributors} contributors, ${deks.length} DEKs in ${round(opened.seconds)} s; ${opened.asked} keys asked; ` +
      `per key ${round(opened.clientCpuMs / opened.asked)} ms of CPU here, ${round(keeperCpuMs / opened.asked)} ms in the keepers`,
  );
  return opened;
}

/** A gate that counts the keys it is asked for. */
function counted(inner: KeyGate): { gate: KeyGate; asked: () => number } {
  let asked = 0;
  const gate: KeyGate = {
    networkKey: inner.networkKey,
    seal: (key, condition) => inner.seal(key, condition),
    startSession: (signer, options) => inner.startSession(signer, options),
    open: (records, session: KeySession) => {
      asked += records.length;
      return inner.open(records, session);
    },
    health: () => inner.health(),
    close: () => inner.close(),
  };
  return { gate, asked: () => asked };
}

function clientOf(network: TestKeyNetwork, keyGate: KeyGate, gateway: string): Client {
  const nowhere = `0x${'00'.repeat(20)}`;
  const contracts = {
    DatasetRegistry: nowhere,
    ConsentRegistry: nowhere,
    ContributionRegistry: nowhere,
    LicenseVault: nowhere,
    LabelEscrow: nowhere,
    AccessPolicy: network.accessPolicy,
    KeeperRegistry: network.keeperRegistry,
  };
  const chain = { chainId: network.chainId, name: network.chain, rpcUrl: network.rpcUrl, contracts };
  return createClient({ api: gateway, chain, keyGate, gateways: [gateway] });
}

async function settle(network: TestKeyNetwork): Promise<void> {
  await network.mine(CONFIRMATIONS);
  await new Promise((resolve) => setTimeout(resolve, 200));
}

const round = (value: number): number => Math.round(value * 100) / 100;
const kb = (bytes: number): number => Math.round(bytes / 100) / 10;
