import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReleaseLog, verifyReleaseLog } from './release-log.ts';
import type { ReleaseLogOptions } from './release-log.ts';

const entry = (account: string) => ({
  requestId: 'r',
  account,
  via: 'batch' as const,
  released: [{ kind: 'kek' as const, identity: 'a/b', contributorRef: '0x1' }],
});

describe('the release log', () => {
  let folder: string;
  let day: string;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'allod-log-')), 'releases');
    day = '2026-01-01';
  });
  afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

  const open = (options: ReleaseLogOptions = {}): ReleaseLog =>
    ReleaseLog.open(folder, { now: () => new Date(`${day}T12:00:00Z`), ...options });
  const fileOf = (of = day): string => join(folder, `${of}.jsonl`);
  const append = (accounts: string[], options: ReleaseLogOptions = {}) => {
    const log = open(options);
    for (const account of accounts) log.append(entry(account));
    log.close();
    return log.head;
  };

  it('continues its chain after a restart', () => {
    const head = append(['0xa', '0xb', '0xc']);
    expect(head.seq).toBe(3);
    expect(verifyReleaseLog(folder)).toEqual(head);
    const next = append(['0xd']);
    expect(next.seq).toBe(4);
    expect(verifyReleaseLog(folder)).toEqual(next);
  });

  it('gives its kept entries when it opens, oldest first, over the days', () => {
    append(['0xa']);
    day = '2026-01-02';
    append(['0xb', '0xc']);
    expect(readdirSync(folder)).toEqual(['2026-01-01.jsonl', '2026-01-02.jsonl']);
    const seen: string[] = [];
    open({ onEntry: ({ at, account }) => seen.push(`${at.slice(0, 10)} ${account}`) }).close();
    expect(seen).toEqual(['2026-01-01 0xa', '2026-01-02 0xb', '2026-01-02 0xc']);
  });

  it('cuts off a line that a power cut left half-written', () => {
    append(['0xa', '0xb', '0xc']);
    const text = readFileSync(fileOf(), 'utf8');
    appendFileSync(fileOf(), '{"seq":4,"at":"20');
    const log = open();
    log.close();
    expect(log.head.seq).toBe(3);
    expect(readFileSync(fileOf(), 'utf8')).toBe(text);
  });

  it.each<[string, (lines: string[]) => string[]]>([
    ['a changed entry', ([a, b, c]) => [a!, b!.replace('0xb', '0xe'), c!]],
    ['a removed entry', ([a, , c]) => [a!, c!]],
    ['exchanged entries', ([a, b, c]) => [b!, a!, c!]],
    ['a doubled entry', ([a, b, c]) => [a!, b!, b!, c!]],
  ])('does not start on %s', (_, change) => {
    append(['0xa', '0xb', '0xc']);
    const lines = readFileSync(fileOf(), 'utf8').trim().split('\n');
    writeFileSync(fileOf(), `${change(lines).join('\n')}\n`);
    expect(() => open()).toThrow('the chain breaks');
  });

  it('does not start when a day is missing', () => {
    append(['0xa']);
    day = '2026-01-02';
    append(['0xb']);
    rmSync(fileOf('2026-01-01'));
    expect(() => open()).toThrow('the chain breaks at entry 1');
  });

  it('forgets days past its retention, and its chain goes on', () => {
    append(['0xa', '0xb']);
    day = '2026-01-02';
    append(['0xc']);
    day = '2026-01-12';
    const head = append(['0xd'], { retentionDays: 10 });
    expect(readdirSync(folder).sort()).toEqual(['2026-01-02.jsonl', '2026-01-12.jsonl', 'anchor.json']);
    expect(head.seq).toBe(4);
    expect(verifyReleaseLog(folder)).toEqual(head);
    day = '2026-03-01';
    expect(append(['0xe'], { retentionDays: 10 }).seq).toBe(5);
    expect(readdirSync(folder).sort()).toEqual(['2026-03-01.jsonl', 'anchor.json']);
  });

  it('opens when it was killed between the anchor and the deletion of what it replaces', () => {
    append(['0xa', '0xb']);
    const old = readFileSync(fileOf(), 'utf8');
    day = '2026-02-01';
    const head = append(['0xc'], { retentionDays: 10 });
    writeFileSync(fileOf('2026-01-01'), old);
    const log = open();
    log.close();
    expect(log.head).toEqual(head);
  });

  it('takes back what a full disk left half-written, says so, and goes on when there is room again', () => {
    const script = `
      import { ReleaseLog } from ${JSON.stringify(new URL('release-log.ts', import.meta.url).href)};
      const log = ReleaseLog.open(${JSON.stringify(folder)}, { now: () => new Date('2026-01-01T12:00:00Z') });
      let written = 0;
      try {
        for (; written < 100; written++) log.append(${JSON.stringify(entry('0xa'))});
      } catch (error) {
        console.log(JSON.stringify({ written, code: error.code, seq: log.head.seq }));
      }`;
    // The shell's limit on the size of a file: the system takes what fits of the last line, then refuses.
    const limited = ['-c', 'ulimit -f 4 && exec "$0" --input-type=module -e "$1"', process.execPath, script];
    const { NODE_OPTIONS: _, ...env } = process.env;
    const told = JSON.parse(execFileSync('sh', limited, { env, encoding: 'utf8' })) as Record<string, unknown>;
    expect(told).toMatchObject({ code: 'EFBIG', seq: told['written'] });
    expect(told['written']).toBeGreaterThan(1);
    expect(readFileSync(fileOf(), 'utf8')).toMatch(/}\n$/);
    expect(append(['0xb']).seq).toBe((told['seq'] as number) + 1);
    expect(verifyReleaseLog(folder).seq).toBe((told['seq'] as number) + 1);
  });

  it('gives nothing more when it is as large as it may be', () => {
    append(['0xa']);
    const size = statSync(fileOf()).size;
    const log = open({ maxBytes: 3 * size - 1 });
    log.append(entry('0xb'));
    expect(() => log.append(entry('0xc'))).toThrow('are full');
    log.close();
    expect(log.bytes).toBe(2 * size);
    expect(append(['0xc']).seq).toBe(3);
  });

  it('stays in order when the clock goes back', () => {
    day = '2026-01-02';
    append(['0xa']);
    day = '2026-01-01';
    const head = append(['0xb']);
    expect(readdirSync(folder)).toEqual(['2026-01-02.jsonl']);
    expect(verifyReleaseLog(folder)).toEqual(head);
  });
});
