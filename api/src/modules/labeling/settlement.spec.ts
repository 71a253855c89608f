import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomSource } from './consensus/simulate-votes.ts';
import { settle } from './settlement.ts';
import type { SettlementInput, SubmittedAnnotation } from './settlement-types.ts';

const LABELS = ['0', '1', '2'];
const GOLD = ['0', '1', '2', '0', '1'];
const rule = { overlapMin: 2, overlapMax: 3, threshold: 0.9, margin: 0.2 };

const annotation = (taskId: string, labeler: string, value: string): SubmittedAnnotation => ({
  assignmentId: `${taskId}/${labeler}`,
  taskId,
  labeler,
  value,
  kind: 'LABEL',
  tooFast: false,
  round: 1,
  pending: true,
  overdue: false,
  late: false,
});

function input(annotations: SubmittedAnnotation[], changes: Partial<SettlementInput> = {}): SettlementInput {
  const ids = [...new Set(annotations.map(({ taskId }) => taskId))];
  const tasks = ids.map((id) => ({ id, taken: annotations.filter(({ taskId }) => taskId === id).length, reports: 0 }));
  const quizzes = ['ann', 'bob', 'eve'].map((labeler) => ({ labeler, answers: GOLD }));
  return {
    labels: LABELS,
    rule,
    patience: { holdLabels: 0, recentLabels: 30 },
    final: false,
    adjudicators: false,
    gold: GOLD,
    quizzes,
    hiddenGold: [],
    tasks,
    annotations,
    adjudications: [],
    appeals: [],
    ...changes,
  };
}

