import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomSource } from './simulate-votes.ts';
import type { SpanVote } from './spans.ts';
import { mergeSpans } from './spans.ts';

const LABELS = ['PER', 'LOC'];
const LENGTHS = new Map([
  ['s', 6],
  ['t', 4],
]);
const spans = (votes: readonly SpanVote[]) =>
  Object.fromEntries(
    [...mergeSpans(votes, LENGTHS, LABELS)].map(([text, list]) => [
      text,
      list.map(({ from, to, label }) => `${label} ${from}-${to}`),
    ]),
  );

describe('spans', () => {
  const agreed: SpanVote[] = ['ann', 'bob', 'eve'].flatMap((worker) => [
    { text: 's', worker, spans: [{ from: 0, to: 2, label: 'PER' }] },
    { text: 't', worker, spans: [{ from: 3, to: 4, label: 'LOC' }] },
  ]);

  it('that all mark come out as they are', () => {
    expect(spans(agreed)).toEqual({ s: ['PER 0-2'], t: ['LOC 3-4'] });
  });

  it('end where most end them, token by token', () => {
    const votes = agreed.map((vote) =>
      vote.text === 's' && vote.worker === 'eve' ? { ...vote, spans: [{ from: 0, to: 4, label: 'PER' }] } : vote,
    );
    expect(spans(votes).s).toEqual(['PER 0-2']);
  });

  it('of two labels side by side stay two', () => {
    const votes = agreed.map((vote) =>
      vote.text === 's'
        ? {
            ...vote,
            spans: [
              { from: 0, to: 2, label: 'PER' },
              { from: 2, to: 3, label: 'LOC' },
            ],
          }
        : vote,
    );
    expect(spans(votes).s).toEqual(['PER 0-2', 'LOC 2-3']);
  });

  it('that overlap, leave the text, or carry the name of no label are refused', () => {
    const of = (list: SpanVote['spans']) => () =>
      mergeSpans([{ text: 's', worker: 'w', spans: list }], LENGTHS, LABELS);
    expect(
      of([
        { from: 0, to: 2, label: 'PER' },
        { from: 1, to: 3, label: 'LOC' },
      ]),
    ).toThrow('two spans');
    expect(of([{ from: 5, to: 7, label: 'PER' }])).toThrow('not in a text');
    expect(of([{ from: 0, to: 1, label: 'X' }])).toThrow('not in the label schema');
    expect(() => mergeSpans([], LENGTHS, ['O'])).toThrow('stands for no label');
    expect(() => mergeSpans([{ text: 'u', worker: 'w', spans: [] }], LENGTHS, LABELS)).toThrow('not known');
  });

  it('are the same in any order of votes', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = randomSource(seed);
        const shuffled = agreed.map((vote) => ({ vote, key: random() })).sort((a, b) => a.key - b.key);
        expect(
          mergeSpans(
            shuffled.map(({ vote }) => vote),
            LENGTHS,
            LABELS,
          ),
        ).toEqual(mergeSpans(agreed, LENGTHS, LABELS));
      }),
      { numRuns: 10 },
    );
  });
});
