import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SPEED } from './protocol.ts';

/** Seconds of the iterations and the largest memory of a Node process that does nothing else. */
export interface Speed {
  readonly seconds: number;
  readonly rssMb: number;
}

/** The two-level EM over made-up votes in a fresh Node process; `save` keeps the votes for the C program. */
export function emSpeed(votes: number, classes: number, save?: string): Speed {
  const program = fileURLToPath(new URL('./speed.process.ts', import.meta.url));
  const ran = spawnSync(process.execPath, [program, String(votes), String(classes), save ?? ''], { encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`the speed process ended with ${ran.status ?? ran.signal}: ${ran.stderr}`);
  return JSON.parse(ran.stdout) as Speed;
}

/** Labels per second of the online model in a fresh Node process. */
export function incrementalSpeed(votes: number, classes: number): number {
  const program = fileURLToPath(new URL('./incremental.process.ts', import.meta.url));
  const ran = spawnSync(process.execPath, [program, String(votes), String(classes)], { encoding: 'utf8' });
  if (ran.status !== 0)
    throw new Error(`the incremental process ended with ${ran.status ?? ran.signal}: ${ran.stderr}`);
  return (JSON.parse(ran.stdout) as { perSecond: number }).perSecond;
}

export type Baseline =
  { readonly kind: string; readonly labels1M_k2_s: number; readonly labels1M_k4_s: number } | string;

/** Our speed and that of the same EM in plain C on the same votes; a word that says why where there is no compiler. */
export function speedAndBaseline(votes: number): { k2: Speed; k4: Speed; baseline: Baseline } {
  const folder = mkdtempSync(join(tmpdir(), 'allod-bench-'));
  try {
    const file = (classes: number) => join(folder, `votes-${classes}`);
    const k2 = emSpeed(votes, 2, file(2));
    const k4 = emSpeed(votes, 4, file(4));
    const program = join(folder, 'em');
    const source = fileURLToPath(new URL('./em.c', import.meta.url));
    const compiled = spawnSync('cc', ['-O3', '-o', program, source, '-lm'], { encoding: 'utf8' });
    if (compiled.error || compiled.status !== 0) {
      return { k2, k4, baseline: `no C compiler: ${compiled.error?.message ?? compiled.stderr}` };
    }
    const seconds = (classes: number) => {
      const sizes = [votes / SPEED.votesPerTask, SPEED.workers, classes, SPEED.votesPerTask, SPEED.iterations];
      const ran = spawnSync(program, [...sizes.map(String), file(classes)], { encoding: 'utf8' });
      if (ran.status !== 0) throw new Error(`the C baseline ended with ${ran.status ?? ran.signal}`);
      return Number(ran.stdout);
    };
    const baseline = {
      kind: 'Dawid–Skene in C, cc -O3, same votes',
      labels1M_k2_s: seconds(2),
      labels1M_k4_s: seconds(4),
    };
    return { k2, k4, baseline };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
