import type { Decision } from './history.ts';

/** Decisions that no receipt confirms yet, so that a crash or a closed tab loses none. Values only, never an item. */
export interface Drafts {
  all(): Map<string, Decision>;
  keep(assignmentId: string, decision: Decision): void;
  forget(assignmentId: string): void;
}

export function createDrafts(storage: Pick<Storage, 'getItem' | 'setItem'>, account: string, jobId: string): Drafts {
  const key = `allod.drafts.${account}.${jobId}`;
  const read = (): Map<string, Decision> => {
    try {
      const stored: unknown = JSON.parse(storage.getItem(key) ?? '[]');
      return new Map(Array.isArray(stored) ? (stored as [string, Decision][]) : []);
    } catch {
      return new Map();
    }
  };
  const write = (drafts: Map<string, Decision>): void => storage.setItem(key, JSON.stringify([...drafts]));
  return {
    all: read,
    keep: (assignmentId, decision) => write(read().set(assignmentId, decision)),
    forget: (assignmentId) => {
      const drafts = read();
      if (drafts.delete(assignmentId)) write(drafts);
    },
  };
}
