import type { Transitions } from '../../common/state-machine.ts';

export type TaskState = 'OPEN' | 'RESOLVED' | 'UNRESOLVED' | 'CANCELLED';

/** A decided task stays decided. */
export const taskTransitions: Transitions<TaskState> = {
  OPEN: ['RESOLVED', 'UNRESOLVED', 'CANCELLED'],
  RESOLVED: [],
  UNRESOLVED: [],
  CANCELLED: [],
};
