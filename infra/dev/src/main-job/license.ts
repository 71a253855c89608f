import { equalBytes, purposesOf } from '@allod/protocol';
import type { Client, OpenedDataset } from '@allod/sdk';
import { type Contributed, TERMS_HASH } from './contribute.ts';
import { until } from './label.ts';
import { expect, type Line } from './line.ts';

const MONTH = 30 * 86_400;

export interface Published {
  version: number;
  capTableCid: string;
  opensAt: number;
}

export interface Licensed {
  datasetId: string;
  offerIndex: number;
  price: bigint;
}

/** Closes the intake, has the version prepared, checks it and publishes it on chain. */
export async function publish(
  { actors, gas, report }: Line,
  { datasetId, originals }: Contributed,
): Promise<Published> {
  const { client } = actors.curator;
  await client.closeIntake({ datasetId });
  const draft = await client.prepareVersion({ datasetId });
  expect(
    draft.included + draft.excluded.length === originals.size,
    'each contribution is in the version, or is left out with a reason',
  );
  expect(
    draft.excluded.every(({ reason }) => reason.length > 0),
    'each exclusion has a reason code',
  );
  const published = await client.publishVersion({ datasetId, draft });
  gas.add('DatasetRegistry.publishVersion', published.gasUsed);
  report.note(
    `version ${published.version}: ${draft.included} items in, ${draft.excluded.length} left out ${describe(draft.excluded)}`,
  );
  return { version: published.version, capTableCid: draft.capTableCid, opensAt: published.opensAt };
}

function describe(excluded: readonly { reason: string }[]): string {
  const counts = new Map<string, number>();
  for (const { reason } of excluded) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => `(${reason} × ${count})`).join(' ');
}

/** The curator's offers: training for both datasets, evaluation besides for the second. */
export async function createOffers({ actors, gas }: Line, digitsId: string, weatherId: string): Promise<void> {
  const offer = async (datasetId: string, price: bigint, purposes: number): Promise<void> => {
    const { gasUsed } = await actors.curator.client.createOffer({
      datasetId,
      price,
      duration: MONTH,
      purposes,
      seats: 2,
      termsHash: TERMS_HASH,
    });
    gas.add('DatasetRegistry.createOffer', gasUsed);
  };
  await offer(digitsId, 30_000_000n, purposesOf('TRAIN'));
  await offer(weatherId, 12_000_000n, purposesOf('TRAIN'));
  await offer(weatherId, 4_000_000n, purposesOf('EVALUATE'));
}

/** The AI company finds a dataset by its words and buys one of its offers with a permit. */
export async function license(
  { actors, gas }: Line,
  search: string,
  datasetId: string,
  offerIndex: number,
): Promise<Licensed> {
  const { client } = actors.company;
  await until('the version is open at the API', async () => {
    const { datasets } = await client.findDatasets({ search });
    return datasets.find(({ id }) => id === datasetId)?.latestVersion?.state === 'OPEN';
  });
  const { number: version } = (await client.getDataset({ datasetId }))?.latestVersion ?? {};
  expect(version, 'the API names the newest version');
  await client.waitForVersion({ datasetId, version });
  const { price, gasUsed } = await client.purchaseLicense({ datasetId, offerIndex, version, payment: 'permit' });
  gas.add('LicenseVault.purchaseWithPermit', gasUsed);
  return { datasetId, offerIndex, price };
}

export interface OpenedItems {
  opened: OpenedDataset;
  /** contributionIds that opened to exactly the bytes that were given. */
  equal: string[];
  /** Codes of those that did not open. */
  refused: Map<string, string>;
}

/** Opens a dataset and compares every plaintext with what its contributor gave. */
export async function open(client: Client, { datasetId, originals }: Contributed): Promise<OpenedItems> {
  const opened = await client.openDataset({ datasetId });
  const equal: string[] = [];
  const refused = new Map<string, string>();
  for await (const result of opened) {
    const id = result.item.contributionId;
    if (!result.ok) {
      refused.set(id, result.error.code);
      continue;
    }
    const original = originals.get(id);
    expect(original && equalBytes(original, result.bytes), `contribution ${id} opens to the bytes that were given`);
    equal.push(id);
  }
  return { opened, equal, refused };
}

/** Expects that exactly the items of these contributors open and all others are refused by the keepers. */
export function expectOpened(
  contributed: Contributed,
  { equal, refused, opened }: OpenedItems,
  mayOpen: readonly boolean[],
  what: string,
): void {
  const inVersion = new Set(opened.manifest.items.map(({ contributionId }) => contributionId));
  contributed.byContributor.forEach((ids, i) => {
    for (const id of ids.filter((each) => inVersion.has(each))) {
      if (mayOpen[i])
        expect(equal.includes(id), `${what}: ${id} of contributor ${i + 1} opens, not ${refused.get(id)}`);
      else
        expect(
          refused.get(id) === 'NOT_AUTHORIZED',
          `${what}: the keepers refuse ${id} of contributor ${i + 1}, not ${refused.get(id) ?? 'open it'}`,
        );
    }
  });
}
