import type { Transitions } from '../../common/state-machine.ts';

export type TaskState = 'OPEN' | 'ADJUDICATION' | 'RESOLVED' | 'UNRESOLVED' | 'CANCELLED';

/** A decided task stays decided; ADJUDICATION is a task whose labels disagree and that waits for a blind decision. */
export const taskTransitions: Transitions<TaskState> = {
  OPEN: ['ADJUDICATION', 'RESOLVED', 'UNRESOLVED', 'CANCELLED'],
  ADJUDICATION: ['RESOLVED', 'UNRESOLVED', 'CANCELLED'],
  RESOLVED: [],
  UNRESOLVED: [],
  CANCELLED: [],
};
