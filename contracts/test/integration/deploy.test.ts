import { expect } from 'chai';
import { network } from 'hardhat';
import {
  DeploymentError,
  checkDeployment,
  contractAt,
  deployProtocol,
  developmentOptions,
  productionOptions,
} from '../../deploy/index.ts';
import type { DeployOptions } from '../../deploy/index.ts';

const { ethers } = await network.create();

describe('deployProtocol', () => {
  it('deploys and wires all contracts on a development chain', async () => {
    const [deployer] = await ethers.getSigners();
    const deployment = await deployProtocol(deployer!, { reviewWindow: 3 });
    expect(deployment.chainId).to.equal(31337);
    expect(deployment.startBlock).to.be.greaterThan(0);
    const registry = contractAt('DatasetRegistry', deployment.addresses.DatasetRegistry, ethers.provider);
    expect(await registry.getFunction('reviewWindow')()).to.equal(3n);
    expect(await registry.getFunction('guardian')()).to.equal(deployer!.address);
  });

  it('names the contract whose wiring is wrong', async () => {
    const [deployer] = await ethers.getSigners();
    const deployment = await deployProtocol(deployer!);
    const options = { ...developmentOptions, guardian: deployer!.address, parameterOwner: deployer!.address };
    const swapped = { ...deployment.addresses, DatasetRegistry: deployment.addresses.ConsentRegistry };
    let failure: unknown;
    await checkDeployment(ethers.provider, { ...deployment, addresses: swapped }, options).catch((error: unknown) => {
      failure = error;
    });
    expect(failure).to.be.instanceOf(Error);
    failure = undefined;
    await checkDeployment(ethers.provider, deployment, { ...options, payeeDelay: 11 }).catch((error: unknown) => {
      failure = error;
    });
    expect(failure).to.be.instanceOf(DeploymentError);
    expect((failure as Error).message).to.equal('ConsentRegistry.payeeDelay is 10, not 11');
  });
});

describe('deployProtocol outside development', () => {
  const refusal = async (options: Partial<DeployOptions>): Promise<string> => {
    const other = await network.create({ override: { chainId: 8453 } });
    const [deployer] = await other.ethers.getSigners();
    try {
      await deployProtocol(deployer!, options);
      return 'deployed';
    } catch (error) {
      expect(error).to.be.instanceOf(DeploymentError);
      return (error as Error).message;
    }
  };
  const token = '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913';

  it('wants a payment token', async () => {
    expect(await refusal({})).to.equal('outside development a payment token must be named');
  });

  it('refuses short windows', async () => {
    expect(await refusal({ token, reviewWindow: 3600 })).to.contain('the review window is at least 259200 s');
    expect(await refusal({ token, parameterDelay: 0 })).to.contain('the delay of parameters is at least 604800 s');
    expect(await refusal({ token, payeeDelay: 3600 })).to.contain('the payee delay is at least 604800 s');
    const escrow = { ...productionOptions.escrow, finalDelay: 3600 };
    expect(await refusal({ token, escrow })).to.contain('finalDelay of the escrow is at least 2592000 s');
  });

  it('deploys with the production windows and an existing token', async () => {
    const other = await network.create({ override: { chainId: 8453 } });
    const [deployer, guardian] = await other.ethers.getSigners();
    const existing = await (await other.ethers.deployContract('TestUSD')).getAddress();
    const deployment = await deployProtocol(deployer!, { token: existing, guardian: guardian!.address });
    expect(deployment.addresses.TestUSD).to.equal(existing);
    const escrow = contractAt('LabelEscrow', deployment.addresses.LabelEscrow, other.ethers.provider);
    expect(await escrow.getFunction('guardian')()).to.equal(guardian!.address);
    expect((await escrow.getFunction('settings')()).finalDelay).to.equal(2_592_000n);
  });
});
