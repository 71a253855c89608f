export const UNDO_CHOICES_MS = [2_000, 5_000, 10_000] as const;
const KEY = 'allod.undoMs';

export function loadUndoMs(storage: Pick<Storage, 'getItem'>): number {
  const stored = Number(storage.getItem(KEY));
  return UNDO_CHOICES_MS.find((choice) => choice === stored) ?? UNDO_CHOICES_MS[0];
}

export function saveUndoMs(storage: Pick<Storage, 'setItem'>, undoMs: number): void {
  storage.setItem(KEY, String(undoMs));
}
