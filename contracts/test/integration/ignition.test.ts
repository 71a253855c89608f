import { expect } from 'chai';
import { ZeroAddress } from 'ethers';
import type { Provider } from 'ethers';
import { network } from 'hardhat';
import type { ContractName } from '../../abi/index.ts';
import {
  DeploymentError,
  checkDeployment,
  checkRecord,
  contractAt,
  deployProtocol,
  productionOptions,
  readKeyNetwork,
  recordOf,
  resolveOptions,
} from '../../deploy/index.ts';
import type { DeployOptions, DeploymentRecord } from '../../deploy/index.ts';
import { deployByIgnition } from '../../ignition/deploy.ts';

const audit = { by: 'Somebody else', report: 'https://example.org/report.pdf', commit: 'a'.repeat(40) };

async function failureOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'went through';
  } catch (error) {
    return error instanceof DeploymentError ? error.message : `another error: ${String(error)}`;
  }
}

/** Code with every address and domain separator of the deployment replaced by a name: what is left must be the same. */
async function namedCode(provider: Provider, addresses: Record<ContractName, string>): Promise<Record<string, string>> {
  const names: [string, string][] = Object.entries(addresses).map(([name, address]) => [
    address.slice(2).toLowerCase(),
    name,
  ]);
  for (const name of ['TestUSD', 'ConsentRegistry', 'LicenseVault', 'LabelEscrow'] as const) {
    const view = name === 'TestUSD' ? 'DOMAIN_SEPARATOR' : 'domainSeparator';
    const separator: string = await contractAt(name, addresses[name], provider).getFunction(view)();
    names.push([separator.slice(2), `${name} domain`]);
  }
  const code: Record<string, string> = {};
  for (const [name, address] of Object.entries(addresses)) {
    code[name] = await provider.getCode(address);
    for (const [value, label] of names) code[name] = code[name].replaceAll(value, `<${label}>`);
  }
  return code;
}

const addressesOf = (record: DeploymentRecord): Record<ContractName, string> =>
  Object.fromEntries(Object.entries(record.contracts).map(([name, { address }]) => [name, address])) as Record<
    ContractName,
    string
  >;

describe('deployment by Ignition', () => {
  it('makes the same contracts with the same wiring as the embedded way', async () => {
    const { ethers, ignition } = await network.create();
    const [deployer, guardian, parameterOwner] = await ethers.getSigners();
    const options: Partial<DeployOptions> = {
      guardian: guardian!.address,
      parameterOwner: parameterOwner!.address,
      reviewWindow: 7,
    };
    const embedded = await deployProtocol(deployer!, options);
    const record = await deployByIgnition(ignition, deployer!, options);
    const resolved = resolveOptions(31337, deployer!.address, options);
    await checkDeployment(ethers.provider, { addresses: addressesOf(record) }, resolved);
    expect(addressesOf(record).LicenseVault).not.to.equal(embedded.addresses.LicenseVault);
    expect(await namedCode(ethers.provider, addressesOf(record))).to.deep.equal(
      await namedCode(ethers.provider, embedded.addresses),
    );
  });

  it('deploys for production with an existing token, and its record can be checked by anybody', async () => {
    const { ethers, ignition } = await network.create({ override: { chainId: 8453 } });
    const [deployer, guardian] = await ethers.getSigners();
    const token = await (await ethers.deployContract('TestUSD')).getAddress();
    const record = await deployByIgnition(ignition, deployer!, { token, guardian: guardian!.address });
    const stored = JSON.parse(JSON.stringify(record)) as DeploymentRecord;
    await checkRecord(ethers.provider, stored);
    expect(stored.audit).to.equal(null);
    expect(stored.options.reviewWindow).to.equal(259_200);
    expect(stored.options.guardian).to.equal(guardian!.address);
    expect(stored.contracts.TestUSD).to.include({ address: token, creationCodeHash: null });
    const { address, constructorArguments } = stored.contracts.LicenseVault;
    expect(constructorArguments).to.include.members([token, guardian!.address, '100000000000']);
    expect(await ethers.provider.getCode(address, stored.startBlock - 1)).to.equal('0x');
  });

  it('refuses what the embedded way refuses', async () => {
    const { ethers, ignition } = await network.create({ override: { chainId: 8453 } });
    const [deployer] = await ethers.getSigners();
    const token = '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913';
    const refusal = (options: Partial<DeployOptions>) => failureOf(deployByIgnition(ignition, deployer!, options));
    expect(await refusal({})).to.contain('a payment token must be named');
    expect(await refusal({ token: ZeroAddress })).to.contain('a payment token must be named');
    expect(await refusal({ token, reviewWindow: 259_199 })).to.contain('the review window is at least 259200 s');
    expect(await refusal({ token, parameterDelay: 0 })).to.contain('the delay of parameters is at least 604800 s');
    const escrow = { ...productionOptions.escrow, signerDelay: 1 };
    expect(await refusal({ token, escrow })).to.contain('signerDelay of the escrow is at least 604800 s');
    expect(await ethers.provider.getBlockNumber()).to.equal(0);
  });
});

