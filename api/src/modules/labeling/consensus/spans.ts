import { twoLevelDawidSkene } from './dawid-skene.ts';
import { argmax } from './majority-vote.ts';
import type { Vote } from './vote-table.ts';
import { buildVoteTable } from './vote-table.ts';

/** Tokens `from` up to, not including, `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

/** Everything that one worker marked in one text; no spans is an answer too. */
export interface SpanVote {
  readonly text: string;
  readonly worker: string;
  readonly spans: readonly Span[];
}

export interface MergedSpan extends Span {
  /** Smallest posterior of its tokens. */
  readonly posterior: number;
}

const OUTSIDE = 'O';

/**
 * Spans by consensus: every token of a text is a task whose classes are the labels and "outside", judged by the two-level
 * Dawid–Skene model over all texts (token-level aggregation of sequence labels: Rodrigues, Pereira & Ribeiro 2014;
 * Nguyen et al. 2017 use it as the baseline), and neighbours of one label are merged. `lengths` is the number of tokens of
 * each text. Overlapping spans of one worker, and spans outside the text, throw. Result by text, in the order of tokens.
 */
export function mergeSpans(
  votes: readonly SpanVote[],
  lengths: ReadonlyMap<string, number>,
  labels: readonly string[],
): Map<string, MergedSpan[]> {
  if (labels.includes(OUTSIDE)) throw new Error(`the label ${OUTSIDE} stands for no label`);
  const classes = [OUTSIDE, ...labels];
  const tokens: Vote[] = votes.flatMap(({ text, worker, spans }) =>
    tokensOf(spans, lengthOf(lengths, text)).map((label, i) => ({ task: taskOf(text, i), worker, label })),
  );
  const table = buildVoteTable(tokens, classes);
  const { posterior } = twoLevelDawidSkene(table);
  const position = new Map(table.tasks.map((task, t) => [task, t]));
  const texts = [...new Set(votes.map(({ text }) => text))].sort();
  return new Map(
    texts.map((text) => {
      const given = Array.from({ length: lengthOf(lengths, text) }, (_, i) => {
        const at = position.get(taskOf(text, i))! * classes.length;
        const k = argmax(posterior, at, classes.length);
        return { label: classes[k]!, posterior: posterior[at + k]! };
      });
      return [text, merged(given)] as const;
    }),
  );
}

/** The text comes last, so that no text can be taken for another with a number. */
const taskOf = (text: string, token: number): string => `${token}:${text}`;

function lengthOf(lengths: ReadonlyMap<string, number>, text: string): number {
  const length = lengths.get(text);
  if (length === undefined) throw new Error(`the length of text ${text} is not known`);
  return length;
}

function tokensOf(spans: readonly Span[], length: number): string[] {
  const tokens = new Array<string>(length).fill(OUTSIDE);
  for (const { from, to, label } of spans) {
    if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to && to <= length)) {
      throw new Error(`the span ${from} to ${to} is not in a text of ${length} tokens`);
    }
    for (let i = from; i < to; i += 1) {
      if (tokens[i] !== OUTSIDE) throw new Error(`token ${i} is in two spans of one worker`);
      tokens[i] = label;
    }
  }
  return tokens;
}

function merged(tokens: readonly { readonly label: string; readonly posterior: number }[]): MergedSpan[] {
  const spans: MergedSpan[] = [];
  tokens.forEach(({ label, posterior }, i) => {
    if (label === OUTSIDE) return;
    const last = spans.at(-1);
    if (last && last.to === i && last.label === label) {
      spans[spans.length - 1] = { ...last, to: i + 1, posterior: Math.min(last.posterior, posterior) };
    } else spans.push({ from: i, to: i + 1, label, posterior });
  });
  return spans;
}
