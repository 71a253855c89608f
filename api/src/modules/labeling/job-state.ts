import type { Transitions } from '../../common/state-machine.ts';

export type JobState = 'DRAFT' | 'APPROVED' | 'OPEN' | 'CLOSED';

/** A draft may open without passing APPROVED: the chain has then checked the curator's signature itself. */
export const jobTransitions: Transitions<JobState> = {
  DRAFT: ['APPROVED', 'OPEN', 'CLOSED'],
  APPROVED: ['APPROVED', 'OPEN', 'CLOSED'],
  OPEN: ['CLOSED'],
  CLOSED: [],
};
