import { describe, expect, it } from '@jest/globals';
import { TransportError } from './api.ts';
import { AllodError, isAllodError } from './base.ts';

describe('AllodError', () => {
  it('carries a code, a short message, details and its causes', () => {
    const root = new TypeError('socket closed');
    const transport = new TransportError('the API cannot be reached', { cause: root });
    const error = new AllodError('OUTER', 'it did not work', { cause: transport, details: { id: 1 } });
    expect(error).toMatchObject({
      code: 'OUTER',
      shortMessage: 'it did not work',
      message: 'it did not work',
      details: { id: 1 },
    });
    expect(error.walk()).toBe(root);
    expect(error.walk((each) => each instanceof TransportError)).toBe(transport);
    expect(error.walk((each) => each instanceof RangeError)).toBeUndefined();
    expect(new AllodError('LONE', 'alone').walk()).toMatchObject({ code: 'LONE' });
  });

  it('is recognised by code', () => {
    const error = new TransportError('down');
    expect(isAllodError(error)).toBe(true);
    expect(isAllodError(error, 'NO_TASK', 'TRANSPORT_FAILED')).toBe(true);
    expect(isAllodError(error, 'NO_TASK')).toBe(false);
    expect(isAllodError(new Error('x'))).toBe(false);
  });
});
