import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { dayOf } from './daily-cap.ts';

/** One answer that gave shares: to whom and of which keys. What was refused is counted in metrics, not kept. */
export interface ReleaseEntry {
  requestId: string;
  account: string;
  via: 'lit' | 'batch';
  released: { kind: 'kek' | 'label'; identity: string; contributorRef: string }[];
}

export interface ReleaseLine extends ReleaseEntry {
  seq: number;
  /** ISO 8601, UTC. */
  at: string;
  /** Hash of the line before; 64 zeros for the first. */
  prev: string;
  hash: string;
}

export interface ReleaseLogHead {
  seq: number;
  hash: string;
}

export interface ReleaseLogOptions {
  /** Days that entries are kept; the chain goes on over pruned ones. */
  retentionDays?: number;
  /** Bytes of all kept entries; past them nothing is appended, so nothing is released. */
  maxBytes?: number;
  /** Called with every kept entry, oldest first, while the log opens. */
  onEntry?: (line: ReleaseLine) => void;
  now?: () => Date;
}

const GENESIS: ReleaseLogHead = { seq: 0, hash: '0'.repeat(64) };
const SEGMENT = /^\d{4}-\d{2}-\d{2}\.jsonl$/;
const DAY_MS = 86_400_000;
const READ_BYTES = 1024 * 1024;
const DEFAULT_MAX_BYTES = 20 * 2 ** 30;

/**
 * Append-only JSON lines, a file per UTC day, each line carrying the hash of the line before it: an entry cannot be
 * altered or removed without changing the head, which `/health` publishes. A line is on disk before the answer leaves;
 * what cannot be written whole is taken back, and an error keeps the answer from leaving.
 * Days older than the retention are deleted; `anchor.json` then says with which number and hash the kept lines begin.
 */
export class ReleaseLog {
  readonly #folder: string;
  readonly #retentionMs: number;
  readonly #maxBytes: number;
  readonly #now: () => Date;
  #bytes: number;
  #unsafe: unknown;
  #head: ReleaseLogHead;
  #day: string;
  #fd: number | undefined;

  private constructor(folder: string, options: ReleaseLogOptions, head: ReleaseLogHead, day: string) {
    this.#folder = folder;
    this.#retentionMs = (options.retentionDays ?? 90) * DAY_MS;
    this.#maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
    this.#now = options.now ?? (() => new Date());
    this.#bytes = bytesOf(folder);
    this.#head = head;
    this.#day = day;
  }

  /** Opens or creates the log. A half-written last line (power cut) is cut off; a broken chain is an error. */
  static open(folder: string, options: ReleaseLogOptions = {}): ReleaseLog {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const last = segmentsOf(folder).at(-1);
    if (last) cutTornLine(join(folder, last));
    const head = verifyReleaseLog(folder, options.onEntry);
    return new ReleaseLog(folder, options, head, last?.slice(0, 10) ?? '');
  }

  get head(): ReleaseLogHead {
    return this.#head;
  }

