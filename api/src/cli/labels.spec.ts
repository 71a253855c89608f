import { describe, expect, it } from '@jest/globals';
import { parseCsv } from './csv.ts';
import { run } from './labels.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function labels(args: readonly string[], files: Record<string, string | Uint8Array>) {
  let out = '';
  let err = '';
  const code = run(args, {
    read: (path) => {
      const content = files[path];
      if (content === undefined) throw new Error('no such file');
      return typeof content === 'string' ? bytes(content) : content;
    },
    out: (text) => (out += text),
    err: (text) => (err += text),
  });
  return { code, out, err };
}

const aggregate = (answers: string | Uint8Array, ...args: string[]) =>
  labels(['aggregate', 'answers.csv', ...args], { 'answers.csv': answers });

describe('labels aggregate', () => {
  it('writes one row per task, ids and labels as they came', () => {
    const answers = 'task,worker,label\n007,w1,yes\n007,w2,yes\n007,w3,no\n1e3,w1,no\n1e3,w2,no\n';
    expect(aggregate(answers, '--method', 'mv')).toEqual({
      code: 0,
      out: 'task,label,posterior\n007,yes,0.666667\n1e3,no,1.000000\n',
      err: '',
    });
  });

  it('reads quotes, CRLF, a byte order mark, more columns in any order, and quotes what needs it', () => {
    const answers = '\ufefflabel,"task",note,worker\r\n"a ""b"",\r\nc","t,1",x,w1\r\n"a ""b"",\r\nc","t,1",,w2\r\n';
    expect(aggregate(answers).out).toMatch(/^task,label,posterior\n"t,1","a ""b"",\r\nc",[01]\.\d{6}\n$/);
  });

  it('keeps the last answer of a worker to a task and says so', () => {
    const result = aggregate('task,worker,label\nt,w,a\nt,w,b\n', '--method=mv');
    expect(result).toMatchObject({ code: 0, out: 'task,label,posterior\nt,b,1.000000\n' });
    expect(result.err).toContain('line 3');
  });

  it('answers an empty file of answers with an empty file of predictions', () => {
    expect(aggregate('task,worker,label\n')).toEqual({ code: 0, out: 'task,label,posterior\n', err: '' });
  });

  it.each([
    ['an empty file', '', 1],
    ['a missing column', 'task,worker\nt,w\n', 1],
    ['a column twice', 'task,worker,label,label\nt,w,a,b\n', 1],
    ['a short row', 'task,worker,label\nt,w,a\nt,w2\n', 3],
    ['a long row', 'task,worker,label\nt,w,a,b\n', 2],
    ['an empty value', 'task,worker,label\n\nt,,a\n', 3],
    ['an open quote', 'task,worker,label\nt,w,a\nt,"w2,a\n', 3],
    ['a quote in the middle', 'task,worker,label\nt,w"2,a\n', 2],
    ['text behind a quote', 'task,worker,label\nt,"w"2,a\n', 2],
    ['a row after a value of two lines', 'task,worker,label\n"t\n1",w,a\nt,w\n', 4],
  ])('names the line of %s and ends with 2', (_, answers, line) => {
    const result = aggregate(answers);
    expect(result).toMatchObject({ code: 2, out: '' });
    expect(result.err).toContain(`answers.csv: line ${line}: `);
  });

  it('names the line that is not UTF-8', () => {
    const broken = new Uint8Array([...bytes('task,worker,label\nt,w,a\nt,w2,'), 0xff, 0x0a]);
    expect(aggregate(broken)).toMatchObject({ code: 2, err: 'answers.csv: line 3: is not UTF-8\n' });
  });

  it('takes gold as known, also a label that nobody gave, and passes over gold of unanswered tasks', () => {
    const files = {
      'a.csv': 'task,worker,label\nt,w,a\nt,w2,a\n',
      'g.csv': 'task,label\nt,c\nelsewhere,d\n',
      'b.csv': 'task,label\nt,c\nt,d\n',
    };
    expect(labels(['aggregate', 'a.csv', '--gold', 'g.csv'], files).out).toBe('task,label,posterior\nt,c,1.000000\n');
    expect(labels(['aggregate', 'a.csv', '--gold', 'b.csv'], files)).toMatchObject({
      code: 2,
      err: 'b.csv: line 3: task t has two different answers\n',
    });
  });

  it('decides ties by the seed and never by the order of rows', () => {
    const rows = Array.from({ length: 40 }, (_, i) => [`t${i},w1,a\n`, `t${i},w2,b\n`]).flat();
    const of = (lines: string[], seed: string) =>
      aggregate(`task,worker,label\n${lines.join('')}`, '--method', 'mv', '--seed', seed).out;
    expect(of([...rows].reverse(), '1')).toBe(of(rows, '1'));
    expect(of(rows, '2')).not.toBe(of(rows, '1'));
    expect(of(rows, '1')).toMatch(/,a,/);
    expect(of(rows, '1')).toMatch(/,b,/);
  });

  it.each([
    [['frobnicate']],
    [['aggregate']],
    [['aggregate', 'a.csv', 'b.csv']],
    [['aggregate', 'a.csv', '--method', 'best']],
    [['aggregate', 'a.csv', '--seed', 'x']],
    [['aggregate', 'a.csv', '--what']],
    [['aggregate', 'missing.csv']],
  ])('refuses %j with 2 and nothing on stdout', (args) => {
    const result = labels(args, { 'a.csv': 'task,worker,label\nt,w,a\n' });
    expect(result).toMatchObject({ code: 2, out: '' });
    expect(result.err).not.toBe('');
  });
});

describe('parseCsv', () => {
  it('knows an empty field at the end of the file from a line break', () => {
    expect(parseCsv(bytes('a,b\r\nc,')).map((row) => row.fields)).toEqual([
      ['a', 'b'],
      ['c', ''],
    ]);
  });
});
