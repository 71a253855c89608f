import { expect } from 'chai';
import { getBytes } from 'ethers';
import { network } from 'hardhat';
import bytecode from '../../abi/bytecode.json' with { type: 'json' };
import type { ContractName } from '../../abi/index.ts';
import { deployProtocol } from '../../deploy/index.ts';

const { ethers } = await network.create();

/** EIP-170 and EIP-3860. */
const MOST_CODE = 24_576;
const MOST_CREATION_CODE = 49_152;

describe('the size of the contracts', () => {
  it('is below what a chain accepts', async () => {
    const [deployer] = await ethers.getSigners();
    const { addresses } = await deployProtocol(deployer!);
    const sizes: Record<string, { code: number; left: number }> = {};
    for (const [name, address] of Object.entries(addresses)) {
      const code = getBytes(await ethers.provider.getCode(address)).length;
      sizes[name] = { code, left: MOST_CODE - code };
      expect(code, name).to.be.greaterThan(0).and.at.most(MOST_CODE);
      expect(getBytes(bytecode[name as ContractName]).length, name).to.be.at.most(MOST_CREATION_CODE);
    }
    console.table(sizes);
  });
});
