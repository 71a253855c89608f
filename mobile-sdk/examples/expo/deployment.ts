import type { Deployment } from './client';

const address = (n: number): string => `0x${n.toString(16).padStart(40, '0')}`;

/** Replace by the addresses that `npm start` prints, or by those of the network that your app is for. */
export const deployment: Deployment = {
  api: 'http://10.0.2.2:4000',
  rpcUrls: ['http://10.0.2.2:8545'],
  chainId: 31337,
  contracts: {
    DatasetRegistry: address(1),
    ConsentRegistry: address(2),
    ContributionRegistry: address(3),
    LicenseVault: address(4),
    LabelEscrow: address(5),
    AccessPolicy: address(6),
    KeeperRegistry: address(7),
    TestUSD: address(8),
  },
  networkKey: `0x${'00'.repeat(48)}`,
  datasetId: `0x${'00'.repeat(32)}`,
  termsHash: `0x${'00'.repeat(32)}`,
};
