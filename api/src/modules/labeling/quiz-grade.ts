/** Result of a quiz; the reason code shows both numbers. */
export interface QuizGrade {
  readonly passed: boolean;
  readonly correct: number;
  readonly total: number;
  readonly reason: string;
}

export function gradeQuiz(answers: readonly string[], gold: readonly string[], passBps: number): QuizGrade {
  if (answers.length !== gold.length) throw new RangeError(`${gold.length} answers expected, got ${answers.length}`);
  const correct = answers.filter((answer, index) => answer === gold[index]).length;
  const passed = correct * 10_000 >= gold.length * passBps;
  return {
    passed,
    correct,
    total: gold.length,
    reason: `${passed ? 'GOLD_PASSED' : 'GOLD_FAILED'} ${correct}/${gold.length}`,
  };
}

/** Least share of right answers. */
const LEAST_BPS = 7_000;
/** Of those who guess, at most one in so many passes. */
const LUCKY_ONE_IN = 20n;

/**
 * The share that passes a quiz of so many items over so many labels, basis points: 70 %, or more where guessing would pass too
 * often (exact binomial tail).
 */
export function passBpsOf(items: number, labels: number): number {
  const wrong = BigInt(labels - 1);
  const all = BigInt(labels) ** BigInt(items);
  let lucky = 0n;
  let ways = 1n;
  let needed = items;
  for (let right = items; right * 10_000 >= LEAST_BPS * items; right -= 1) {
    lucky += ways * wrong ** BigInt(items - right);
    if (lucky * LUCKY_ONE_IN > all) break;
    needed = right;
    ways = (ways * BigInt(right)) / BigInt(items - right + 1);
  }
  return Math.floor((needed * 10_000) / items);
}
