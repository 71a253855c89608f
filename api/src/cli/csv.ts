/** Something that is not the CSV it should be; `line` counts from 1 as an editor does. */
export class CsvError extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.name = 'CsvError';
    this.line = line;
  }
}

export interface CsvRow {
  readonly line: number;
  readonly fields: readonly string[];
}

/** RFC 4180, with LF as well as CRLF, an optional byte order mark, and empty lines passed over. */
export function parseCsv(bytes: Uint8Array): CsvRow[] {
  const text = decode(bytes);
  const rows: CsvRow[] = [];
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let line = 1;
  while (at < text.length) {
    const first = line;
    const fields: string[] = [];
    let ended = false;
    while (!ended) {
      const quoted = text[at] === '"';
      const field = quoted ? readQuoted(text, at, line) : readBare(text, at, line);
      fields.push(field.value);
      line += field.breaks;
      at = field.end;
      if (text[at] === ',') at += 1;
      else ended = true;
    }
    if (text.startsWith('\r\n', at)) at += 2;
    else if (at < text.length) at += 1;
    line += 1;
    const isEmpty = fields.length === 1 && fields[0] === '';
    if (!isEmpty) rows.push({ line: first, fields });
  }
  return rows;
}

/** The columns `names` of each row below the header, in this order; more columns are allowed, empty values are not. */
export function readColumns(bytes: Uint8Array, names: readonly string[]): CsvRow[] {
  const [header, ...rows] = parseCsv(bytes);
  if (!header) throw new CsvError(1, `needs a header with ${names.join(',')}`);
  const columns = names.map((name) => {
    const column = header.fields.indexOf(name);
    if (column < 0) throw new CsvError(header.line, `needs a header with ${names.join(',')}: no column ${name}`);
    if (header.fields.lastIndexOf(name) !== column) throw new CsvError(header.line, `column ${name} appears twice`);
    return column;
  });
  return rows.map(({ line, fields }) => {
    if (fields.length !== header.fields.length) {
      throw new CsvError(line, `has ${fields.length} fields where the header has ${header.fields.length}`);
    }
    const values = columns.map((column) => fields[column]!);
    const missing = values.indexOf('');
    if (missing >= 0) throw new CsvError(line, `${names[missing]!} is empty`);
    return { line, fields: values };
  });
}

/** One line of CSV, quoted where RFC 4180 asks for it. */
export function formatRow(fields: readonly string[]): string {
  return `${fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')}\n`;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CsvError(firstBadLine(bytes), 'is not UTF-8');
  }
}

function firstBadLine(bytes: Uint8Array): number {
  let line = 1;
  let from = 0;
  for (let at = 0; at <= bytes.length; at += 1) {
    if (at < bytes.length && bytes[at] !== 0x0a) continue;
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(from, at));
    } catch {
      return line;
    }
    from = at + 1;
    line += 1;
  }
  return line;
}

interface Field {
  readonly value: string;
  readonly end: number;
  readonly breaks: number;
}

const isBreak = (text: string, at: number): boolean => text[at] === '\n' || text.startsWith('\r\n', at);

function readBare(text: string, from: number, line: number): Field {
  let end = from;
  while (end < text.length && text[end] !== ',' && !isBreak(text, end)) {
    if (text[end] === '"') throw new CsvError(line, 'has a quote inside a field that is not quoted');
    end += 1;
  }
  return { value: text.slice(from, end), end, breaks: 0 };
}

function readQuoted(text: string, from: number, line: number): Field {
  let value = '';
  let start = from + 1;
  for (;;) {
    const quote = text.indexOf('"', start);
    if (quote < 0) throw new CsvError(line, 'opens a quote that is never closed');
    value += text.slice(start, quote);
    if (text[quote + 1] === '"') {
      value += '"';
      start = quote + 2;
      continue;
    }
    const end = quote + 1;
    if (end < text.length && text[end] !== ',' && !isBreak(text, end)) {
      throw new CsvError(line, 'goes on after a closing quote');
    }
    return { value, end, breaks: value.split('\n').length - 1 };
  }
}
