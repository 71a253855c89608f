import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReleaseLog, verifyReleaseLog } from './release-log.ts';

const entry = (account: string) => ({
  requestId: 'r',
  account,
  via: 'batch' as const,
  answers: [{ identity: 'a/b', contributorRef: '0x1', answer: 'RELEASED' }],
});

describe('the release log', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'allod-log-'));
    path = join(folder, 'data', 'releases.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const filled = (): string => {
    const log = ReleaseLog.open(path);
    for (const account of ['0xa', '0xb', '0xc']) log.append(entry(account));
    log.close();
    return readFileSync(path, 'utf8');
  };

  it('continues its chain after a restart', () => {
    const text = filled();
    const log = ReleaseLog.open(path);
    expect(log.head).toEqual(verifyReleaseLog(text));
    expect(log.head.seq).toBe(3);
    const head = log.append(entry('0xd'));
    log.close();
    expect(verifyReleaseLog(readFileSync(path, 'utf8'))).toEqual(head);
  });

  it('cuts off a line that a power cut left half-written', () => {
    const text = filled();
    appendFileSync(path, '{"seq":4,"at":"20');
    const log = ReleaseLog.open(path);
    log.close();
    expect(log.head.seq).toBe(3);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it.each<[string, (lines: string[]) => string[]]>([
    ['a changed entry', ([a, b, c]) => [a!, b!.replace('0xb', '0xe'), c!]],
    ['a removed entry', ([a, , c]) => [a!, c!]],
    ['exchanged entries', ([a, b, c]) => [b!, a!, c!]],
    ['a doubled entry', ([a, b, c]) => [a!, b!, b!, c!]],
  ])('does not start on %s', (_, change) => {
    const lines = filled().trim().split('\n');
    writeFileSync(path, `${change(lines).join('\n')}\n`);
    expect(() => ReleaseLog.open(path)).toThrow('the chain breaks');
  });
});
