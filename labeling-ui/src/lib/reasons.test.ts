import { Code, VerdictReason } from '@allod/protocol';
import { describe, expect, test } from 'vitest';
import { explainEvidence, explainRefusal, explainVerdict, verdictCode } from './reasons.ts';

describe('reasons', () => {
  test('every verdict has a sentence', () => {
    for (const code of Object.keys(VerdictReason)) expect(explainVerdict(code)).not.toBe(code);
  });

  test('a label that waits for its labeler says when the waiting ends', () => {
    expect(verdictCode('HELD 12/40')).toBe('HELD');
    expect(explainVerdict('HELD 12/40')).toContain('at the latest');
  });

  test('a reason with figures keeps its code apart', () => {
    const reason = 'CONTRADICTED by 4, p=.99 without you';
    expect(verdictCode(reason)).toBe('CONTRADICTED');
    expect(explainVerdict(reason)).toContain('very unlikely');
    expect(verdictCode('WORKER_GATE 0.06 ± 0.05')).toBe('WORKER_GATE');
  });

  test('every labeling refusal has a sentence, an unknown one keeps the server’s', () => {
    const met = [
      Code.NO_TASK,
      Code.NOT_QUALIFIED,
      Code.LEASE_EXPIRED,
      Code.ESCROW_EXHAUSTED,
      Code.QUIZ_TAKEN,
      Code.JOB_STATE,
    ];
    for (const code of met) expect(explainRefusal(code)).not.toBe(code);
    expect(explainRefusal('NEW_CODE', 'as the server puts it')).toBe('as the server puts it');
    expect(explainRefusal('NEW_CODE')).toBe('NEW_CODE');
  });

  test('evidence becomes sentences', () => {
    const lines = explainEvidence({
      withoutYou: 0.004,
      othersSay: '4',
      othersPosterior: 0.9931,
      others: 3,
      contradictedBy: 2,
      gate: { score: 0.9, standardError: 0.07, labels: 24 },
      seed: 7,
    });
    expect(lines).toEqual([
      '3 other labelers answered, 2 of them chose another label than you.',
      'Their answers say “4” with probability >99 %.',
      'Without yours, they give your label a probability of <1 % (below 5 % is not paid).',
      'Information in your labels so far: 0.90 ± 0.07 over 24 (0 is chance, 1 is perfect).',
      'seed: 7',
    ]);
  });

  test('evidence of copying becomes a sentence', () => {
    expect(explainEvidence({ copied: { labelers: 11, same: 38, met: 40 } })).toEqual([
      'On 38 of 40 tasks that 11 other labelers of the group answered too, your answer was theirs.',
    ]);
  });

  test('evidence without a shape is no trouble', () => {
    expect(explainEvidence(null)).toEqual([]);
    expect(explainEvidence('text')).toEqual([]);
    expect(explainEvidence({})).toEqual([]);
  });
});
