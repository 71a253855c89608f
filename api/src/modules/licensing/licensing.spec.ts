import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { licenseId, offerId } from '@allod/protocol';
import { Wallet } from 'ethers';
import type { HDNodeWallet } from 'ethers';
import { startApp } from '../../testing/app.ts';
import type { TestApp } from '../../testing/app.ts';
import { createDataset } from '../../testing/dataset.ts';
import type { CuratedDataset } from '../../testing/dataset.ts';

interface License {
  id: string;
  slot: number;
  offerIndex: number;
  purposes: number;
  maxVersion: number;
  expiry: string;
  price: string;
}

describe('licensing', () => {
  let api: TestApp;
  let dataset: CuratedDataset;

  beforeAll(async () => {
    api = await startApp();
    dataset = await createDataset(api);
  });
  afterAll(() => api.stop());

  const idOf = (licensee: string) =>
    licenseId({ licensee, offerId: offerId({ datasetId: dataset.id, offerIndex: 0 }) });
  const purchase = (licensee: string, version: number, expiry: number, slot = 0) =>
    api.chain.mine({
      contract: 'LicenseVault',
      name: 'LicensePurchased',
      args: {
        licenseId: idOf(licensee),
        licensee,
        datasetId: dataset.id,
        offerIndex: '0',
        slot: String(slot),
        version: String(version),
        price: '5000001',
        expiry: String(expiry),
      },
    });
  const licensesOf = async (account: HDNodeWallet): Promise<License[]> => {
    const token = await api.signIn(account);
    const query = '{ myLicenses { id slot offerIndex purposes maxVersion expiry price } }';
    return (await api.graphql<{ myLicenses: License[] }>(query, {}, token)).data.myLicenses;
  };

  it('shows a license when its block is confirmed, with the purposes of its offer', async () => {
    const company = Wallet.createRandom();
    purchase(company.address, 1, 2_000_000_000);
    expect(await licensesOf(company)).toEqual([]);
    await api.confirm();
    expect(await licensesOf(company)).toEqual([
      {
        id: idOf(company.address),
        slot: 0,
        offerIndex: 0,
        purposes: 1,
        maxVersion: 1,
        expiry: '2033-05-18T03:33:20.000Z',
        price: '5000001',
      },
    ]);
  });

  it('renews in place and writes one statement line per purchase, split without loss', async () => {
    const company = Wallet.createRandom();
    purchase(company.address, 1, 2_000_000_000);
    purchase(company.address, 2, 2_100_000_000);
    await api.confirm();
    await api.confirm();
    expect(await licensesOf(company)).toMatchObject([{ maxVersion: 2, expiry: '2036-07-18T13:20:00.000Z' }]);
    const lines = await api.sql<{ version: number; contributors_amount: string; other_amount: string }>(
      'SELECT * FROM license_purchase WHERE licensee = $1 ORDER BY version',
      [company.address],
    );
    expect(
      lines.map(({ version, contributors_amount, other_amount }) => [version, contributors_amount, other_amount]),
    ).toEqual([
      [1, '3500000', '1500001'],
      [2, '3500000', '1500001'],
    ]);
  });

  it('belongs to its licensee only', async () => {
    expect(await licensesOf(Wallet.createRandom())).toEqual([]);
    const anonymous = await api.graphql('{ myLicenses { id } }');
    expect(anonymous.errors![0]!.extensions!.code).toBe('UNAUTHENTICATED');
  });

  it('keeps leaves that stopped earning', async () => {
    const account = Wallet.createRandom().address;
    const args = { datasetId: dataset.id, version: '1', account, weight: '7', activeWeight: '93' };
    api.chain.mine({ contract: 'LicenseVault', name: 'LeafCapped', args });
    await api.confirm();
    const rows = await api.sql('SELECT weight, active_weight FROM capped_leaf WHERE account = $1', [account]);
    expect(rows).toEqual([{ weight: '7', active_weight: '93' }]);
  });
});
