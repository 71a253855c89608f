import { describe, expect, test } from 'vitest';
import { memoryStorage } from '../../testing/memory-storage.ts';
import { createDrafts } from './drafts.ts';

describe('drafts', () => {
  test('are kept by account and job', () => {
    const storage = memoryStorage();
    createDrafts(storage, '0xa', 'job').keep('1', { kind: 'label', value: '3' });
    expect([...createDrafts(storage, '0xa', 'job').all()]).toEqual([['1', { kind: 'label', value: '3' }]]);
    expect(createDrafts(storage, '0xb', 'job').all().size).toBe(0);
    expect(createDrafts(storage, '0xa', 'other').all().size).toBe(0);
  });

  test('broken storage reads as empty', () => {
    const storage = memoryStorage();
    storage.setItem('allod.drafts.0xa.job', '{');
    expect(createDrafts(storage, '0xa', 'job').all().size).toBe(0);
  });
});
