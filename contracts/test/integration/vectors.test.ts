import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Contract } from 'ethers';
import { ContractFactory } from 'ethers';
import { network } from 'hardhat';
import bytecode from '../../abi/bytecode.json' with { type: 'json' };
import { abis } from '../../abi/index.ts';
import { contractAt } from '../../deploy/index.ts';

const { ethers } = await network.create();

interface Struct {
  struct: string;
  verifyingContract: string;
  value: Record<string, string>;
  hashStruct: string;
  digest: string;
  signer: string;
  signature: string;
}

// The vectors are plain JSON whose shape is documented beside them.
/* eslint-disable @typescript-eslint/no-explicit-any */
const vectors = (name: string): any =>
  JSON.parse(readFileSync(new URL(`../../protocol/vectors/${name}.json`, import.meta.url), 'utf8'));
/* eslint-enable @typescript-eslint/no-explicit-any */

const actors = vectors('actors');
const ids = vectors('ids');
const typed = vectors('typed-data');
const capTables = vectors('cap-table');
const trees = vectors('contribution-tree');

const address = actors.contracts as Record<string, string>;
const account = (name: string): string => ethers.getAddress(actors.accounts[name].address);
const vector = (name: string): Struct => typed.structs.find((entry: Struct) => entry.struct === name);
const runsOn = (registry: string): boolean => registry.toLowerCase() === address.DatasetRegistry!.toLowerCase();

const days = 86_400;

/** Deploys a contract as it is deployed outside tests. */
async function deploy(name: keyof typeof abis, args: unknown[] = []) {
  const [deployer] = await ethers.getSigners();
  const contract = await new ContractFactory(abis[name], bytecode[name], deployer!).deploy(...args);
  return contract.getAddress();
}

/** Puts the contracts at the addresses that the vectors name. */
async function deployAtVectorAddresses(): Promise<{ token: string }> {
  const place = async (name: keyof typeof abis, args: unknown[]): Promise<void> => {
    const built = await deploy(name, args);
    const code = await ethers.provider.getCode(built);
    await ethers.provider.send('hardhat_setCode', [address[name], code]);
    for (let slot = 0; slot < 8; slot += 1) {
      const word = await ethers.provider.getStorage(built, slot);
      await ethers.provider.send('hardhat_setStorageAt', [address[name], ethers.toQuantity(slot), word]);
    }
  };
  const guardian = account('operator');
  const token = await deploy('TestUSD');
  const manager = await deploy('ParameterManager', [guardian, 0]);
  await place('DatasetRegistry', [guardian, 0, manager]);
  await place('ConsentRegistry', [7 * days]);
  await place('ContributionRegistry', [address.ConsentRegistry]);
  await place('LicenseVault', [token, address.DatasetRegistry, address.ConsentRegistry, guardian, 10n ** 15n, manager]);
  await place('LabelEscrow', [
    token,
    address.DatasetRegistry,
    guardian,
    { rejectionWindow: 60, reservedDelay: 120, finalDelay: 180, signerDelay: 60, depositCap: 10n ** 15n },
    manager,
  ]);
  return { token };
}

/** A contract of the vectors, called by anyone. */
async function at(name: Parameters<typeof contractAt>[0], caller?: string): Promise<Contract> {
  const [someone] = await ethers.getSigners();
  if (caller === undefined) return contractAt(name, address[name]!, someone!);
  await ethers.provider.send('hardhat_setBalance', [caller, '0xde0b6b3a7640000']);
  return contractAt(name, address[name]!, await ethers.getImpersonatedSigner(caller));
}

