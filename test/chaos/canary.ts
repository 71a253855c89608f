import { randomBytes } from 'node:crypto';
import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

/** A word that nothing contains by chance. */
export const newCanary = (): string => `canary${randomBytes(12).toString('hex')}`;

/** The word as it would look raw, in UTF-16, as hex, and as base64 at each of the three places that it can have there. */
export function disguises(canary: string): Map<string, Buffer> {
  const raw = Buffer.from(canary);
  const base64 = (shift: number): string => {
    const text = Buffer.concat([Buffer.alloc(shift), raw]).toString('base64');
    // The characters at both ends depend on the neighbours too.
    return text.slice(shift === 0 ? 0 : 4, -4);
  };
  return new Map([
    ['raw', raw],
    ['utf16', Buffer.from(canary, 'utf16le')],
    ['hex', Buffer.from(raw.toString('hex'))],
    ['HEX', Buffer.from(raw.toString('hex').toUpperCase())],
    ...[0, 1, 2].map((shift) => [`base64+${shift}`, Buffer.from(base64(shift))] as const),
    ...[0, 1, 2].map((shift) => {
      const safe = base64(shift).replaceAll('+', '-').replaceAll('/', '_');
      return [`base64url+${shift}`, Buffer.from(safe)] as const;
    }),
  ]);
}

export interface Finding {
  place: string;
  disguise: string;
}

export interface Searched {
  files: number;
  bytes: number;
  findings: Finding[];
}

/** Reads every byte of every file below the folders. */
export async function searchFiles(folders: readonly string[], canary: string): Promise<Searched> {
  const found: Searched = { files: 0, bytes: 0, findings: [] };
  const needles = disguises(canary);
  const longest = Math.max(...[...needles.values()].map((needle) => needle.length));
  for (const path of folders.flatMap(filesBelow)) {
    found.files++;
    let tail: Buffer = Buffer.alloc(0);
    const seen = new Set<string>();
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      found.bytes += (chunk as Buffer).length;
      const window = Buffer.concat([tail, chunk as Buffer]);
      for (const [disguise, needle] of needles) if (window.includes(needle)) seen.add(disguise);
      tail = window.subarray(Math.max(0, window.length - longest + 1));
    }
    for (const disguise of seen) found.findings.push({ place: path, disguise });
  }
  return found;
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) throw new Error(`there is nothing to search at ${folder}`);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Reads every row as text, which also opens what PostgreSQL compressed on its pages. */
export async function searchDatabase(url: string, canary: string): Promise<{ rows: number; findings: Finding[] }> {
  const db = new pg.Client({ connectionString: url });
  await db.connect();
  try {
    const tables = await db.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    const needles = [...disguises(canary)].map(([disguise, needle]) => [disguise, needle.toString('latin1')] as const);
    const result: { rows: number; findings: Finding[] } = { rows: 0, findings: [] };
    for (const { name } of tables.rows) {
      const { rows } = await db.query<{ text: string }>(`SELECT t::text AS text FROM ${name} t`);
      result.rows += rows.length;
      for (const [disguise, needle] of needles)
        if (rows.some(({ text }) => text.includes(needle))) result.findings.push({ place: name, disguise });
    }
    return result;
  } finally {
    await db.end();
  }
}
