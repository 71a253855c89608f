/** A lifecycle as data: which states may follow which. Everything else is refused. */
export type Transitions<S extends string> = Readonly<Record<S, readonly S[]>>;

export class TransitionError extends Error {
  constructor(from: string, to: string) {
    super(`No transition from ${from} to ${to}`);
    this.name = 'TransitionError';
  }
}

export const canTransition = <S extends string>(table: Transitions<S>, from: S, to: S): boolean =>
  table[from].includes(to);

export function transition<S extends string>(table: Transitions<S>, from: S, to: S): S {
  if (!canTransition(table, from, to)) throw new TransitionError(from, to);
  return to;
}
