import { describe, expect, test } from 'vitest';
import { createDrafts } from './drafts.ts';

describe('drafts', () => {
  test('are kept by account and job', () => {
    createDrafts(localStorage, '0xa', 'job').keep('1', { kind: 'label', value: '3' });
    expect([...createDrafts(localStorage, '0xa', 'job').all()]).toEqual([['1', { kind: 'label', value: '3' }]]);
    expect(createDrafts(localStorage, '0xb', 'job').all().size).toBe(0);
    expect(createDrafts(localStorage, '0xa', 'other').all().size).toBe(0);
  });

  test('broken storage reads as empty', () => {
    localStorage.setItem('allod.drafts.0xa.job', '{');
    expect(createDrafts(localStorage, '0xa', 'job').all().size).toBe(0);
  });
});
