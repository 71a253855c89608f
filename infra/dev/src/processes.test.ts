import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PartFailedError, ProcessGroup } from './processes.ts';
import type { ProcessPlan } from './processes.ts';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function until(condition: () => boolean, withinMs = 10_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('waited too long');
    await sleep(20);
  }
}

const script = (name: string, source: string): ProcessPlan => ({
  name,
  command: process.execPath,
  args: ['--eval', source],
  env: { NODE_OPTIONS: '' },
  ready: async () => {},
});

const STAY = 'setInterval(() => {}, 1000)';

describe('ProcessGroup', () => {
  let logDir: string;
  let group: ProcessGroup;
  const events: string[] = [];

  beforeEach(() => {
    events.length = 0;
    logDir = mkdtempSync(join(tmpdir(), 'allod-processes-'));
    group = new ProcessGroup(logDir, (event) => events.push(event));
  });

  afterEach(async () => {
    await group.stopAll([]);
    rmSync(logDir, { recursive: true, force: true });
  });

  it('starts a killed part again and stops it on request', async () => {
    const part = group.create(script('stays', STAY));
    await part.start();
    const first = part.pid;
    part.kill('SIGKILL');
    await until(() => part.pid !== undefined && part.pid !== first);
    await until(() => events.includes('started again'));
    const second = part.pid ?? 0;
    await part.stop();
    expect(part.pid).toBeUndefined();
    expect(isAlive(second)).toBe(false);
  });

  it('kills a part that does not end when asked', async () => {
    const part = group.create({
      ...script('stubborn', `process.on('SIGTERM', () => {}); console.log('up'); ${STAY}`),
      ready: async () => {
        if (!part.tail().includes('up')) throw new Error('not yet');
      },
    });
    await part.start();
    const since = Date.now();
    await part.stop(300);
    expect(part.pid).toBeUndefined();
    expect(Date.now() - since).toBeLessThan(2_000);
  });

  it('shows the last words of a part that ends while it starts', async () => {
    const part = group.create({
      ...script('broken', `console.error('no such table'); process.exit(3)`),
      ready: () => Promise.reject(new Error('not ready')),
    });
    const refused = await part.start().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(PartFailedError);
    expect((refused as Error).message).toContain('exit code 3');
    expect((refused as Error).message).toContain('no such table');
  });

  it('leaves no process when the process that started the parts is killed', async () => {
    const source = `
      import { ProcessGroup } from ${JSON.stringify(fileURLToPath(new URL('./processes.ts', import.meta.url)))};
      const group = new ProcessGroup(${JSON.stringify(logDir)}, () => {});
      const parts = ['one', 'two'].map((name) => group.create({
        name, command: process.execPath, args: ['--eval', "process.on('SIGTERM', () => {}); ${STAY}"], ready: async () => {},
      }));
      for (const part of parts) await part.start();
      console.log(JSON.stringify(parts.map((part) => part.pid)));
      ${STAY}`;
    const owner = spawn(process.execPath, ['--input-type=module', '--eval', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    const pids = await new Promise<number[]>((resolve) => {
      owner.stdout.once('data', (text: Buffer) => resolve(JSON.parse(text.toString()) as number[]));
    });
    expect(pids.map(isAlive)).toEqual([true, true]);
    await sleep(200);
    owner.kill('SIGKILL');
    await until(() => pids.every((pid) => !isAlive(pid)));
  });
});
