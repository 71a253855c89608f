import { HDNodeWallet, Mnemonic } from 'ethers';
import { DEVELOPMENT_PHRASE } from './parts/chain.ts';

/** Who plays what in the development chain; the number is the index of the account under the development phrase. */
const ROLES = {
  deployer: 0,
  guardian: 1,
  curator: 2,
  relayer: 3,
  jobSigner: 4,
  requester: 5,
  company: 6,
  contributor1: 7,
  contributor2: 8,
  contributor3: 9,
  labeler1: 10,
  labeler2: 11,
  labeler3: 12,
  labeler4: 13,
  labeler5: 14,
  stranger: 15,
  keeper1: 16,
  keeper2: 17,
  keeper3: 18,
  seatUser: 19,
  otherCurator: 20,
  adjudicator: 21,
  receiptSigner: 22,
} as const;

export type Role = keyof typeof ROLES;

export interface Account {
  address: string;
  privateKey: string;
}

export type Accounts = Record<Role, Account>;

/** The account at an index under the development phrase; anvil gives each of the first forty 10,000 ether. */
export function accountAt(index: number): Account {
  const root = Mnemonic.fromPhrase(DEVELOPMENT_PHRASE);
  const { address, privateKey } = HDNodeWallet.fromMnemonic(root, `m/44'/60'/0'/0/${index}`);
  return { address, privateKey };
}

export function developmentAccounts(): Accounts {
  const entries = Object.entries(ROLES).map(([role, index]) => [role, accountAt(index)]);
  return Object.fromEntries(entries) as Accounts;
}
