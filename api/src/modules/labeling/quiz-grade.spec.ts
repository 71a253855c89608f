import { describe, expect, it } from '@jest/globals';
import { gradeQuiz } from './quiz-grade.ts';

const gold = ['a', 'b', 'c', 'a', 'b', 'c', 'a'];

describe('quiz grade', () => {
  it('passes at the threshold and says both numbers', () => {
    expect(gradeQuiz(['a', 'b', 'c', 'a', 'b', 'x', 'x'], gold, 7_000)).toEqual({
      passed: true,
      correct: 5,
      total: 7,
      reason: 'GOLD_PASSED 5/7',
    });
    expect(gradeQuiz(['a', 'b', 'x', 'x', 'x', 'x', 'x'], gold, 7_000)).toMatchObject({
      passed: false,
      reason: 'GOLD_FAILED 2/7',
    });
  });

  it('needs an answer for every item', () => {
    expect(() => gradeQuiz(['a'], gold, 7_000)).toThrow(RangeError);
  });
});
