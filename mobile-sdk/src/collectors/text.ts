import { canonicalJson, utf8 } from '@allod/protocol';
import { pad, publicDay } from '../privacy/padding.ts';
import { type PiiKind, redactPii } from '../privacy/pii.ts';
import type { CollectedItem } from './item.ts';
import { BadReadingError } from './units.ts';

/** As `textSchema` has it. */
export interface TextRecord {
  v: 1;
  kind: 'text';
  text: string;
  language: string;
  redacted: Record<PiiKind, number>;
}

/**
 * Text in Unicode NFC with line feeds, without control characters, and with e-mail addresses, phone, card and account numbers replaced.
 *
 * @param language BCP 47 tag, for example `pt-BR`
 * @throws BadReadingError for an empty text, one above 200,000 characters or a malformed language tag
 */
export function normalizeText(raw: string, language: string): TextRecord {
  if (!/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(language))
    throw new BadReadingError(`${language} is no language tag`);
  const clean = raw
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\t\n]/gu, '')
    .trim();
  const { text, found } = redactPii(clean);
  if (text.length === 0 || text.length > 200_000) throw new BadReadingError('a text has 1 to 200,000 characters');
  const redacted = { email: 0, phone: 0, card: 0, iban: 0 };
  for (const { kind } of found) redacted[kind]++;
  return { v: 1, kind: 'text', text, language, redacted };
}

/** The text as an item for `contribute`. @param time when it was given, milliseconds since 1970 */
export function textItem(record: TextRecord, time: number): CollectedItem {
  return {
    bytes: pad(utf8(canonicalJson(record))),
    mediaType: 'application/json',
    metadata: { kind: record.kind, language: record.language, day: publicDay(time), padding: 'iso7816-4' },
  };
}
