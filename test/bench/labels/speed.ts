import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { twoLevelDawidSkene } from '../../../api/src/modules/labeling/consensus/dawid-skene.ts';
import { randomSource } from '../../../api/src/modules/labeling/consensus/simulate-votes.ts';
import type { VoteTable } from '../../../api/src/modules/labeling/consensus/vote-table.ts';
import { SEED, SPEED } from './protocol.ts';

/** Seconds of `SPEED.iterations` iterations of the two-level model over `votes` made-up votes. */
export function emSeconds(votes: number, classes: number): number {
  const table = madeUpTable(votes, classes);
  const since = performance.now();
  const { iterations } = twoLevelDawidSkene(table, { maxIterations: SPEED.iterations });
  return (((performance.now() - since) / 1000) * SPEED.iterations) / iterations;
}

function madeUpTable(votes: number, classes: number): VoteTable {
  const random = randomSource(SEED);
  const tasks = votes / SPEED.votesPerTask;
  const voteWorker = new Uint32Array(votes);
  const voteLabel = new Uint16Array(votes);
  for (let t = 0; t < tasks; t += 1) {
    const truth = Math.floor(random() * classes);
    for (let v = t * SPEED.votesPerTask; v < (t + 1) * SPEED.votesPerTask; v += 1) {
      voteWorker[v] = Math.floor(random() * SPEED.workers);
      voteLabel[v] = random() < SPEED.accuracy ? truth : Math.floor(random() * classes);
    }
  }
  return {
    tasks: Array.from({ length: tasks }, (_, t) => `t${t}`),
    workers: Array.from({ length: SPEED.workers }, (_, w) => `w${w}`),
    labels: Array.from({ length: classes }, (_, k) => `l${k}`),
    taskStart: Uint32Array.from({ length: tasks + 1 }, (_, t) => t * SPEED.votesPerTask),
    voteWorker,
    voteLabel,
  };
}

/** The same size of problem in plain C; a word that says why where there is no compiler. */
export function baseline(votes: number): { kind: string; labels1M_k2_s: number; labels1M_k4_s: number } | string {
  const folder = mkdtempSync(join(tmpdir(), 'allod-bench-'));
  try {
    const program = join(folder, 'em');
    const source = fileURLToPath(new URL('./em.c', import.meta.url));
    const compiled = spawnSync('cc', ['-O3', '-o', program, source, '-lm'], { encoding: 'utf8' });
    if (compiled.error || compiled.status !== 0) return `no C compiler: ${compiled.error?.message ?? compiled.stderr}`;
    const seconds = (classes: number) => {
      const sizes = [votes / SPEED.votesPerTask, SPEED.workers, classes, SPEED.votesPerTask, SPEED.iterations];
      const ran = spawnSync(program, sizes.map(String), { encoding: 'utf8' });
      if (ran.status !== 0) throw new Error(`the C baseline ended with ${ran.status ?? ran.signal}`);
      return Number(ran.stdout);
    };
    return { kind: 'Dawid–Skene, cc -O3', labels1M_k2_s: seconds(2), labels1M_k4_s: seconds(4) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