describe('the limit of deposits', () => {
  const token = '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913';
  const raised = { token, vaultDepositCap: productionOptions.vaultDepositCap + 1n };

  it('holds until an audit is named', () => {
    expect(() => resolveOptions(8453, token, raised)).to.throw(
      'vaultDepositCap is at most 100000000000 until an audit',
    );
    expect(() => resolveOptions(8453, token, { ...raised, audit: null })).to.throw('until an audit is named');
    expect(resolveOptions(8453, token, { ...raised, audit }).vaultDepositCap).to.equal(100_000_000_001n);
  });
});

describe('a record of a deployment', () => {
  it('is refused when it says something else than the chain', async () => {
    const { ethers } = await network.create();
    const [deployer, stranger] = await ethers.getSigners();
    const deployment = await deployProtocol(deployer!);
    const record = await recordOf(ethers.provider, deployment, resolveOptions(31337, deployer!.address, {}));
    await checkRecord(ethers.provider, record);
    const refusal = (change: (copy: DeploymentRecord) => void) => {
      const copy = structuredClone(record);
      change(copy);
      return failureOf(checkRecord(ethers.provider, copy));
    };
    expect(await refusal((copy) => (copy.chainId = 1))).to.equal('this is chain 31337, not 1');
    expect(await refusal((copy) => (copy.options.guardian = stranger!.address))).to.contain('guardian is');
    expect(await refusal((copy) => (copy.options.parameterOwner = stranger!.address))).to.contain('ParameterManager');
    expect(await refusal((copy) => (copy.options.vaultDepositCap = '1'))).to.contain('LicenseVault.depositCap is');
    expect(await refusal((copy) => (copy.contracts.AccessPolicy.address = stranger!.address))).to.contain('no code');
    expect(await refusal((copy) => (copy.contracts.LabelEscrow.codeHash = `0x${'0'.repeat(64)}`))).to.contain(
      'LabelEscrow: codeHash is',
    );
    expect(await refusal((copy) => copy.contracts.AccessPolicy.constructorArguments.reverse())).to.contain(
      'AccessPolicy: constructorArguments is',
    );
  });

  it('holds the network key of its registry once there is one, and no other', async () => {
    const { ethers } = await network.create();
    const [deployer, ...operators] = await ethers.getSigners();
    const deployment = await deployProtocol(deployer!);
    const record = await recordOf(ethers.provider, deployment, resolveOptions(31337, deployer!.address, {}));
    const networkKey = `0x${'ab'.repeat(48)}`;
    const keyNetwork = { chain: 'base' as const, networkKey };
    expect(await failureOf(checkRecord(ethers.provider, { ...record, keyNetwork }))).to.contain('no network key yet');
    const keepers = operators.slice(0, 2).map(({ address }, i) => ({
      ...{ url: `https://${i}.example.org`, ip: 1, port: 443, nodeAddress: address, organization: `${i}` },
      ...{ commitment: `0x${`0${i + 1}`.repeat(48)}`, tlsKeyHash: `0x${'00'.repeat(32)}`, active: true },
    }));
    const registry = contractAt('KeeperRegistry', deployment.addresses.KeeperRegistry, deployer!);
    await registry.getFunction('setNetwork')(networkKey, 2, keepers);
    expect(await readKeyNetwork(ethers.provider, deployment.addresses.KeeperRegistry, 'base')).to.deep.equal(
      keyNetwork,
    );
    await checkRecord(ethers.provider, { ...record, keyNetwork });
    const other = { ...record, keyNetwork: { ...keyNetwork, networkKey: `0x${'cd'.repeat(48)}` } };
    expect(await failureOf(checkRecord(ethers.provider, other))).to.contain('not the recorded one');
  });
});
