import { describe, expect, it } from '@jest/globals';
import { ALL_PURPOSES, purposesOf } from '@allod/protocol';
import fc from 'fast-check';
import { getResolution } from 'h3-js';
import {
  cellCentre,
  coarseCell,
  consentModel,
  distance,
  type Fix,
  findPii,
  isIban,
  isLuhn,
  outsideZones,
  pad,
  paddedSize,
  publicDay,
  redactPii,
  trimTrip,
  unpad,
} from './index.ts';

/** A straight drive north from Notre-Dame, one position every 101 m. */
const drive = (metres: number): Fix[] =>
  Array.from({ length: metres / 100 + 1 }, (_, i) => ({
    latitude: 48.853 + (i * 101) / 111_195,
    longitude: 2.3499,
    time: i * 10_000,
  }));

describe('location', () => {
  it('measures distances', () => {
    const [paris, london] = [
      { latitude: 48.8566, longitude: 2.3522 },
      { latitude: 51.5074, longitude: -0.1278 },
    ];
    expect(distance(paris, london) / 1000).toBeCloseTo(343.6, 0);
    expect(distance(paris, paris)).toBe(0);
    expect(distance({ latitude: 0, longitude: 179.999 }, { latitude: 0, longitude: -179.999 })).toBeLessThan(250);
  });

  it('cuts at least 500 m off both ends, whatever is asked for', () => {
    for (const metres of [undefined, 0, -1, NaN, 499]) {
      const trimmed = trimTrip(drive(3000), metres);
      expect(trimmed[0]!.time).toBe(50_000);
      expect(trimmed.at(-1)!.time).toBe(250_000);
    }
    expect(trimTrip(drive(3000), 1000)).toHaveLength(11);
    expect(trimTrip(drive(900))).toEqual([]);
    expect(trimTrip([])).toEqual([]);
  });

  it('leaves nothing near either end, on no trip', () => {
    const fix = fc.record({
      latitude: fc.double({ min: 48, max: 48.02, noNaN: true }),
      longitude: fc.double({ min: 2, max: 2.02, noNaN: true }),
      time: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(fix, { maxLength: 30 }), fc.double({ min: -10, max: 800 }), (trip, metres) =>
        trimTrip(trip, metres).every((each) => distance(each, trip[0]!) > 500 && distance(each, trip.at(-1)!) > 500),
      ),
    );
  });

  it('keeps home zones to their owner', () => {
    const zone = { ...drive(1000)[10]!, radius: 0 };
    const times = outsideZones(drive(2000), [zone]).map(({ time }) => time / 10_000);
    expect(times).toEqual(Array.from({ length: 21 }, (_, i) => i).filter((i) => i < 9 || i > 11));
    expect(outsideZones(drive(2000), [])).toHaveLength(21);
  });

  it('gives no cell finer than resolution 8', () => {
    expect(getResolution(coarseCell(drive(100)[0]!, 15))).toBe(8);
    expect(getResolution(coarseCell(drive(100)[0]!, 5))).toBe(5);
    const centre = cellCentre(coarseCell(drive(100)[0]!));
    expect(distance(centre, drive(100)[0]!)).toBeLessThan(600);
    expect(coarseCell({ latitude: 37.3615593, longitude: -122.0553238 }, 7)).toBe('87283472bffffff');
  });
});

