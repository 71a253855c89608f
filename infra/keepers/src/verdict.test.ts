import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decide } from './verdict.ts';

const [yes, no] = [true, false];

describe('deciding over RPCs', () => {
  it.each([
    [
      'all say yes',
      [
        [yes, yes],
        [yes, yes],
      ],
      'ALLOWED',
    ],
    [
      'all say no',
      [
        [no, no],
        [no, no],
      ],
      'NOT_AUTHORIZED',
    ],
    [
      'withdrawn at the latest block',
      [
        [no, yes],
        [no, yes],
      ],
      'NOT_AUTHORIZED',
    ],
    [
      'not confirmed yet',
      [
        [yes, no],
        [yes, no],
      ],
      'NOT_CONFIRMED',
    ],
    [
      'one RPC has seen the withdrawal',
      [
        [yes, yes],
        [no, yes],
      ],
      'RPC_DISAGREEMENT',
    ],
    [
      'one RPC differs at the confirmed block',
      [
        [yes, yes],
        [yes, no],
      ],
      'RPC_DISAGREEMENT',
    ],
    [
      'one call failed',
      [
        [yes, yes],
        [yes, undefined],
      ],
      'RPC_FAULT',
    ],
    ['no RPC', [], 'RPC_FAULT'],
  ])('%s', (_, answers, verdict) => {
    expect(decide(answers.map(([latest, confirmed]) => ({ latest, confirmed })))).toBe(verdict);
  });

  it('never allows unless every answer is yes', () => {
    const answer = fc.record({
      latest: fc.option(fc.boolean(), { nil: undefined }),
      confirmed: fc.option(fc.boolean(), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(answer, { maxLength: 4 }), (answers) => {
        const all =
          answers.length > 0 && answers.every(({ latest, confirmed }) => latest === true && confirmed === true);
        expect(decide(answers) === 'ALLOWED').toBe(all);
      }),
    );
  });
});
