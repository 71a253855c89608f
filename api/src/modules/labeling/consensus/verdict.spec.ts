import { describe, expect, it } from '@jest/globals';
import { twoLevelDawidSkene } from './dawid-skene.ts';
import { informednessOf, isGated } from './information-gate.ts';
import { simulateVotes } from './simulate-votes.ts';
import { decideTask, plurality, shown } from './stopping.ts';
import { judge } from './verdict.ts';
import { buildVoteTable } from './vote-table.ts';

const rule = { overlapMin: 2, overlapMax: 4, threshold: 0.95, margin: 0.2 };
const fine = { score: 0.9, standardError: 0.05, labels: 40, copies: false };

describe('stopping', () => {
  it('waits for the first labels, then closes above the threshold', () => {
    expect(decideTask([0.99, 0.01], [0], rule)).toEqual({ kind: 'wait' });
    expect(decideTask([0.99, 0.01], [0, 0], rule)).toEqual({
      kind: 'resolved',
      label: 0,
      posterior: 0.99,
      reason: 'AGREED p=.99',
    });
  });

  it('asks for one more below the threshold, and when the model overrules the plurality', () => {
    expect(decideTask([0.9, 0.1], [0, 0], rule)).toEqual({ kind: 'ask', overlap: 3 });
    expect(decideTask([0.99, 0.01], [0, 1], rule)).toEqual({ kind: 'ask', overlap: 3 });
    expect(decideTask([0.99, 0.01], [0, 1, 1], rule)).toEqual({ kind: 'ask', overlap: 4 });
  });

  it('takes the best label at the maximum overlap when it leads, else gives up with the numbers', () => {
    expect(decideTask([0.7, 0.3], [0, 0, 1, 1], rule)).toMatchObject({
      kind: 'resolved',
      label: 0,
      reason: 'MAX_OVERLAP p=.70',
    });
    expect(decideTask([0.55, 0.45], [0, 0, 1, 1], rule)).toMatchObject({
      kind: 'unresolved',
      reason: 'LABELS_DISAGREE 4 labels, margin .10',
    });
  });

  it('knows a plurality from a tie, and never shows a probability as 1 that is not', () => {
    expect(plurality([2, 1, 2])).toBe(2);
    expect(plurality([1, 2])).toBeNull();
    expect([shown(0.999999), shown(0.05), shown(1), shown(0)]).toEqual(['.99', '.05', '1', '.00']);
  });
});

describe('verdict', () => {
  const labels = ['cat', 'dog'];

  it('pays agreement and shows what the others say', () => {
    const given = judge({ label: 0, labels, others: [0.98, 0.02], otherLabels: [0, 0], worker: fine });
    expect(given).toMatchObject({ verdict: 'PAID', reason: 'AGREED p=.98' });
    expect(given.evidence).toMatchObject({ withoutYou: 0.98, othersSay: 'cat', others: 2, contradictedBy: 0 });
  });

  it('refuses below .05 with the number of those who contradict', () => {
    const given = judge({ label: 1, labels, others: [0.991, 0.009], otherLabels: [0, 0, 0, 0, 1], worker: fine });
    expect(given).toMatchObject({ verdict: 'REFUSED', reason: 'CONTRADICTED by 4, p=.99 without you' });
  });

  it('pays contested tasks, also the minority', () => {
    expect(judge({ label: 1, labels, others: [0.94, 0.06], otherLabels: [0, 0], worker: fine }).verdict).toBe('PAID');
  });

  it('pays the only label of a task: nobody contradicts it', () => {
    expect(judge({ label: 1, labels, others: [0.99, 0.01], otherLabels: [], worker: fine }).verdict).toBe('PAID');
  });

  it('refuses a gated worker whatever the label', () => {
    const worker = { score: 0.06, standardError: 0.05, labels: 30, copies: false };
    expect(judge({ label: 0, labels, others: [1, 0], otherLabels: [0], worker })).toMatchObject({
      verdict: 'REFUSED',
      reason: 'WORKER_GATE 0.06 ± 0.05',
    });
  });
});

describe('information gate', () => {
  it('stops constant and random workers and lets careless ones through', () => {
    const labels = ['a', 'b', 'c', 'd'];
    const { votes } = simulateVotes({
      tasks: 120,
      labels,
      seed: 4,
      workers: [0.9, 0.9, 0.9, 0.55, 'constant', 'random'],
    });
    const table = buildVoteTable(votes, labels);
    const gated = informednessOf(table, twoLevelDawidSkene(table), () => true).map((worker) => isGated(worker));
    expect(gated).toEqual([false, false, false, false, true, true]);
  });

  it('judges nobody before ten labels', () => {
    expect(isGated({ score: 0, standardError: 0, labels: 9, copies: false })).toBe(false);
    expect(isGated({ score: 0, standardError: 0, labels: 10, copies: false })).toBe(true);
  });

  it('never judges a worker by tasks that nobody else has answered yet', () => {
    const digits = '0123456789'.split('');
    const votes = digits.map((label, i) => ({ task: `t${i}`, worker: 'early', label }));
    const later = [
      { task: 't3', worker: 'second', label: '3' },
      { task: 't3', worker: 'third', label: '3' },
      { task: 't6', worker: 'second', label: '7' },
      { task: 't6', worker: 'third', label: '7' },
    ];
    const table = buildVoteTable([...votes, ...later], digits);
    const early = informednessOf(table, twoLevelDawidSkene(table), () => true)[table.workers.indexOf('early')]!;
    expect(early.labels).toBe(2);
    expect(isGated(early)).toBe(false);
  });
});
