import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Code, ItemReason, ReceiptKind, VerdictReason } from './codes.ts';
import { Purpose } from './purposes.ts';
import { types, verifyingContractOf, type StructName } from './typed-data.ts';

/** The written decision must not say anything else than code and vectors. */
const text = readFileSync(new URL('../../../infra/decisions/0001-formats.md', import.meta.url), 'utf8');
const folder = new URL('../vectors/', import.meta.url);
const vectors = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => readFileSync(new URL(name, folder), 'utf8'))
  .join('\n');
const words = (pattern: RegExp): string[] => [...new Set([...text.matchAll(pattern)].map((match) => match[0]))];

describe('0001-formats', () => {
  it('quotes only values of the vectors', () => {
    const values = [...words(/0x[0-9a-f]{40,}/g), ...words(/\b[0-9a-f]{64}\b/g), ...words(/\bbaf[a-z2-7]{56}\b/g)];
    expect(values.length).toBeGreaterThan(50);
    expect(values.filter((value) => !vectors.includes(value))).toEqual([]);
  });

  it.each(Object.keys(types) as StructName[])('has type and contract of %s', (struct) => {
    const fields = types[struct].map(({ type, name }) => `${type} ${name}`).join(',');
    expect(text).toContain(`| \`${struct}(${fields})\` | ${verifyingContractOf[struct]} |`);
  });

  it('lists every code and number', () => {
    for (const code of Object.values(Code)) expect(text).toMatch(new RegExp(`\\b${code}\\b`));
    for (const numbers of [VerdictReason, ItemReason, ReceiptKind, Purpose]) {
      for (const [name, value] of Object.entries(numbers))
        expect(text).toMatch(new RegExp(`\\b${name}\\s+${value}\\b`));
    }
  });
});
