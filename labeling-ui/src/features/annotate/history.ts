import type { Item } from './document.ts';

export type Decision = { kind: 'label'; value: string } | { kind: 'skip' } | { kind: 'report'; reason: string };

/**
 * staged: decided, may still be undone · due: to be sent now · sending · sent: a receipt came back ·
 * failed: a fault, will be tried again · refused: the answer was no, final
 */
export type EntryState = 'staged' | 'due' | 'sending' | 'sent' | 'failed' | 'refused';

export interface Entry {
  item: Item;
  decision: Decision;
  state: EntryState;
  /** Milliseconds; when a staged entry becomes due, or a failed one is tried again. */
  dueAt: number;
  attempts: number;
  /** Why it failed or was refused. */
  code?: string;
}

/** Oldest first. At most one entry is staged: deciding about the next item sends the one before it. */
export type History = readonly Entry[];

export const emptyHistory: History = [];

const RETRY_MS = [1_000, 2_000, 4_000, 8_000, 15_000];

export function record(history: History, item: Item, decision: Decision, nowMs: number, undoMs: number): History {
  const entry: Entry = { item, decision, state: 'staged', dueAt: nowMs + undoMs, attempts: 0 };
  return [
    ...history.map((earlier) => (earlier.state === 'staged' ? { ...earlier, state: 'due' as const } : earlier)),
    entry,
  ];
}

export function stagedEntry(history: History): Entry | null {
  return history.find((entry) => entry.state === 'staged') ?? null;
}

/** Removes the staged entry and returns it; what was sent cannot be taken back. */
export function takeBack(history: History): { history: History; entry: Entry | null } {
  const entry = stagedEntry(history);
  return entry === null ? { history, entry } : { history: history.filter((other) => other !== entry), entry };
}

/** Makes due whatever has waited long enough; the same array when nothing has. */
export function tick(history: History, nowMs: number): History {
  const ripe = (entry: Entry) => (entry.state === 'staged' || entry.state === 'failed') && entry.dueAt <= nowMs;
  return history.some(ripe) ? history.map((entry) => (ripe(entry) ? { ...entry, state: 'due' } : entry)) : history;
}

export function flush(history: History): History {
  return tick(history, Number.POSITIVE_INFINITY);
}

function change(history: History, assignmentId: string, next: (entry: Entry) => Entry): History {
  return history.map((entry) => (entry.item.assignmentId === assignmentId ? next(entry) : entry));
}

export function markSending(history: History, assignmentId: string): History {
  return change(history, assignmentId, (entry) => ({ ...entry, state: 'sending', attempts: entry.attempts + 1 }));
}

export function markSent(history: History, assignmentId: string): History {
  return change(history, assignmentId, (entry) => ({ ...entry, state: 'sent', code: undefined }));
}

export function markFailed(history: History, assignmentId: string, nowMs: number): History {
  return change(history, assignmentId, (entry) => ({
    ...entry,
    state: 'failed',
    dueAt: nowMs + (RETRY_MS[Math.min(entry.attempts, RETRY_MS.length) - 1] ?? 1_000),
  }));
}

export function markRefused(history: History, assignmentId: string, code: string): History {
  return change(history, assignmentId, (entry) => ({ ...entry, state: 'refused', code }));
}

export function unsent(history: History): Entry[] {
  return history.filter((entry) => entry.state !== 'sent' && entry.state !== 'refused');
}

export function decidedIds(history: History): Set<string> {
  return new Set(history.map((entry) => entry.item.assignmentId));
}
