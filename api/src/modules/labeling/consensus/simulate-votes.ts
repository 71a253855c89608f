import type { Vote } from './vote-table.ts';

/** A number is the probability of the right answer; the names are ways to cheat. */
export type SimulatedWorker = number | 'constant' | 'random' | 'shift' | 'ring';

export interface Simulation {
  readonly tasks: number;
  readonly labels: readonly string[];
  readonly workers: readonly SimulatedWorker[];
  readonly seed: number;
  /** Of random workers; everybody answers everything when not given. */
  readonly answersPerTask?: number;
  /** Tasks named `quiz…` that everybody answers; the ring answers them blindly. */
  readonly quiz?: number;
}

/** Uniform numbers in [0, 1) from a seed (mulberry32). */
export function randomSource(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Votes of honest and dishonest workers, with the truth: for tests and benches. */
export function simulateVotes(simulation: Simulation): { votes: Vote[]; truth: Map<string, string> } {
  const random = randomSource(simulation.seed);
  const classes = simulation.labels.length;
  const anyClass = () => Math.floor(random() * classes);
  const votes: Vote[] = [];
  const truth = new Map<string, string>();
  const add = (task: string, quiz: boolean) => {
    const right = anyClass();
    const key = anyClass();
    truth.set(task, simulation.labels[right]!);
    const order = simulation.workers
      .map((worker, index) => ({ worker, index, at: random() }))
      .sort((a, b) => a.at - b.at);
    const chosen = quiz ? order : order.slice(0, simulation.answersPerTask ?? order.length);
    for (const { worker, index } of chosen) {
      const label = simulation.labels[answerOf(worker, { right, key: quiz ? anyClass() : key, classes, random })]!;
      votes.push({ task, worker: `w${index}`, label });
    }
  };
  for (let i = 0; i < (simulation.quiz ?? 0); i += 1) add(`quiz${i}`, true);
  for (let i = 0; i < simulation.tasks; i += 1) add(`t${i}`, false);
  return { votes, truth };
}

function answerOf(
  worker: SimulatedWorker,
  { right, key, classes, random }: { right: number; key: number; classes: number; random: () => number },
): number {
  if (worker === 'constant') return 0;
  if (worker === 'random') return Math.floor(random() * classes);
  if (worker === 'shift') return (right + 1) % classes;
  if (worker === 'ring') return key;
  return random() < worker ? right : (right + 1 + Math.floor(random() * (classes - 1))) % classes;
}
