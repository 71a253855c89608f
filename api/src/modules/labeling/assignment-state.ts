import type { Transitions } from '../../common/state-machine.ts';

export type AssignmentState = 'LEASED' | 'SUBMITTED' | 'SKIPPED' | 'REPORTED' | 'EXPIRED';

export const assignmentTransitions: Transitions<AssignmentState> = {
  LEASED: ['SUBMITTED', 'SKIPPED', 'REPORTED', 'EXPIRED'],
  SUBMITTED: [],
  SKIPPED: [],
  REPORTED: [],
  EXPIRED: [],
};