  /** Bytes of all kept entries. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @throws when the entry is not on disk, whole: the shares it names must not leave then */
  append(entry: ReleaseEntry): ReleaseLogHead {
    if (this.#unsafe !== undefined) throw new Error('release log: the disk failed; restart', { cause: this.#unsafe });
    const now = this.#now();
    const fd = this.#segmentFor(now);
    const body = { seq: this.#head.seq + 1, at: now.toISOString(), ...entry, prev: this.#head.hash };
    const line: ReleaseLine = { ...body, hash: hashOf(body) };
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    if (this.#bytes + bytes.length > this.#maxBytes) throw new Error(`release log: ${this.#maxBytes} bytes are full`);
    this.#write(fd, bytes);
    this.#bytes += bytes.length;
    this.#head = { seq: line.seq, hash: line.hash };
    return this.#head;
  }

  /** A full disk takes part of a line. That part is cut off, else the next line would continue it and break the chain. */
  #write(fd: number, bytes: Buffer): void {
    const before = fstatSync(fd).size;
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(fd, bytes, written);
    } catch (error) {
      this.#orUnsafe(() => ftruncateSync(fd, before));
      throw error;
    }
    this.#orUnsafe(() => fsyncSync(fd));
  }

  /** After a failed cut or sync nobody knows what is on the disk: nothing more is written until a start reads it again. */
  #orUnsafe(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#unsafe = error;
      throw error;
    }
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** A clock that goes back stays in the newest file, so that the order of the files is the order of the lines. */
  #segmentFor(now: Date): number {
    const day = dayOf(now);
    if (this.#fd !== undefined && day <= this.#day) return this.#fd;
    this.close();
    if (day > this.#day) this.#day = day;
    this.#fd = openSync(join(this.#folder, `${this.#day}.jsonl`), 'a', 0o600);
    syncFolder(this.#folder);
    this.#prune(new Date(now.getTime() - this.#retentionMs));
    return this.#fd;
  }

  /** The anchor is on disk before what it replaces goes, so that a crash in between leaves a log that opens. */
  #prune(before: Date): void {
    const old = segmentsOf(this.#folder).filter((name) => name.slice(0, 10) < dayOf(before));
    if (old.length === 0) return;
    let head = anchorOf(this.#folder);
    for (const name of old) {
      for (const { seq, hash } of linesOf(join(this.#folder, name))) if (seq > head.seq) head = { seq, hash };
    }
    writeAnchor(this.#folder, head);
    for (const name of old) rmSync(join(this.#folder, name));
    this.#bytes = bytesOf(this.#folder);
  }
}

/** @returns the head of the log in a folder. @throws at the first line whose hash, number or predecessor is wrong */
export function verifyReleaseLog(folder: string, onEntry: (line: ReleaseLine) => void = () => {}): ReleaseLogHead {
  const anchor = anchorOf(folder);
  let head = anchor;
  for (const name of segmentsOf(folder)) {
    for (const line of linesOf(join(folder, name))) {
      if (line.seq <= anchor.seq) continue;
      const { hash, ...body } = line;
      if (body.seq !== head.seq + 1 || body.prev !== head.hash || hash !== hashOf(body)) {
        throw new Error(`release log: the chain breaks at entry ${head.seq + 1}`);
      }
      head = { seq: body.seq, hash };
      onEntry(line);
    }
  }
  return head;
}

const segmentsOf = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => SEGMENT.test(name))
    .sort();

const anchorFile = (folder: string): string => join(folder, 'anchor.json');

function anchorOf(folder: string): ReleaseLogHead {
  const path = anchorFile(folder);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as ReleaseLogHead) : GENESIS;
}

function writeAnchor(folder: string, head: ReleaseLogHead): void {
  const path = anchorFile(folder);
  const fd = openSync(`${path}.new`, 'w', 0o600);
  writeSync(fd, JSON.stringify(head));
  fsyncSync(fd);
  closeSync(fd);
  renameSync(`${path}.new`, path);
  syncFolder(folder);
}

function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  fsyncSync(fd);
  closeSync(fd);
}

const bytesOf = (folder: string): number =>
  segmentsOf(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);

/** Cuts off what follows the last line end, which lies at most one line from the end. */
function cutTornLine(path: string): void {
  const fd = openSync(path, 'r+');
  try {
    const { size } = fstatSync(fd);
    let end = 0;
    for (let from = size, to = size; from > 0 && end === 0; to = from) {
      from = Math.max(0, to - READ_BYTES);
      const piece = Buffer.alloc(to - from);
      readSync(fd, piece, 0, piece.length, from);
      const at = piece.lastIndexOf('\n');
      if (at >= 0) end = from + at + 1;
    }
    if (end === size) return;
    ftruncateSync(fd, end);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Lines of one file, read piece by piece: a busy day does not fit a string. */
function* linesOf(path: string): Generator<ReleaseLine> {
  const fd = openSync(path, 'r');
  const piece = Buffer.alloc(READ_BYTES);
  try {
    let rest: Buffer = Buffer.alloc(0);
    for (let read = readSync(fd, piece); read > 0; read = readSync(fd, piece)) {
      const bytes = Buffer.concat([rest, piece.subarray(0, read)]);
      const end = bytes.lastIndexOf('\n') + 1;
      rest = bytes.subarray(end);
      for (const row of bytes.toString('utf8', 0, end).split('\n')) if (row !== '') yield parseLine(row);
    }
    if (rest.length > 0) throw new Error('release log: a line is not ended');
  } finally {
    closeSync(fd);
  }
}

function parseLine(row: string): ReleaseLine {
  try {
    return JSON.parse(row) as ReleaseLine;
  } catch (cause) {
    throw new Error('release log: a line is not JSON', { cause });
  }
}

const hashOf = (body: Omit<ReleaseLine, 'hash'>): string =>
  createHash('sha256').update(JSON.stringify(body)).digest('hex');
