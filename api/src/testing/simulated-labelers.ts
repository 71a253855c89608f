import { randomSource } from '../modules/labeling/consensus/simulate-votes.ts';

/**
 * Ways to label. `ring` copies one random key and answers known items blindly; `leak` guesses, `leakRing` copies a key, and
 * both have the answers of the quiz and of the known items from somewhere; `drift` is good for a third of what it gives and
 * guesses from then on.
 */
export const KINDS = ['honest', 'ring', 'leak', 'leakRing', 'random', 'constant', 'drift'] as const;
export type Kind = (typeof KINDS)[number];

export interface SimulatedLabeler {
  readonly name: string;
  readonly kind: Kind;
  /** P(right answer) of those who look. */
  readonly skill: number;
  readonly random: () => number;
  /** Answers given so far. */
  given: number;
}

export interface Item {
  readonly id: string;
  readonly truth: number;
  /** The answer that a ring shares. */
  readonly key: number;
}

export interface Answer {
  readonly label: number;
  /** Nobody looked at the item: what a requester should not pay for. */
  readonly spam: boolean;
}

/** Honest labelers are right in 75 to 98 of 100 cases. */
const LEAST_SKILL = 0.75;
const MOST_SKILL = 0.98;
/** After so many answers a drifting labeler stops to look. */
export const DRIFT_AFTER = 40;

export interface Crew {
  readonly labelers: number;
  readonly bad: Readonly<Partial<Record<Exclude<Kind, 'honest'>, number>>>;
}

/** 60 labelers, 30 % bad, a ring of 20 %: the job of the targets; the other crews change who the bad are. */
export const CREWS = {
  target: { labelers: 60, bad: { ring: 12, random: 3, constant: 3 } },
  drift: { labelers: 60, bad: { ring: 12, random: 2, constant: 2, drift: 2 } },
  leak: { labelers: 60, bad: { leak: 12, random: 2, constant: 2, drift: 2 } },
  leakRing: { labelers: 60, bad: { leakRing: 12, random: 2, constant: 2, drift: 2 } },
} satisfies Record<string, Crew>;
export type CrewName = keyof typeof CREWS;

/** In mixed order, so that the bad have no numbers of their own. */
export function crewOf({ labelers, bad }: Crew, seed: number): SimulatedLabeler[] {
  const random = randomSource(seed);
  const kinds = KINDS.flatMap((kind) => (kind === 'honest' ? [] : Array<Kind>(bad[kind] ?? 0).fill(kind)));
  while (kinds.length < labelers) kinds.push('honest');
  return kinds
    .map((kind) => ({ kind, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ kind }, index) => ({
      name: `w${String(index).padStart(4, '0')}`,
      kind,
      skill: LEAST_SKILL + (MOST_SKILL - LEAST_SKILL) * random(),
      random: randomSource(Math.floor(random() * 2 ** 31)),
      given: 0,
    }));
}

/** `known`: the item is one of the quiz, or hidden gold that leaked. */
export function answerOf(labeler: SimulatedLabeler, item: Item, classes: number, known: boolean): Answer {
  const { kind, skill, random } = labeler;
  const guess = () => Math.floor(random() * classes);
  const wrong = () => (item.truth + 1 + Math.floor(random() * (classes - 1))) % classes;
  const looked = () => (random() < skill ? item.truth : wrong());
  labeler.given += 1;
  if (kind === 'honest') return { label: looked(), spam: false };
  if (kind === 'drift' && labeler.given <= DRIFT_AFTER) return { label: looked(), spam: false };
  if (kind === 'constant') return { label: 0, spam: true };
  if (kind === 'ring') return { label: item.key, spam: true };
  if (known && (kind === 'leak' || kind === 'leakRing')) return { label: item.truth, spam: true };
  return { label: kind === 'leakRing' ? item.key : guess(), spam: true };
}

/** Answers to a quiz. Who does not look takes it under new names until one passes, so that luck selects who gets in. */
export function quizOf(
  { kind, skill, random }: SimulatedLabeler,
  gold: readonly number[],
  classes: number,
  passes: (answers: readonly number[]) => boolean,
): { answers: number[]; attempts: number } {
  const guess = () => Math.floor(random() * classes);
  const right = kind === 'leak' || kind === 'leakRing' ? 1 : kind === 'honest' || kind === 'drift' ? skill : 0;
  for (let attempts = 1; ; attempts += 1) {
    const answers = gold.map((truth) => {
      if (right === 0) return guess();
      return random() < right ? truth : (truth + 1 + Math.floor(random() * (classes - 1))) % classes;
    });
    if (passes(answers)) return { answers, attempts };
  }
}
