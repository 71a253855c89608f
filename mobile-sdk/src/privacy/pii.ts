/** Kinds of personal data that are recognised by their form. Names and addresses have none: a detector is a help, no proof. */
export type PiiKind = 'email' | 'phone' | 'card' | 'iban';

export interface PiiMatch {
  kind: PiiKind;
  /** Place in the text, in UTF-16 code units. */
  start: number;
  end: number;
}

const EMAIL = /[\p{L}\p{N}._%+-]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}\p{L}{2,24}/gu;
const CARD = /(?<![\dA-Za-z])\d(?:[ -]?\d){12,18}(?![\dA-Za-z])/g;
const IBAN = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?![A-Za-z0-9])/gi;
/** E.164 with `+` or `00`, or a national number with separators; 8 to 15 digits. Plain digit runs are left alone. */
const PHONE = /(?<![\dA-Za-z.])(?:(?:\+|00)\d|\(?0\d)(?:[ ()/-]{0,2}\d){6,13}(?![\dA-Za-z])/g;

/** Check digit of payment card numbers (ISO/IEC 7812-1, Annex B). */
export function isLuhn(digits: string): boolean {
  if (!/^\d{13,19}$/.test(digits)) return false;
  const sum = [...digits].reverse().reduce((total, digit, i) => {
    const value = Number(digit) * (i % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** Check digits of an IBAN without spaces (ISO 13616: the number mod 97 is 1). */
export function isIban(iban: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) return false;
  const moved = iban.slice(4) + iban.slice(0, 4);
  let rest = 0;
  for (const digit of [...moved].map((c) => parseInt(c, 36)).join('')) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1;
}

/** The longest IBAN that starts where the match does: the greedy pattern may have swallowed the word behind it. */
function ibanIn(match: string): string | undefined {
  for (let end = match.length; end >= 15; end--) {
    const part = match.slice(0, end);
    if (!part.endsWith(' ') && isIban(part.replaceAll(' ', '').toUpperCase())) return part;
  }
  return undefined;
}

/** Finds e-mail addresses, IBANs (mod 97), card numbers (Luhn) and phone numbers; matches do not overlap, in order of place. */
export function findPii(text: string): PiiMatch[] {
  const found: PiiMatch[] = [];
  const add = (kind: PiiKind, start: number, length: number): void => {
    const end = start + length;
    if (!found.some((other) => start < other.end && other.start < end)) found.push({ kind, start, end });
  };
  for (const { 0: match, index } of text.matchAll(EMAIL)) add('email', index, match.length);
  for (const { 0: match, index } of text.matchAll(IBAN)) {
    const iban = ibanIn(match);
    if (iban !== undefined) add('iban', index, iban.length);
  }
  for (const { 0: match, index } of text.matchAll(CARD))
    if (isLuhn(match.replace(/[ -]/g, ''))) add('card', index, match.length);
  for (const { 0: match, index } of text.matchAll(PHONE)) add('phone', index, match.length);
  return found.sort((a, b) => a.start - b.start);
}

/** Replaces what {@link findPii} finds by its kind in brackets, for example `[email]`. */
export function redactPii(text: string): { text: string; found: PiiMatch[] } {
  const found = findPii(text);
  let at = 0;
  let redacted = '';
  for (const { kind, start, end } of found) {
    redacted += `${text.slice(at, start)}[${kind}]`;
    at = end;
  }
  return { text: redacted + text.slice(at), found };
}
