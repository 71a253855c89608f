import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { holdDataDir } from './run-lock.ts';

describe('holdDataDir', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'allod-lock-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('lets the same process hold, release and hold again', () => {
    holdDataDir(folder)();
    holdDataDir(folder)();
  });

  it('names the live process that holds the folder', async () => {
    const source = `
      import { holdDataDir } from ${JSON.stringify(new URL('./run-lock.ts', import.meta.url).href)};
      holdDataDir(${JSON.stringify(folder)});
      console.log('held');
      setInterval(() => {}, 1000)`;
    const holder = spawn(process.execPath, ['--input-type=module', '--eval', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    expect(() => holdDataDir(folder)).toThrow(`in use by process ${holder.pid}`);
    const ended = new Promise((resolve) => holder.once('exit', resolve));
    holder.kill('SIGKILL');
    await ended;
    holdDataDir(folder)();
  });

  it.each(['', '{"pid":', '{"pid":1,"started":"not this one"}'])(
    'is not held by what a killed run left: %j',
    (left) => {
      writeFileSync(join(folder, 'run.json'), left);
      holdDataDir(folder)();
    },
  );
});
