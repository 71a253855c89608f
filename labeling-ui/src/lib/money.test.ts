import { describe, expect, test } from 'vitest';
import { formatCents, formatMoney, hourlyPay, isZero, left, sum } from './money.ts';

describe('money', () => {
  test.each([
    ['0', '$0.00'],
    ['50000', '$0.05'],
    ['1500', '$0.0015'],
    ['1', '$0.000001'],
    ['25000000', '$25.00'],
    ['1234567890000', '$1,234,567.89'],
    ['-50000', '−$0.05'],
    ['170141183460469231731687303715884105727', '$170,141,183,460,469,231,731,687,303,715,884.105727'],
  ])('writes %s base units exactly as %s', (amount, text) => {
    expect(formatMoney(amount)).toBe(text);
  });

  test('rounds estimates to cents', () => {
    expect(formatCents('21634999')).toBe('$21.63');
    expect(formatCents('21635000')).toBe('$21.64');
  });

  test('adds and subtracts without losing a unit, never below zero', () => {
    expect(sum(['9007199254740993', '1'])).toBe('9007199254740994');
    expect(left('100', '30', '20')).toBe('50');
    expect(left('10', '30')).toBe('0');
    expect(isZero('0')).toBe(true);
  });

  test('turns pay per label into pay per hour', () => {
    expect(hourlyPay('50000', 6)).toBe('30000000');
    expect(hourlyPay('50000', 0)).toBe('0');
  });
});