describe('protocol vectors', () => {
  let harness: Awaited<ReturnType<typeof ethers.deployContract>>;
  let token: string;

  before(async () => {
    harness = await ethers.deployContract('ProtocolHarness');
    ({ token } = await deployAtVectorAddresses());
  });

  describe('ids', () => {
    it('derives every id as the vectors do', async () => {
      for (const { input, datasetId } of ids.datasetId) {
        expect(
          await harness.getFunction('datasetId')(input.chainId, input.datasetRegistry, input.curator, input.salt),
        ).to.equal(datasetId);
        if (!runsOn(input.datasetRegistry)) continue;
        const registry = await at('DatasetRegistry');
        expect(await registry.getFunction('datasetIdOf')(input.curator, input.salt)).to.equal(datasetId);
      }
      for (const { input, offerId } of ids.offerId) {
        expect(await harness.getFunction('offerId')(input.datasetId, input.offerIndex)).to.equal(offerId);
      }
      for (const { input, licenseId } of ids.licenseId) {
        expect(await harness.getFunction('licenseId')(input.licensee, input.offerId)).to.equal(licenseId);
      }
      for (const { input, jobId } of ids.jobId) {
        const { chainId, labelEscrow, datasetId, requester, salt } = input;
        expect(await harness.getFunction('jobId')(chainId, labelEscrow, datasetId, requester, salt)).to.equal(jobId);
        const escrow = await at('LabelEscrow');
        expect(await escrow.getFunction('jobIdOf')(datasetId, requester, salt)).to.equal(jobId);
      }
      for (const { input, contributionId } of ids.contributionId) {
        const { contributorRef, datasetId, salt, index } = input;
        expect(await harness.getFunction('contributionId')(contributorRef, datasetId, salt, index)).to.equal(
          contributionId,
        );
      }
    });

    it('derives the EIP-3009 nonce of a purchase', async () => {
      const vault = await at('LicenseVault');
      for (const { input, nonce } of vectors('purchase-nonce').purchases) {
        expect(input.vault.toLowerCase()).to.equal(address.LicenseVault!.toLowerCase());
        expect(await vault.getFunction('purchaseNonceOf')(input, input.licensee, input.salt)).to.equal(nonce);
      }
    });
  });

  describe('cap tables', () => {
    it('proves every leaf', async () => {
      for (const table of capTables.tables) {
        for (const [index, leaf] of table.leaves.entries()) {
          const word = await harness.getFunction('capTableWord')(
            leaf.role,
            leaf.account,
            leaf.weight,
            leaf.validUntil,
            leaf.consentNonce,
          );
          expect(word).to.equal(BigInt(leaf.word));
          expect(
            await harness.getFunction('verifyCapTable')(table.root, leaf.word, index, leaf.proof),
            `${table.name}, leaf ${index}`,
          ).to.equal(true);
        }
      }
    });

    it('refuses every invalid proof', async () => {
      for (const { why, root, leaf, index, proof } of capTables.invalid) {
        const word = await harness.getFunction('capTableWord')(
          leaf.role,
          leaf.account,
          leaf.weight,
          leaf.validUntil,
          leaf.consentNonce,
        );
        expect(await harness.getFunction('verifyCapTable')(root, word, index, proof), why).to.equal(false);
      }
    });
  });

  describe('contribution trees', () => {
    it('proves every leaf', async () => {
      for (const { root, leaves, proofs } of trees.trees) {
        for (const [index, leaf] of leaves.entries()) {
          expect(await harness.getFunction('verifyContribution')(root, leaf, index, proofs[index])).to.equal(true);
        }
      }
    });

    it('refuses every invalid proof', async () => {
      for (const { why, root, leaf, index, proof } of trees.invalid) {
        expect(await harness.getFunction('verifyContribution')(root, leaf, index, proof), why).to.equal(false);
      }
    });
  });

  describe('typed data', () => {
    it('has the same domains', async () => {
      for (const { contract, separator } of typed.domains) {
        expect(await (await at(contract)).getFunction('domainSeparator')(), contract).to.equal(separator);
      }
    });

    it('has the same digests', async () => {
      for (const entry of [...typed.structs, ...typed.consentsUnderOneNonce] as Struct[]) {
        const separator = await (
          await at(entry.verifyingContract as 'LabelEscrow')
        )
          .getFunction('domainSeparator')()
          .then(String);
        expect(await harness.getFunction('digest')(separator, entry.hashStruct), entry.struct).to.equal(entry.digest);
      }
    });

    it('judges the batch of the vectors', async () => {
      const batch = vector('ContributionBatch');
      const consent = vector('Consent');
      const grant = vector('DeviceGrant');
      const tree = trees.trees.find(({ root }: { root: string }) => root === batch.value.root);
      const { contributorRef, datasetId } = consent.value;
      // The grant of the vectors is the second: one revocation came before it.
      await (await at('ConsentRegistry', contributorRef)).getFunction('revokeGrants')(datasetId);
      const registry = await at('ContributionRegistry');
      await registry.getFunction('anchor')(tree.root, tree.count);
      for (let index = 0; index < tree.count; index += 1) {
        const evidence = {
          consent: consent.value,
          consentSignature: consent.signature,
          grant: grant.value,
          grantSignature: grant.signature,
          batch: batch.value,
          batchSignature: batch.signature,
          contribution: trees.contributions[index].value,
          index,
          proof: tree.proofs[index],
        };
        expect(await registry.getFunction('verifyContribution')(evidence), `item ${index}`).to.equal(0n);
        const other = { ...evidence, contribution: { ...evidence.contribution, intake: '4' } };
        expect(await registry.getFunction('verifyContribution')(other)).to.equal(9n);
      }
    });

    it('accepts the signatures of a contributor', async () => {
      const withdrawal = vector('Withdrawal');
      const contributor = ethers.getAddress(withdrawal.value.contributorRef!);
      const { datasetId } = withdrawal.value;
      const registry = await at('ConsentRegistry');

      await registry.getFunction('withdrawBySig')(withdrawal.value, withdrawal.signature);
      const revocation = vector('GrantRevocation');
      await registry.getFunction('revokeGrantsBySig')(revocation.value, revocation.signature);
      expect(await registry.getFunction('noncesOf')(contributor, datasetId)).to.deep.equal([1n, 2n]);

      const payee = vector('PayeeChange');
      await registry.getFunction('setPayeeBySig')(payee.value, payee.signature);
      const recovery = vector('RecoveryChange');
      await registry.getFunction('setRecoveryBySig')(recovery.value, recovery.signature);
      expect(await registry.getFunction('payeeOf')(contributor)).to.equal(ethers.getAddress(payee.value.payee!));
      expect(await registry.getFunction('recoveryOf')(contributor)).to.equal(
        ethers.getAddress(recovery.value.recovery!),
      );
    });

    it('accepts the signatures of a job', async () => {
      const created = ids.datasetId[0].input;
      const curator = account('curator');
      expect(ethers.getAddress(created.curator)).to.equal(curator);
      await (await at('DatasetRegistry', curator)).getFunction('createDataset')(
        {
          schemaHash: ethers.id('schema'),
          purposes: 127,
          contributorsBps: 7000,
          floorPrice: 0,
          token,
          sources: [address.LicenseVault, address.LabelEscrow],
          metadataCid: 'bafkmetadata',
        },
        created.salt,
      );

      const requester = account('requester');
      const usd = contractAt('TestUSD', token, (await ethers.getSigners())[0]!);
      await usd.getFunction('mint')(requester, 1_000_000_000n);
      const escrow = await at('LabelEscrow', requester);
      await contractAt('TestUSD', token, await ethers.getImpersonatedSigner(requester)).getFunction('approve')(
        address.LabelEscrow,
        1_000_000_000n,
      );
      const approval = vector('JobApproval');
      await escrow.getFunction('createJob')(
        {
          datasetId: approval.value.datasetId,
          salt: ids.jobId[0].input.salt,
          budget: 1_000_000_000n,
          dailyCap: 1_000_000_000n,
          quizBudget: 0,
          signer: account('jobSigner'),
          ruleHash: ethers.id('rules'),
        },
        approval.value.deadline,
        approval.signature,
      );

      const { jobId } = approval.value;
      const voucher = vector('Voucher');
      const lease = vector('Lease');
      const receipt = vector('CommitmentReceipt');
      const rejection = vector('LeaseRejection');
      expect(await escrow.getFunction('hashLease')(lease.value)).to.equal(lease.hashStruct);
      expect(receipt.value.leaseHash).to.equal(lease.hashStruct);
      await escrow.getFunction('claimLease')(lease.value, lease.signature, receipt.value, receipt.signature);
      expect(await escrow.getFunction('taskStatusOf')(jobId, lease.value.labeler, lease.value.taskId)).to.equal(1n);
      await escrow.getFunction('rejectLease')(rejection.value, rejection.signature);
      expect(await escrow.getFunction('taskStatusOf')(jobId, rejection.value.labeler, rejection.value.taskId)).to.equal(
        2n,
      );
      await escrow.getFunction('withdraw')(voucher.value, voucher.signature);
      expect(await usd.getFunction('balanceOf')(voucher.value.labeler)).to.equal(BigInt(voucher.value.cumulative!));
    });

    it('accepts the signature of a seat', async () => {
      const seat = vector('SeatAcceptance');
      const { datasetId, user, deadline } = seat.value;
      const curator = await at('DatasetRegistry', account('curator'));
      await curator.getFunction('createOffer')(datasetId, {
        price: 0,
        duration: 3600,
        purposes: 1,
        seats: 1,
        termsHash: ethers.id('terms'),
      });
      await curator.getFunction('publishVersion')(datasetId, {
        manifestCid: 'bafkmanifest',
        contributorRoot: capTables.tables[0].root,
        otherRoot: capTables.tables[2].root,
        parent: 0,
      });
      const vault = await at('LicenseVault', ethers.getAddress(seat.value.licensee!));
      await vault.getFunction('purchase')({
        datasetId,
        offerIndex: 0,
        slot: 0,
        version: 1,
        maxPrice: 0,
        maxWithdrawnBps: 0,
      });
      await vault.getFunction('setSeat')(datasetId, user, deadline, seat.signature);
      expect(await vault.getFunction('mayDecrypt')(user, datasetId, 1, 1)).to.equal(true);
    });
  });
});
