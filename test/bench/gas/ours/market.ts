import { MaxUint256, Signature } from 'ethers';
import { actor, word } from '../chain.ts';
import type { Measurement } from '../report.ts';
import { ALLOWANCE, PRICE, claimOf, funded, publish, signForToken, soldDataset, termsOf } from '../world.ts';
import type { SoldDataset, World } from '../world.ts';

const VALID_BEFORE = 2n ** 40n;
const TEN = 10;

/** Publishing, buying, claiming and capping of a dataset of `n` contributors. */
export async function measureMarket(world: World, n: number): Promise<Measurement[]> {
  const { LicenseVault, ConsentRegistry } = world.contracts;
  const contributor = await funded(world, `contributor of ${n}`);
  const dataset = await soldDataset(world, `dataset of ${n}`, n, contributor.address);
  const rows: Measurement[] = [];
  const add = (op: string, gas: number) => rows.push({ op, n, gas });

  const licensee = await funded(world, `licensee of ${n}`, LicenseVault.address);
  const buy = async () => (await LicenseVault.send(licensee.address, 'purchase', termsOf(dataset))).gas;
  add('purchase, new licensee', await buy());
  add('renewal', await buy());
  add('purchase by permit, new licensee', await buyByPermit(world, dataset));
  add('purchase by EIP-3009, new licensee', await buyByAuthorization(world, dataset));
  add('publish version', await publish(world, { ...dataset, version: 2 }, 1));

  const claim = async (isProven: boolean) =>
    (await LicenseVault.send(world.relayer.address, 'claim', [claimOf(dataset, isProven)])).gas;
  add('claim, first of a version by proof', await claim(true));
  await buy();
  add('claim, cached', await claim(false));

  await ConsentRegistry.send(contributor.address, 'withdraw', dataset.id);
  const { leaf, index, proof } = claimOf(dataset, true);
  const cap = (state: SoldDataset, path: unknown, at: unknown) =>
    LicenseVault.send(world.relayer.address, 'capLeaf', state.id, state.version, leaf, at, path);
  const further = { ...dataset, version: 2 };
  await LicenseVault.send(licensee.address, 'purchase', { ...termsOf(further) });
  add('capLeaf, leaf claimed before', (await cap(dataset, [], 0)).gas);
  add('capLeaf, leaf never claimed, by proof', (await cap(further, proof, index)).gas);
  return rows;
}

/** Ten claims in one transaction, in the three shapes in which one person has them. */
export async function measureTen(world: World): Promise<Measurement[]> {
  const account = await funded(world, 'contributor of ten datasets');
  const same = await tenClaims(world, 'ten of one account', () => account.address);

  const refs = Array.from({ length: TEN }, (_, index) => actor(`ref ${index}`));
  const payee = await funded(world, 'payee of ten refs');
  for (const ref of refs) await world.contracts.ConsentRegistry.send(ref.address, 'setPayee', payee.address);
  const apart = await tenClaims(world, 'ten of ten refs', (index) => refs[index]!.address);

  return [
    { op: 'claim, ten cached in one transaction', n: TEN, gas: same },
    { op: 'claim, ten cached of ten refs with one payee', n: TEN, gas: apart },
    { op: 'claim, ten versions cached', n: TEN, gas: await tenVersions(world) },
  ];
}

async function tenClaims(world: World, name: string, accountOf: (index: number) => string): Promise<number> {
  const { LicenseVault } = world.contracts;
  const datasets: SoldDataset[] = [];
  for (let index = 0; index < TEN; index++) {
    datasets.push(await soldDataset(world, `${name} ${index}`, 10, accountOf(index)));
  }
  const claimAll = (isProven: boolean) =>
    LicenseVault.send(
      world.relayer.address,
      'claim',
      datasets.map((dataset) => claimOf(dataset, isProven)),
    );
  await claimAll(true);
  const buyer = await funded(world, `buyer of ${name}`, LicenseVault.address);
  for (const dataset of datasets) await LicenseVault.send(buyer.address, 'purchase', termsOf(dataset));
  return (await claimAll(false)).gas;
}

async function tenVersions(world: World): Promise<number> {
  const { LicenseVault } = world.contracts;
  const account = await funded(world, 'contributor of ten versions');
  const first = await soldDataset(world, 'ten versions', 10, account.address);
  const versions = [first];
  for (let version = 2; version <= TEN; version++) {
    await publish(world, first, version - 1);
    versions.push({ ...first, version });
  }
  const buyer = await funded(world, 'buyer of ten versions', LicenseVault.address);
  const sellAll = async () => {
    for (const [slot, dataset] of versions.slice(0, 5).entries()) {
      await LicenseVault.send(buyer.address, 'purchase', { ...termsOf(dataset), slot });
    }
    const other = await funded(world, 'other buyer of ten versions', LicenseVault.address);
    for (const [slot, dataset] of versions.slice(5).entries()) {
      await LicenseVault.send(other.address, 'purchase', { ...termsOf(dataset), slot });
    }
  };
  const claimAll = (isProven: boolean) =>
    LicenseVault.send(
      world.relayer.address,
      'claim',
      versions.map((dataset) => claimOf(dataset, isProven)),
    );
  await sellAll();
  await claimAll(true);
  await sellAll();
  return (await claimAll(false)).gas;
}

async function buyByPermit(world: World, dataset: SoldDataset): Promise<number> {
  const { LicenseVault } = world.contracts;
  const buyer = await funded(world, `permit buyer of ${dataset.n}`);
  const { v, r, s } = Signature.from(
    signForToken(world, buyer, 'Permit', 'address owner,address spender,uint256 value,uint256 nonce,uint256 deadline', {
      owner: buyer.address,
      spender: LicenseVault.address,
      value: PRICE,
      nonce: 0,
      deadline: MaxUint256,
    }),
  );
  const sent = LicenseVault.send(buyer.address, 'purchaseWithPermit', termsOf(dataset), MaxUint256, v, r, s);
  return (await sent).gas;
}

async function buyByAuthorization(world: World, dataset: SoldDataset): Promise<number> {
  const { LicenseVault } = world.contracts;
  const buyer = await funded(world, `3009 buyer of ${dataset.n}`);
  const salt = word('authorization');
  const nonce = await LicenseVault.read<string>('purchaseNonceOf', termsOf(dataset), buyer.address, salt);
  const signature = signForToken(
    world,
    buyer,
    'ReceiveWithAuthorization',
    'address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce',
    { from: buyer.address, to: LicenseVault.address, value: PRICE, validAfter: 0, validBefore: VALID_BEFORE, nonce },
  );
  const { gas } = await LicenseVault.send(
    world.relayer.address,
    'purchaseWithAuthorization',
    termsOf(dataset),
    buyer.address,
    0,
    VALID_BEFORE,
    salt,
    signature,
  );
  return gas;
}

/** What a buyer pays once before the first purchase by allowance; not part of any figure above. */
export async function measureApprove(world: World): Promise<Measurement> {
  const buyer = actor('approver');
  await world.token.send(world.relayer.address, 'mint', buyer.address, ALLOWANCE);
  const spender = world.contracts.LicenseVault.address;
  return { op: 'approve, once', n: 1, gas: (await world.token.send(buyer.address, 'approve', spender, ALLOWANCE)).gas };
}
