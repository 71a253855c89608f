import type { ContributionState } from '../../common/graphql/schema.generated.ts';
import type { Transitions } from '../../common/state-machine.ts';

/** The lifecycle of a contribution; WITHDRAWN is final. Back to COMMITTED goes what missed its version and was re-wrapped. */
export const contributionTransitions: Transitions<ContributionState> = {
  COMMITTED: ['ANCHORED', 'WITHDRAWN'],
  ANCHORED: ['VALIDATED', 'REJECTED', 'IN_VERSION', 'WITHDRAWN', 'COMMITTED'],
  VALIDATED: ['REJECTED', 'IN_VERSION', 'WITHDRAWN', 'COMMITTED'],
  REJECTED: ['WITHDRAWN'],
  IN_VERSION: ['WITHDRAWN'],
  CONTESTED: ['ANCHORED', 'REJECTED', 'WITHDRAWN'],
  WITHDRAWN: [],
};
