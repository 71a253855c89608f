import { type Purpose, purposeNames } from '@allod/protocol';

/** What a contributor is asked to agree to, as data: an app renders it, in any language, and `grantConsent` takes the same values. */
export interface ConsentModel {
  /** What. */
  what: {
    datasetId: string;
    /** Kinds of data, for example `weather-station`. */
    kinds: readonly string[];
    /** What leaves the device encrypted, field by field. */
    encrypted: readonly string[];
    /** What everyone can read. */
    public: readonly string[];
    /** What is taken out or made coarse before encryption. */
    filters: readonly ConsentFilter[];
  };
  /** For what: names of `Purpose`, each with a key for the app's text. */
  purposes: readonly { name: keyof typeof Purpose; textKey: string }[];
  /** Until when: unix seconds. */
  validUntil: number;
  /** For how much: token base units per license per 30 days, as decimal string. */
  minPrice: string;
  /** Hash of the license terms. */
  termsHash: string;
  /** What withdrawing does not undo, as keys for the app's text. */
  irrevocable: readonly string[];
}

export interface ConsentFilter {
  name: 'strip-metadata' | 'trim-trip' | 'home-zones' | 'coarse-cell' | 'redact-pii' | 'pad-size' | 'public-day';
  /** True where the contributor cannot switch it off. */
  always: boolean;
  textKey: string;
}

/** Filters by kind of data; an app shows them, the collectors apply them. */
export const filtersOf: Readonly<Record<string, readonly ConsentFilter['name'][]>> = {
  'weather-station': ['coarse-cell', 'pad-size', 'public-day'],
  image: ['strip-metadata', 'home-zones', 'coarse-cell', 'public-day'],
  track: ['trim-trip', 'home-zones', 'coarse-cell', 'pad-size', 'public-day'],
  text: ['redact-pii', 'pad-size', 'public-day'],
};

const ALWAYS: readonly ConsentFilter['name'][] = ['strip-metadata', 'trim-trip', 'coarse-cell', 'public-day'];

/** Builds the model of one consent. @param p.purposes bits of `Purpose` */
export function consentModel(p: {
  datasetId: string;
  kinds: readonly string[];
  encrypted: readonly string[];
  public: readonly string[];
  purposes: number;
  validUntil: number;
  minPrice: bigint;
  termsHash: string;
}): ConsentModel {
  const names = [...new Set(p.kinds.flatMap((kind) => filtersOf[kind] ?? []))];
  return {
    what: {
      datasetId: p.datasetId,
      kinds: p.kinds,
      encrypted: p.encrypted,
      public: p.public,
      filters: names.map((name) => ({ name, always: ALWAYS.includes(name), textKey: `filter.${name}` })),
    },
    purposes: purposeNames(p.purposes).map((name) => ({ name, textKey: `purpose.${name}` })),
    validUntil: p.validUntil,
    minPrice: p.minPrice.toString(),
    termsHash: p.termsHash,
    irrevocable: ['irrevocable.opened-copies', 'irrevocable.released-keys', 'irrevocable.hash-on-chain'],
  };
}
