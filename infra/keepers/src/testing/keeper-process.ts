import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

export interface KeeperRun {
  child: ChildProcess;
  /** What it has written so far, to either stream. */
  output(): string;
  /** Fulfilled when the keeper listens. @throws with its output when it ends before */
  listening: Promise<void>;
  /** Fulfilled with the exit code, null after a signal. */
  ended: Promise<number | null>;
}

/** Runs the keeper program as its operator does, without the flags and exceptions of the process that tests it. */
export function runKeeper(configFile: string, env: Record<string, string> = {}): KeeperRun {
  const { NODE_OPTIONS: _, SINGLE_OPERATOR: __, SINGLE_RPC: ___, ...inherited } = process.env;
  const child = spawn(process.execPath, [MAIN, '--config', configFile], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inherited, ...env },
  });
  let text = '';
  const listening = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes('keeper listens')) resolve();
      });
    }
    child.once('close', () => reject(new Error(`the keeper ended: ${text}`)));
  });
  listening.catch(() => {});
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, output: () => text, listening, ended };
}
