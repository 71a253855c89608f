import { describe, expect, test } from 'vitest';
import { keyOfLabel, labelOfKey } from './label-keys.ts';

describe('keys of labels', () => {
  test('a digit answers to itself, in any order', () => {
    expect(labelOfKey(['0', '1', '2'], '0')).toBe('0');
    expect(labelOfKey(['7', '3'], '3')).toBe('3');
  });

  test('words take their place in the row, the tenth takes 0, more have none', () => {
    const labels = Array.from({ length: 12 }, (_, index) => `label ${index}`);
    expect(labelOfKey(labels, '1')).toBe('label 0');
    expect(labelOfKey(labels, '0')).toBe('label 9');
    expect(keyOfLabel(labels, 10)).toBeNull();
    expect(labelOfKey(['yes', 'no'], '3')).toBeNull();
  });
});
