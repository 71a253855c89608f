import { describe, expect, it } from '@jest/globals';
import { majorityVote, voteShares } from './majority-vote.ts';
import { buildVoteTable } from './vote-table.ts';

const vote = (task: string, worker: string, label: string) => ({ task, worker, label });

describe('majority vote', () => {
  it('takes the most frequent label and, in a tie, the first of the schema', () => {
    const table = buildVoteTable(
      [
        vote('t1', 'a', 'cat'),
        vote('t1', 'b', 'dog'),
        vote('t1', 'c', 'dog'),
        vote('t2', 'a', 'dog'),
        vote('t2', 'b', 'cat'),
      ],
      ['cat', 'dog'],
    );
    expect(Object.fromEntries(majorityVote(table))).toEqual({ t1: 'dog', t2: 'cat' });
    expect([...voteShares(table)]).toEqual([1 / 3, 2 / 3, 1 / 2, 1 / 2]);
  });

  it('sorts by code unit, so that the order of arrival does not show', () => {
    const votes = [vote('ä', 'z', 'x'), vote('b', 'y', 'x'), vote('a', 'z', 'y'), vote('a', 'y', 'x')];
    expect(buildVoteTable(votes, ['x', 'y'])).toEqual(buildVoteTable([...votes].reverse(), ['x', 'y']));
    expect(buildVoteTable(votes, ['x', 'y']).tasks).toEqual(['a', 'b', 'ä']);
  });

  it('refuses a second vote of a worker and a label outside the schema', () => {
    expect(() => buildVoteTable([vote('t', 'a', 'x'), vote('t', 'a', 'y')], ['x', 'y'])).toThrow('votes twice');
    expect(() => buildVoteTable([vote('t', 'a', 'z')], ['x', 'y'])).toThrow('not in the label schema');
  });
});
