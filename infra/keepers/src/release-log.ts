import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** One answer of this keeper: what was asked, by whom, and what was given. */
export interface ReleaseEntry {
  requestId: string;
  account: string;
  via: 'lit' | 'batch';
  answers: { identity: string; contributorRef: string; answer: string }[];
}

interface LogLine extends ReleaseEntry {
  seq: number;
  at: string;
  prev: string;
  hash: string;
}

export interface ReleaseLogHead {
  seq: number;
  hash: string;
}

const GENESIS: ReleaseLogHead = { seq: 0, hash: '0'.repeat(64) };

/**
 * Append-only JSON lines, each carrying the hash of the line before it: an entry cannot be altered or removed without
 * changing the head, which `/health` publishes. A line is on disk before the answer leaves.
 */
export class ReleaseLog {
  readonly #fd: number;
  #head: ReleaseLogHead;

  private constructor(fd: number, head: ReleaseLogHead) {
    this.#fd = fd;
    this.#head = head;
  }

  /** Opens or creates the log. A half-written last line (power cut) is cut off; a broken chain is an error. */
  static open(path: string): ReleaseLog {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) truncateSync(path, Buffer.byteLength(whole));
    const head = verifyReleaseLog(whole);
    return new ReleaseLog(openSync(path, 'a', 0o600), head);
  }

  get head(): ReleaseLogHead {
    return this.#head;
  }

  append(entry: ReleaseEntry, now: Date = new Date()): ReleaseLogHead {
    const body = { seq: this.#head.seq + 1, at: now.toISOString(), ...entry, prev: this.#head.hash };
    const line: LogLine = { ...body, hash: hashOf(body) };
    writeSync(this.#fd, `${JSON.stringify(line)}\n`);
    fsyncSync(this.#fd);
    this.#head = { seq: line.seq, hash: line.hash };
    return this.#head;
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** @returns the head of a log's text. @throws at the first line whose hash, number or predecessor is wrong */
export function verifyReleaseLog(text: string): ReleaseLogHead {
  let head = GENESIS;
  for (const row of text.split('\n').filter((line) => line.length > 0)) {
    const { hash, ...body } = JSON.parse(row) as LogLine;
    if (body.seq !== head.seq + 1 || body.prev !== head.hash || hash !== hashOf(body)) {
      throw new Error(`release log: the chain breaks at entry ${head.seq + 1}`);
    }
    head = { seq: body.seq, hash };
  }
  return head;
}

const hashOf = (body: Omit<LogLine, 'hash'>): string => createHash('sha256').update(JSON.stringify(body)).digest('hex');
