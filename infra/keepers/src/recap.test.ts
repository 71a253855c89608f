import { describe, expect, it } from '@jest/globals';
import { decodeRecap, recapCovers, recapStatement } from './recap.ts';

const encode = (value: unknown): string => `urn:recap:${Buffer.from(JSON.stringify(value)).toString('base64url')}`;
const anything = 'lit-accesscontrolcondition://*';

describe('a recap', () => {
  it('is read back with its sentence', () => {
    const att = decodeRecap(encode({ att: { [anything]: { 'Threshold/Decryption': [{}] } }, prf: [] }))!;
    expect(recapStatement(att)).toBe(
      "I further authorize the stated URI to perform the following actions on my behalf: (1) 'Threshold': 'Decryption' for 'lit-accesscontrolcondition://*'.",
    );
    expect(recapCovers(att, 'lit-accesscontrolcondition://a/b')).toBe(true);
  });

  it('counts its clauses by resource and namespace, sorted', () => {
    const att = { 'b:x': { 'two/b': [{}], 'two/a': [{}], 'one/c': [{}] }, 'a:y': { '*/*': [{}] } };
    expect(recapStatement(att)).toMatch(
      /: \(1\) '\*': '\*' for 'a:y'\. \(2\) 'one': 'c' for 'b:x'\. \(3\) 'two': 'a', 'b' for 'b:x'\.$/,
    );
  });

  it('covers only what it names', () => {
    const exact = { 'lit-accesscontrolcondition://a/b': { 'Threshold/Decryption': [{}] } };
    expect(recapCovers(exact, 'lit-accesscontrolcondition://a/b')).toBe(true);
    expect(recapCovers(exact, 'lit-accesscontrolcondition://a/c')).toBe(false);
    expect(recapCovers({ [anything]: { 'Threshold/Signing': [{}] } }, 'lit-accesscontrolcondition://a/b')).toBe(false);
    expect(recapCovers({ 'lit-pkp://*': { '*/*': [{}] } }, 'lit-accesscontrolcondition://a/b')).toBe(false);
  });

  it.each([
    ['another URN', 'urn:other:e30'],
    ['no JSON', 'urn:recap:####'],
    ['no attenuation', encode({ prf: [] })],
    ['a proof', encode({ att: {}, prf: ['bafy'] })],
    ['an ability without namespace', encode({ att: { a: { all: [{}] } }, prf: [] })],
    ['a list', encode([])],
  ])('is not %s', (_, resource) => {
    expect(decodeRecap(resource)).toBeUndefined();
  });
});
