// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDatasetRegistry} from "../../src/interfaces/IDatasetRegistry.sol";
import {ILabelEscrow} from "../../src/interfaces/ILabelEscrow.sol";
import {ILicenseVault} from "../../src/interfaces/ILicenseVault.sol";
import {CapTables} from "../support/CapTables.sol";
import {TestUSD} from "../../src/TestUSD.sol";
import {TokenWorld} from "../support/TokenWorld.sol";

/// @dev Two accounting bugs that were found in deployed contracts of others, played against ours.
contract AccountingBugsTest is TokenWorld {
    function setUp() public override {
        super.setUp();
        useToken(address(new TestUSD()));
    }

    // One proof, recorded for one pool, was paid by every pool that shared its settings.

    function test_OneProofIsNotPaidByTwoDatasetsOfTheSameTree() public {
        ILicenseVault.Claim memory first = contributorClaim(0);
        vm.startPrank(curator);
        IDatasetRegistry.DatasetParams memory params = datasetParams();
        params.token = address(money);
        bytes32 twin = datasets.createDataset(params, "twin");
        datasets.createOffer(twin, offerParams(PRICE));
        datasets.publishVersion(twin, versionParams());
        vm.stopPrank();
        vm.warp(block.timestamp + REVIEW_WINDOW);
        buy();

        ILicenseVault.Claim memory second = contributorClaim(0);
        second.datasetId = twin;
        assertEq(claimOne(second), 0, "the twin sold nothing and pays nothing");
        assertEq(claimOne(first), 35e6, "the dataset that sold pays");
        assertEq(claimOne(first), 0, "once");
        assertEq(claimOne(second), 0, "the twin still pays nothing");
        assertEq(held(alice), 35e6, "alice");
        assertEq(held(address(vault)), 65e6, "the others' shares are untouched");
    }

    function test_OneProofIsNotPaidByTwoVersionsOfTheSameTree() public {
        buy();
        IDatasetRegistry.VersionParams memory params = versionParams();
        params.parent = version;
        vm.prank(curator);
        uint32 next = datasets.publishVersion(datasetId, params);
        vm.warp(block.timestamp + REVIEW_WINDOW);
        ILicenseVault.Claim memory again = contributorClaim(0);
        assertEq(claimOne(again), 35e6, "the version that was sold");
        again.version = next;
        assertEq(claimOne(again), 0, "the version that was not");
    }

    function test_OneVoucherIsNotPaidByTwoJobsOfTheSameSigner() public {
        bytes32 first = openJob("first", jobSigner);
        bytes32 second = openJob("second", jobSigner);
        (ILabelEscrow.Voucher memory voucher, bytes memory signature) = voucherFor(first, labeler, 10e6);
        escrow.withdraw(voucher, signature);
        voucher.jobId = second;
        bytes memory call_ = abi.encodeCall(escrow.withdraw, (voucher, signature));
        assertRefused(address(escrow), call_, ILabelEscrow.LabelEscrowBadSignature.selector, "in the other job");
        assertEq(held(labeler), 10e6, "once");
    }

    // Joining moved money that was paid before: shares were read when they were claimed. (Leaving: cheats/Accounting.t.sol.)

    function test_JoiningTakesNothingThatWasPaidBefore() public {
        bytes32 set = _datasetOfAliceAlone();
        _buyFrom(set, 1);
        vm.prank(curator);
        datasets.publishVersion(set, versionParams());
        vm.warp(block.timestamp + REVIEW_WINDOW);
        _buyFrom(set, 2);

        assertEq(_claimFrom(set, 2, contributorClaim(1)), 21e6, "bob: his share of what was paid since he joined");
        (bool paid, ) = attempt(address(vault), _claimCall(set, 1, contributorClaim(1)));
        assertFalse(paid, "bob: nothing of what was paid before");
        assertEq(_claimFrom(set, 1, _aloneClaim()), 70e6, "alice: all of what was paid before");
        assertEq(_claimFrom(set, 2, contributorClaim(0)), 35e6, "alice: her share since");
    }

    function _datasetOfAliceAlone() private returns (bytes32 set) {
        IDatasetRegistry.DatasetParams memory params = datasetParams();
        params.token = address(money);
        IDatasetRegistry.VersionParams memory alone = versionParams();
        alone.contributorRoot = CapTables.root(_alone());
        vm.startPrank(curator);
        set = datasets.createDataset(params, "alone");
        datasets.createOffer(set, offerParams(PRICE));
        datasets.publishVersion(set, alone);
        vm.stopPrank();
        vm.warp(block.timestamp + REVIEW_WINDOW);
    }

    function _alone() private view returns (ILicenseVault.Leaf[] memory leaves) {
        leaves = new ILicenseVault.Leaf[](1);
        leaves[0] = ILicenseVault.Leaf(0, alice, 500, CONSENT_END, 0);
    }

    function _aloneClaim() private view returns (ILicenseVault.Claim memory) {
        return ILicenseVault.Claim(datasetId, 1, _alone()[0], 0, new uint256[](0));
    }

    function _buyFrom(bytes32 set, uint32 number) private {
        vm.prank(licensee);
        vault.purchase(ILicenseVault.Purchase(set, 0, 0, number, PRICE, 0));
    }

    function _claimFrom(bytes32 set, uint32 number, ILicenseVault.Claim memory item) private returns (uint256) {
        (item.datasetId, item.version) = (set, number);
        return claimOne(item);
    }

    function _claimCall(
        bytes32 set,
        uint32 number,
        ILicenseVault.Claim memory item
    ) private view returns (bytes memory) {
        (item.datasetId, item.version) = (set, number);
        ILicenseVault.Claim[] memory claims = new ILicenseVault.Claim[](1);
        claims[0] = item;
        return abi.encodeCall(vault.claim, (claims));
    }
}
