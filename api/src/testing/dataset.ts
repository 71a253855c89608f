import { randomBytes } from 'node:crypto';
import { fileToDag, jsonBytes, jsonKeccak, offerId, toHex } from '@allod/protocol';
import { Wallet } from 'ethers';
import type { HDNodeWallet } from 'ethers';
import type { TestApp } from './app.ts';
import type { TestDataset } from './contributor.ts';

export interface CuratedDataset extends TestDataset {
  curator: HDNodeWallet;
  token: string;
}

const MINIMAL = { purposes: 127, contributorsBps: 7000, floorPrice: '1000000' };

/** A dataset that the curator described by an uploaded block and the chain confirmed. */
export async function createDataset(
  api: TestApp,
  overrides: Partial<typeof MINIMAL & { name: string; description: string }> = {},
): Promise<CuratedDataset> {
  const curator = Wallet.createRandom();
  const token = await api.signIn(curator);
  const { name = 'Digits', description = 'Handwritten digits', ...terms } = overrides;
  const schema = { type: 'string', contentMediaType: 'image/png' };
  const metadata = { v: 1, type: 'allod/dataset', name, description, mediaType: 'image/png', schema };
  const bytes = jsonBytes(metadata);
  const cid = fileToDag(bytes).root.toString();
  await api.putBlock(cid, bytes, token);
  const id = toHex(randomBytes(32));
  const schemaHash = jsonKeccak(schema);
  const params = { ...MINIMAL, ...terms, schemaHash, token: api.env.CONTRACTS.TestUSD, sources: [], metadataCid: cid };
  const plain = {
    ...params,
    purposes: String(params.purposes),
    contributorsBps: String(params.contributorsBps),
  };
  api.chain.mine(
    {
      contract: 'DatasetRegistry',
      name: 'DatasetCreated',
      args: { datasetId: id, curator: curator.address, params: plain, salt: id },
    },
    {
      contract: 'DatasetRegistry',
      name: 'SourceAdded',
      args: { datasetId: id, source: api.env.CONTRACTS.LicenseVault, position: '0' },
    },
    {
      contract: 'DatasetRegistry',
      name: 'OfferCreated',
      args: {
        datasetId: id,
        offerIndex: '0',
        offerId: offerId({ datasetId: id, offerIndex: 0 }),
        params: {
          price: '5000000',
          duration: '2592000',
          purposes: '1',
          seats: '5',
          termsHash: toHex(new Uint8Array(32)),
        },
      },
    },
  );
  await api.confirm();
  return { id, schemaHash, curator, token };
}
