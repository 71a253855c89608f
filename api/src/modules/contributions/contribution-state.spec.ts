import { describe, expect, it } from '@jest/globals';
import type { ContributionState } from '../../common/graphql/schema.generated.ts';
import { transition, TransitionError } from '../../common/state-machine.ts';
import { contributionTransitions } from './contribution-state.ts';

const states = Object.keys(contributionTransitions) as ContributionState[];

describe('the lifecycle of a contribution', () => {
  it('goes from COMMITTED to IN_VERSION with or without labels', () => {
    const walk = (path: ContributionState[]) =>
      path.reduce((from, to) => transition(contributionTransitions, from, to));
    expect(walk(['COMMITTED', 'ANCHORED', 'VALIDATED', 'IN_VERSION', 'WITHDRAWN'])).toBe('WITHDRAWN');
    expect(walk(['COMMITTED', 'ANCHORED', 'IN_VERSION'])).toBe('IN_VERSION');
  });

  it.each(states.filter((state) => state !== 'WITHDRAWN'))('can be withdrawn from %s', (state) => {
    expect(transition(contributionTransitions, state, 'WITHDRAWN')).toBe('WITHDRAWN');
  });

  it.each(states)('never leaves WITHDRAWN for %s', (state) => {
    expect(() => transition(contributionTransitions, 'WITHDRAWN', state)).toThrow(TransitionError);
  });

  it('never skips the anchor', () => {
    expect(() => transition(contributionTransitions, 'COMMITTED', 'IN_VERSION')).toThrow(TransitionError);
    expect(() => transition(contributionTransitions, 'COMMITTED', 'VALIDATED')).toThrow(TransitionError);
  });
});
