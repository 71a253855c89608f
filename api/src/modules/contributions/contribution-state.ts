import type { ContributionState } from '../../common/graphql/schema.generated.ts';
import type { Transitions } from '../../common/state-machine.ts';

/** The lifecycle of a contribution; WITHDRAWN is final. */
export const contributionTransitions: Transitions<ContributionState> = {
  COMMITTED: ['ANCHORED', 'WITHDRAWN'],
  ANCHORED: ['VALIDATED', 'REJECTED', 'IN_VERSION', 'WITHDRAWN'],
  VALIDATED: ['REJECTED', 'IN_VERSION', 'WITHDRAWN'],
  REJECTED: ['WITHDRAWN'],
  IN_VERSION: ['WITHDRAWN'],
  CONTESTED: ['ANCHORED', 'REJECTED', 'WITHDRAWN'],
  WITHDRAWN: [],
};
