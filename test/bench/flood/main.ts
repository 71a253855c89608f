/**
 * One keeper under a flood of bogus requests from the other core: 1,000 per second, each well-formed up to its session
 * signature, from 100 addresses. Prints what honest clients wait, idle and under the flood, and how many keys it gives
 * per second. Exits 1 when the flood more than doubles the honest p95.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type KeySession, createLightKeyGate } from '@allod/sdk';
import { randomBytes } from 'node:crypto';
import { signForKeeper } from '../../../mobile-sdk/src/keys/session-sync.ts';
import { type TestKeyNetwork, startKeyNetwork } from '../../../mobile-sdk/src/keys/testing/key-network.ts';
import { datasetId, sealedKek } from '../../../mobile-sdk/src/keys/testing/records.ts';

const BOGUS_PER_SECOND = 1000;
const HONEST_ASKS = 300;
const BATCHES = 20;
const BATCH_SIZE = 500;
const MOST = 2;

interface Flood {
  perSecond: number;
  answers: Record<string, number>;
}

export async function run(args: string[]): Promise<number> {
  const network = await startKeyNetwork({
    config: { rateLimit: { perIp: { burst: 1e6, perSecond: 1e6 }, perAccount: { burst: 1e6, perSecond: 1e6 } } },
  });
  const folder = mkdtempSync(join(tmpdir(), 'allod-flood-'));
  try {
    const user = network.wallet(5);
    await network.license(user.address, datasetId, 1);
    await network.mine(3);
    const gate = createLightKeyGate(network);
    const session = await gate.startSession(user);
    await gate.close();
    const keeper = network.keepers[0]!;
    const cores = pinApart(keeper.child.pid!);
    const ask = asker(network, keeper.url, session);

    for (let i = 0; i < 50; i++) await ask(1);
    const idle = await honest(ask);
    const bogus = join(folder, 'bogus.json');
    writeFileSync(bogus, JSON.stringify(bogusRequest(network, keeper.url, session)));
    const flood = startFlood(`${keeper.url}/allod/v1/keys`, bogus, cores.generator);
    await sleep(2000);
    const flooded = await honest(ask);
    const { perSecond, answers } = await flood.stop();
    const since = performance.now();
    for (let i = 0; i < BATCHES; i++) await ask(BATCH_SIZE);
    const batchKeysPerSecond = Math.round((BATCHES * BATCH_SIZE * 1000) / (performance.now() - since));

    const figures = {
      idle,
      flooded,
      ratio: Number((flooded.p95_ms / idle.p95_ms).toFixed(2)),
      bogus: { perSecond, answers },
      single_per_s: Math.round(1000 / idle.p50_ms),
      batch_keys_per_s: batchKeysPerSecond,
      pinned: cores.pinned,
    };
    if (!args.includes('--json')) print(figures);
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    const isFlooded = perSecond > BOGUS_PER_SECOND * 0.9 && (answers['401'] ?? 0) > perSecond;
    return figures.ratio <= MOST && isFlooded ? 0 : 1;
  } finally {
    await network.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Ask = (keys: number) => Promise<void>;

/** Asks one keeper for shares of `keys` records; each answer must be a release. */
function asker(network: TestKeyNetwork, url: string, session: KeySession): Ask {
  const { record } = sealedKek(network, network.wallet(30).address);
  const { seals, ...terms } = record;
  const identity = { ...terms, dataHash: seals[0]!.dataHash };
  return async (keys) => {
    const payload = {
      authSig: signForKeeper(session, url),
      challenge: randomBytes(32).toString('hex'),
      identities: Array<typeof identity>(keys).fill(identity),
    };
    const response = await fetch(`${url}/allod/v1/keys`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(payload),
    });
    const { answers } = (await response.json()) as { answers?: string[] };
    if (answers?.length !== keys || answers.some((answer) => answer !== 'RELEASED')) {
      throw new Error(`a keeper refused an honest request: ${JSON.stringify(answers ?? response.status)}`);
    }
  };
}

/** The honest request with another signature: everything that is cheap to check is right. */
function bogusRequest(network: TestKeyNetwork, url: string, session: KeySession): object {
  const { record } = sealedKek(network, network.wallet(30).address);
  const { seals, ...terms } = record;
  return {
    authSig: { ...signForKeeper(session, url), sig: 'ab'.repeat(64) },
    challenge: '00'.repeat(32),
    identities: [{ ...terms, dataHash: seals[0]!.dataHash }],
  };
}

async function honest(ask: Ask): Promise<{ p50_ms: number; p95_ms: number }> {
  const times: number[] = [];
  for (let i = 0; i < HONEST_ASKS; i++) {
    const since = performance.now();
    await ask(1);
    times.push(performance.now() - since);
    await sleep(10);
  }
  times.sort((a, b) => a - b);
  const at = (share: number): number => Number(times[Math.floor(times.length * share)]!.toFixed(2));
  return { p50_ms: at(0.5), p95_ms: at(0.95) };
}

/** Where the system can pin processes: the keeper on one core, the generator on the other. */
function pinApart(keeperPid: number): { pinned: boolean; generator: string[] } {
  try {
    execFileSync('taskset', ['-a', '-p', '-c', '0', String(keeperPid)], { stdio: 'ignore' });
    return { pinned: true, generator: ['taskset', '-c', '1'] };
  } catch {
    return { pinned: false, generator: [] };
  }
}

function startFlood(url: string, bodyFile: string, pin: string[]): { stop: () => Promise<Flood> } {
  const generator = fileURLToPath(new URL('generator.ts', import.meta.url));
  const [program, ...args] = [...pin, process.execPath, generator, url, String(BOGUS_PER_SECOND), bodyFile];
  const child = spawn(program!, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  return {
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'close');
      return JSON.parse(Buffer.concat(chunks).toString()) as Flood;
    },
  };
}

function print(figures: Awaited<ReturnType<typeof JSON.parse>>): void {
  process.stdout.write(
    [
      `honest p50/p95 idle      ${figures.idle.p50_ms} / ${figures.idle.p95_ms} ms`,
      `honest p50/p95 flooded   ${figures.flooded.p50_ms} / ${figures.flooded.p95_ms} ms (${figures.ratio} times, at most ${MOST})`,
      `bogus requests           ${figures.bogus.perSecond} per second, answers ${JSON.stringify(figures.bogus.answers)}`,
      `one keeper gives         ${figures.batch_keys_per_s} keys per second in batches of ${BATCH_SIZE}`,
      '',
    ].join('\n'),
  );
}
