import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import documents from '../vectors/documents.json' with { type: 'json' };
import { canonicalJson, jsonBytes, jsonKeccak, jsonSha256 } from './json.ts';

describe('canonical JSON', () => {
  it.each(documents.jcs)('writes $canonicalText', ({ value, canonicalText, sha256, keccak256 }) => {
    expect(canonicalJson(value)).toBe(canonicalText);
    expect(jsonSha256(value)).toBe(sha256);
    expect(jsonKeccak(value)).toBe(keccak256);
  });

  it('passes the example of RFC 8785 section 3.2.2', () => {
    const value = {
      numbers: JSON.parse('[333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001]') as number[],
      string: "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\u0022\u002f",
      literals: [null, true, false],
    };
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts keys by UTF-16 code units (RFC 8785 section 3.2.3)', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7 };
    expect(Object.values(JSON.parse(canonicalJson(value)) as object).length).toBe(7);
    expect([...canonicalJson(value).matchAll(/:(\d)/g)].map((match) => match[1]).join('')).toBe('2467153');
  });

  it('is a fixed point, keeps the value and does not depend on key order', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(text);
        expect(new TextDecoder().decode(jsonBytes(value))).toBe(text);
      }),
    );
  });

  it('refuses what JSON cannot carry', () => {
    for (const bad of [undefined, Number.NaN, Number.POSITIVE_INFINITY, 1n, () => 1]) {
      expect(() => canonicalJson(bad)).toThrow();
    }
  });
});
