import { expect } from 'chai';
import { network } from 'hardhat';
import {
  DeploymentError,
  checkDeployment,
  contractAt,
  deployProtocol,
  developmentOptions,
} from '../../deploy/index.ts';

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
    const options = { ...developmentOptions, guardian: deployer!.address, keeperOwner: deployer!.address };
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
