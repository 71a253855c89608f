import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../../../mobile-sdk/scripts/memory.ts', import.meta.url));

/** Megabytes by which a device grows that contributes a large file, in a process of its own. */
export function measureMemory(megabytes: number, say: (text: string) => void): number {
  const args = [SCRIPT, '--megabytes', String(megabytes), '--json'];
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  const { rssMB, queuedMB } = JSON.parse(stdout) as { rssMB: number; queuedMB: number };
  say(`memory: ${megabytes} MB contributed in ${rssMB} MB above baseline, queued in ${queuedMB} MB`);
  return rssMB;
}
