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
