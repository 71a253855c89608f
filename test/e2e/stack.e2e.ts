import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  assertPortsFree,
  flagOf,
  forgetPostgres,
  freePorts,
  PORT_NAMES,
  startStack,
  temporaryDataDir,
} from '@allod/dev';
import type { Ports, Stack } from '@allod/dev';

const MAIN = fileURLToPath(new URL('../../infra/dev/src/main.ts', import.meta.url));

async function until(condition: () => Promise<boolean> | boolean, what: string, withinMs = 60_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited too long for ${what}`);
    await sleep(100);
  }
}

const answers = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(3_000) })).ok;
  } catch {
    return false;
  }
};

describe('a stack in this process', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
  }, 180_000);
  afterAll(() => stack?.stop());

  it('serves every part on 127.0.0.1', async () => {
    const { urls } = stack;
    const health = [
      `${urls.api}/health/ready`,
      `${urls.worker}/health/ready`,
      ...urls.keepers.map((url) => `${url}/health`),
    ];
    expect(await Promise.all(health.map(answers))).toEqual(health.map(() => true));
    const config = (await (await fetch(`${urls.ui}/config.json`)).json()) as Record<string, unknown>;
    expect(config).toMatchObject({ api: urls.api, chainId: 31337, networkKey: stack.network.networkKey });
    for (const url of [urls.api, urls.worker, urls.rpc, urls.ui, ...urls.keepers])
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:/);
  });

  it.each(['api', 'worker', 'chain', 'postgres'] as const)(
    '%s is back after kill -9',
    async (name) => {
      const part = stack.parts[name];
      const killed = part.pid;
      part.kill('SIGKILL');
      await until(() => part.pid !== undefined && part.pid !== killed, `${name} to be started again`);
      await part.untilServing(60_000);
      await until(() => answers(`${stack.urls.api}/health/ready`), 'the api to be ready');
    },
    120_000,
  );

  it('a keeper is back after kill -9, and its confirmed block is callable', async () => {
    const keeper = stack.parts.keepers[1]!;
    const killed = keeper.pid;
    keeper.kill('SIGKILL');
    await until(() => keeper.pid !== undefined && keeper.pid !== killed, 'the keeper to be started again');
    await keeper.untilServing(60_000);
  }, 120_000);
});

describe('npm start', () => {
  const dataDir = temporaryDataDir();
  let ports: Ports;
  const started: ChildProcess[] = [];

  const start = async (): Promise<{ process: ChildProcess; output: () => string }> => {
    const flags = PORT_NAMES.flatMap((name) => [`--${flagOf(name)}`, String(ports[name])]);
    const child = spawn(process.execPath, [MAIN, '--data-dir', dataDir, '--no-job', ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // The bootstrap names itself as the parent to watch; here it is this process.
      env: { ...process.env, NODE_OPTIONS: '', ALLOD_WATCH_PARENT: String(process.pid) },
    });
    started.push(child);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await until(() => text.includes('Ctrl-C stops') || child.exitCode !== null, 'the stack to serve', 120_000);
    return { process: child, output: () => text };
  };

  const ended = (child: ChildProcess): Promise<number | null> =>
    child.exitCode !== null || child.signalCode !== null
      ? Promise.resolve(child.exitCode)
      : new Promise((resolve) => child.once('exit', (code) => resolve(code)));

  const nothingListens = async (): Promise<boolean> =>
    assertPortsFree(ports).then(
      () => true,
      () => false,
    );

  beforeAll(async () => {
    ports = await freePorts();
  });

  afterAll(async () => {
    for (const child of started) if (child.exitCode === null) child.kill('SIGKILL');
    await until(nothingListens, 'everything to end', 10_000);
    forgetPostgres(dataDir);
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('leaves no process when it is killed, keeps its data, and stops within 5 s on Ctrl-C', async () => {
    const first = await start();
    expect(first.output()).toContain('✓ contracts');
    expect(first.output()).toContain('deployed');
    first.process.kill('SIGKILL');
    await until(nothingListens, 'all parts to end', 8_000);

    const second = await start();
    expect(second.output()).toContain('already there');
    const third = await start();
    expect(third.output()).toContain(`in use by process ${second.process.pid}`);
    expect(await ended(third.process)).toBe(1);

    const since = Date.now();
    second.process.kill('SIGINT');
    expect(await ended(second.process)).toBe(0);
    expect(Date.now() - since).toBeLessThan(5_000);
    expect(await nothingListens()).toBe(true);
  }, 300_000);

  it('names a busy port', async () => {
    const other = join(dataDir, 'other');
    const flags = PORT_NAMES.flatMap((name) => [`--${flagOf(name)}`, String(ports[name])]);
    const { createServer } = await import('node:net');
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(ports.api, '127.0.0.1', resolve));
    const child = spawn(process.execPath, [MAIN, '--data-dir', other, '--exit', ...flags], {
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    expect(await ended(child)).toBe(1);
    await new Promise((resolve) => holder.close(resolve));
    expect(text).toContain(`port ${ports.api} (api) is in use`);
    expect(text).toContain('--api-port');
  }, 60_000);
});