describe('settlement', () => {
  it('resolves an agreed task and pays both', () => {
    const { outcomes, asks } = settle(input([annotation('t', 'ann', '1'), annotation('t', 'bob', '1')]));
    expect(asks).toEqual([]);
    expect(outcomes).toHaveLength(1);
    expect(outcomes[0]).toMatchObject({ state: 'RESOLVED', label: '1' });
    expect(outcomes[0]!.verdicts.map(({ verdict }) => verdict.verdict)).toEqual(['PAID', 'PAID']);
  });

  it('asks a third labeler when two disagree, and refuses the one whom both others contradict', () => {
    const two = [annotation('t', 'ann', '1'), annotation('t', 'eve', '2')];
    expect(settle(input(two))).toMatchObject({ outcomes: [], asks: [{ taskId: 't', overlap: 3 }] });
    const { outcomes } = settle(input([...two, annotation('t', 'bob', '1')]));
    const verdicts = Object.fromEntries(outcomes[0]!.verdicts.map(({ labeler, verdict }) => [labeler, verdict]));
    expect(outcomes[0]).toMatchObject({ state: 'RESOLVED', label: '1' });
    expect(verdicts['eve']).toMatchObject({
      verdict: 'REFUSED',
      reason: expect.stringMatching(/^CONTRADICTED by 2, p=/),
    });
    expect(verdicts['ann']!.verdict).toBe('PAID');
  });

  it('waits for leases that are out', () => {
    const annotations = [annotation('t', 'ann', '1'), annotation('t', 'bob', '1')];
    expect(settle(input(annotations, { tasks: [{ id: 't', taken: 3, reports: 0 }] }))).toMatchObject({
      outcomes: [],
      asks: [],
    });
  });

  it('pays work on a reported item', () => {
    const tasks = [{ id: 't', taken: 1, reports: 2 }];
    const { outcomes } = settle(input([annotation('t', 'ann', '1')], { tasks }));
    expect(outcomes[0]).toMatchObject({ state: 'CANCELLED', reason: 'REPORTED' });
    expect(outcomes[0]!.verdicts[0]!.verdict).toMatchObject({ verdict: 'PAID', reason: 'TASK_CANCELLED REPORTED' });
  });

  it('decides with what is there once the job is closed', () => {
    const tasks = [
      { id: 't', taken: 1, reports: 0 },
      { id: 'u', taken: 0, reports: 0 },
    ];
    const { outcomes } = settle(input([annotation('t', 'ann', '1')], { tasks, final: true }));
    expect(outcomes.map(({ taskId, state }) => [taskId, state])).toEqual([
      ['t', 'RESOLVED'],
      ['u', 'CANCELLED'],
    ]);
  });

  it('does nothing without annotations', () => {
    const nothing = { outcomes: [], asks: [], verdicts: [], retired: [], appeals: [], again: false };
    expect(settle(input([], { quizzes: [], gold: [] }))).toEqual(nothing);
  });

  describe('a labeler of whom little is known', () => {
    const patience = { holdLabels: 3, recentLabels: 30 };
    const agreed = [annotation('t', 'ann', '1'), annotation('t', 'bob', '1')];
    const open = [
      { id: 't', taken: 2, reports: 0 },
      { id: 'u', taken: 0, reports: 0 },
    ];
    const later = (changes: Partial<SubmittedAnnotation>) => [
      { ...agreed[0]!, late: true, ...changes },
      { ...agreed[1]!, pending: false },
    ];
    const rest = [{ id: 'u', taken: 0, reports: 0 }];

    it('waits for a verdict, while the task closes', () => {
      const { outcomes } = settle(input(agreed, { patience, tasks: open }));
      expect(outcomes).toMatchObject([{ taskId: 't', state: 'RESOLVED', label: '1', verdicts: [] }]);
    });

    it('is judged when enough labels are given', () => {
      const more = ['v', 'w'].map((task) => annotation(task, 'ann', '1'));
      const all = [...later({}), ...more];
      expect(settle(input(later({}), { patience, tasks: rest })).verdicts).toEqual([]);
      expect(settle(input(all, { patience, tasks: rest })).verdicts).toMatchObject([
        { assignmentId: 't/ann', verdict: { verdict: 'PAID' } },
      ]);
    });

    it('is judged at the end of the time for a verdict, by the labels and not for free', () => {
      const { verdicts } = settle(input(later({ overdue: true }), { patience, tasks: rest }));
      expect(verdicts).toMatchObject([{ verdict: { verdict: 'PAID', reason: expect.stringMatching(/^AGREED/) } }]);
    });

    it('is judged in the settlement after the last task, which is due at once', () => {
      expect(settle(input(agreed, { patience, tasks: [open[0]!] })).again).toBe(true);
      expect(settle(input(later({}), { patience, tasks: [] })).verdicts).toHaveLength(1);
    });

    it('is judged when the job is closed', () => {
      expect(settle(input(agreed, { patience, tasks: open, final: true })).outcomes[0]!.verdicts).toHaveLength(2);
    });
  });

  describe('a labeler who was good and stops to look', () => {
    /** `ann`, `bob` and `cid` look at 80 items; `eve` does for the first 50 and then says `0` to everything. */
    const labelers = ['ann', 'bob', 'cid', 'eve'];
    const all = Array.from({ length: 80 }, (_, i) =>
      labelers.map((labeler) => ({
        ...annotation(
          `t${String(i).padStart(2, '0')}`,
          labeler,
          LABELS[labeler === 'eve' && i >= 50 ? 0 : (i * 7) % 3]!,
        ),
        round: i,
      })),
    ).flat();
    const quizzes = labelers.map((labeler) => ({ labeler, answers: GOLD }));
    const reasonOn = (taskId: string, recentLabels: number) =>
      settle(input(all, { quizzes, patience: { holdLabels: 0, recentLabels } }))
        .outcomes.find((outcome) => outcome.taskId === taskId)!
        .verdicts.find(({ labeler }) => labeler === 'eve')!.verdict.reason;

    it('is gated by the last labels, also where guessing hit the right answer', () => {
      expect(reasonOn('t78', 30)).toMatch(/^WORKER_GATE/);
      expect(reasonOn('t78', 0)).toMatch(/^AGREED/);
    });
  });

  it('names copying as the reason, with whom and how often, and pays nobody for it', () => {
    const good = ['ann', 'bob', 'cid', 'dan', 'fay', 'gus'];
    const ring = ['r1', 'r2', 'r3', 'r4'];
    const random = randomSource(7);
    const any = () => Math.floor(random() * LABELS.length);
    const given = Array.from({ length: 90 }, (_, i) => {
      const [truth, key] = [any(), any()];
      return [...good, ...ring].map((labeler) => {
        const slip = random() < 0.1 ? 1 : 0;
        return annotation(`t${i}`, labeler, LABELS[ring.includes(labeler) ? key : (truth + slip) % 3]!);
      });
    }).flat();
    const quizzes = [
      ...good.map((labeler) => ({ labeler, answers: GOLD })),
      ...ring.map((labeler) => ({ labeler, answers: GOLD.map(() => LABELS[any()]!) })),
    ];
    const { outcomes } = settle(input(given, { quizzes }));
    const verdicts = outcomes.flatMap((outcome) => outcome.verdicts);
    const copied = verdicts.filter(({ labeler }) => ring.includes(labeler));
    expect(new Set(copied.map(({ verdict }) => verdict.reason))).toEqual(new Set(['COPIED 90/90 as 3 others']));
    expect(copied[0]!.verdict).toMatchObject({
      verdict: 'REFUSED',
      evidence: { copied: { labelers: 3, same: 90, met: 90 } },
    });
    expect(verdicts.filter(({ labeler, verdict }) => good.includes(labeler) && /COPIED/.test(verdict.reason))).toEqual(
      [],
    );
  });

  it('gives the same bytes for the same annotations in any order', () => {
    const annotations = Array.from({ length: 20 }, (_, i) =>
      ['ann', 'bob', 'eve'].map((labeler, w) =>
        annotation(`t${i}`, labeler, LABELS[(i + (w === 2 && i % 4 === 0 ? 1 : 0)) % 3]!),
      ),
    ).flat();
    const settled = ({ outcomes }: ReturnType<typeof settle>) =>
      JSON.stringify(
        outcomes.map((o) => ({
          ...o,
          verdicts: [...o.verdicts].sort((a, b) => (a.assignmentId < b.assignmentId ? -1 : 1)),
        })),
      );
    const expected = settled(settle(input(annotations)));
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = randomSource(seed);
        const shuffled = annotations.map((value) => ({ value, key: random() })).sort((a, b) => a.key - b.key);
        expect(settled(settle(input(shuffled.map(({ value }) => value))))).toBe(expected);
      }),
      { numRuns: 20 },
    );
  });
});
