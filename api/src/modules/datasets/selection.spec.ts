import { describe, expect, it } from '@jest/globals';
import { Code, Purpose } from '@allod/protocol';
import { exclusionOf } from './selection.ts';
import type { Candidate } from './selection.ts';

const rules = { now: 100, floorPrice: 10n, purposes: Purpose.TRAIN | Purpose.LABEL };
const good: Candidate = {
  id: '0x1',
  contributorRef: '0x2',
  state: 'ANCHORED',
  reason: null,
  purposes: Purpose.TRAIN,
  validUntil: 101,
  minPrice: 10n,
  consentNonce: 0,
  currentNonce: 0,
  missed: false,
  verdict: undefined,
};

describe('selection of a version', () => {
  it.each<[string, Partial<Candidate>, string | null]>([
    ['an anchored item', {}, null],
    ['a validated item', { state: 'VALIDATED', verdict: 'VALIDATED' }, null],
    ['an item of an earlier version', { state: 'IN_VERSION' }, null],
    ['an item that is not anchored', { state: 'COMMITTED' }, Code.NOT_VALIDATED],
    ['a contested item', { state: 'CONTESTED' }, Code.CONTENT_CONTESTED],
    ['a withdrawn item', { state: 'WITHDRAWN', reason: Code.ITEM_WITHDRAWN }, Code.ITEM_WITHDRAWN],
    ['an item under withdrawn consent', { currentNonce: 1 }, Code.CONSENT_WITHDRAWN],
    ['an item under expired consent', { validUntil: 100 }, Code.CONSENT_EXPIRED],
    ['an item for other purposes', { purposes: Purpose.EVALUATE }, Code.CONSENT_PURPOSES],
    ['an item for labeling only', { purposes: Purpose.LABEL }, Code.CONSENT_PURPOSES],
    ['an item above the floor price', { minPrice: 11n }, Code.MIN_PRICE],
    ['an item whose labels are not final', { verdict: 'PENDING' }, Code.LABELS_PENDING],
    ['an item that missed the version of its intake', { state: 'VALIDATED', missed: true }, Code.AWAITS_REWRAP],
    ['an item that labelers rejected', { verdict: 'REJECTED' }, Code.NOT_VALIDATED],
  ])('of %s', (_, change, expected) => {
    expect(exclusionOf({ ...good, ...change }, rules)).toBe(expected);
  });
});