describe('personal data in text', () => {
  it('is found by its form', () => {
    const text =
      'Write to jürgen.müller+tag@mail.example.org or call +49 (0)30 1234567, 0151/23456789. ' +
      'Card 4111 1111 1111 1111, IBAN DE89 3704 0044 0532 0130 00 please.';
    expect(findPii(text).map(({ kind, start, end }) => [kind, text.slice(start, end)])).toEqual([
      ['email', 'jürgen.müller+tag@mail.example.org'],
      ['phone', '+49 (0)30 1234567'],
      ['phone', '0151/23456789'],
      ['card', '4111 1111 1111 1111'],
      ['iban', 'DE89 3704 0044 0532 0130 00'],
    ]);
    expect(redactPii('to a@b.io, now').text).toBe('to [email], now');
  });

  it('is told from numbers that only look like it', () => {
    for (const text of [
      '4111 1111 1111 1112',
      'DE88370400440532013000',
      'order 20261124001',
      'at 12:30, 3.14159',
      'a@b',
      'v1.2.3-rc.4',
    ])
      expect(findPii(text)).toEqual([]);
  });

  it.each(['4111111111111111', '5500005555555559', '378282246310005', '6011000990139424'])(
    'card %s passes Luhn, its neighbours do not',
    (card) => {
      expect(isLuhn(card)).toBe(true);
      for (let digit = 0; digit < 10; digit++)
        if (digit !== Number(card.at(-1))) expect(isLuhn(card.slice(0, -1) + digit)).toBe(false);
    },
  );

  it.each(['GB82WEST12345698765432', 'DE89370400440532013000', 'FR1420041010050500013M02606', 'NO9386011117947'])(
    'IBAN %s passes mod 97, a swap does not',
    (iban) => {
      expect(isIban(iban)).toBe(true);
      const [a, b] = [iban.at(-2)!, iban.at(-1)!];
      if (a !== b) expect(isIban(iban.slice(0, -2) + b + a)).toBe(false);
      expect(findPii(`pay ${iban.replace(/(.{4})/g, '$1 ').trim()} today`)).toMatchObject([{ kind: 'iban' }]);
    },
  );

  it('is replaced completely and nothing else is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('hello ', 'a@b.io ', '+33 1 42 68 53 00 ', 'x '), { maxLength: 8 }),
        (words) => {
          const { text } = redactPii(words.join(''));
          return text === words.join('').replaceAll('a@b.io', '[email]').replaceAll('+33 1 42 68 53 00', '[phone]');
        },
      ),
    );
  });

  it('is found in linear time', () => {
    for (const text of ['1 '.repeat(20_000), 'a.'.repeat(20_000), 'A1'.repeat(20_000), `${'a'.repeat(40_000)}@`])
      findPii(text);
  });
});

describe('padding', () => {
  it('gives back every plaintext and hides its length in few sizes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => Buffer.compare(unpad(pad(bytes)), bytes) === 0),
    );
    expect(new Set(Array.from({ length: 200 }, (_, i) => pad(new Uint8Array(i)).length))).toEqual(new Set([256]));
    expect(() => unpad(new Uint8Array(256))).toThrow(RangeError);
  });

  it('costs at most 12 % above 256 bytes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 256, max: 2 ** 40 }),
        (n) => paddedSize(n) > n && paddedSize(n) <= Math.ceil((n + 1) * 1.12),
      ),
    );
  });
});

describe('what is public', () => {
  it('is a day, not a time', () => {
    expect(publicDay(Date.parse('2026-11-24T23:59:59.999Z'))).toBe('2026-11-24');
  });

  it('is told before consent, with what, for what, until when and for how much', () => {
    const model = consentModel({
      datasetId: '0x01',
      kinds: ['image', 'text'],
      encrypted: ['image', 'pose'],
      public: ['cell', 'day'],
      purposes: purposesOf('TRAIN', 'LABEL'),
      validUntil: 1_830_000_000,
      minPrice: 5_000_000n,
      termsHash: '0x02',
    });
    expect(model.purposes.map(({ name }) => name)).toEqual(['TRAIN', 'LABEL']);
    expect(model.what.filters.map(({ name }) => name)).toEqual([
      'strip-metadata',
      'home-zones',
      'coarse-cell',
      'public-day',
      'redact-pii',
      'pad-size',
    ]);
    expect(model.what.filters.find(({ name }) => name === 'strip-metadata')).toMatchObject({ always: true });
    expect(JSON.parse(JSON.stringify(model))).toEqual(model);
    expect(() =>
      consentModel({
        ...model,
        kinds: [],
        encrypted: [],
        public: [],
        datasetId: '',
        minPrice: 0n,
        purposes: ALL_PURPOSES + 1,
      }),
    ).toThrow(RangeError);
  });
});
