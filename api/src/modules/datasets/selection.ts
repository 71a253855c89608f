import { Code, Purpose } from '@allod/protocol';
import type { ContributionState } from '../../common/graphql/schema.generated.ts';

/** All that decides whether an item goes into a version. */
export interface Candidate {
  id: string;
  contributorRef: string;
  state: ContributionState;
  reason: string | null;
  purposes: number;
  validUntil: number;
  minPrice: bigint;
  consentNonce: number;
  currentNonce: number;
  /** Belongs to an earlier intake and was in no version: licensees of older versions could derive its key. */
  missed: boolean;
  /** What labeling says; undefined when the item was in no job. */
  verdict: 'VALIDATED' | 'REJECTED' | 'PENDING' | undefined;
}

export interface SelectionRules {
  /** Unix seconds. */
  now: number;
  floorPrice: bigint;
  purposes: number;
}

const BY_STATE: Partial<Record<ContributionState, (item: Candidate) => string>> = {
  COMMITTED: () => Code.NOT_VALIDATED,
  REJECTED: (item) => item.reason ?? Code.NOT_VALIDATED,
  CONTESTED: () => Code.CONTENT_CONTESTED,
  WITHDRAWN: (item) => item.reason ?? Code.ITEM_WITHDRAWN,
};

/** The code of what keeps an item out of a version, null when it goes in. */
export function exclusionOf(item: Candidate, rules: SelectionRules): string | null {
  const byState = BY_STATE[item.state]?.(item);
  if (byState) return byState;
  if (item.consentNonce !== item.currentNonce) return Code.CONSENT_WITHDRAWN;
  if (item.validUntil <= rules.now) return Code.CONSENT_EXPIRED;
  if ((item.purposes & rules.purposes & ~Purpose.LABEL) === 0) return Code.CONSENT_PURPOSES;
  if (item.minPrice > rules.floorPrice) return Code.MIN_PRICE;
  if (item.verdict === 'PENDING') return Code.LABELS_PENDING;
  if (item.verdict === 'REJECTED') return Code.NOT_VALIDATED;
  if (item.missed) return Code.AWAITS_REWRAP;
  return null;
}
