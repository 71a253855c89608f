import { describe, expect, it } from '@jest/globals';
import { gradeQuiz, passBpsOf } from './quiz-grade.ts';

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

  it.each([
    { items: 7, labels: 3, needed: 5, why: 'guessing 5 of 7 happens in 99 of 2,187 quizzes' },
    { items: 10, labels: 10, needed: 7, why: 'nobody guesses 7 of 10 labels, so 70 % is enough' },
    { items: 10, labels: 2, needed: 9, why: 'one in 18 guesses 8 of 10 coins, one in 93 guesses 9' },
    { items: 5, labels: 2, needed: 5, why: 'one in 5 guesses 4 of 5 coins' },
  ])('over $labels labels asks $needed right answers of $items: $why', ({ items, labels, needed }) => {
    const right = Array.from({ length: items }, () => 'a');
    const answers = (correct: number) => right.map((answer, i) => (i < correct ? answer : 'b'));
    const pass = passBpsOf(items, labels);
    expect(gradeQuiz(answers(needed), right, pass).passed).toBe(true);
    expect(gradeQuiz(answers(needed - 1), right, pass).passed).toBe(false);
  });
});
