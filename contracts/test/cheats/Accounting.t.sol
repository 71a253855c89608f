// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDatasetRegistry} from "../../src/interfaces/IDatasetRegistry.sol";
import {ILicenseVault as I} from "../../src/interfaces/ILicenseVault.sol";
import {CapTables} from "../support/CapTables.sol";
import {ProtocolFixture} from "../support/ProtocolFixture.sol";

/// @notice Two accounting errors that others made, as regressions: one proof paid by two pools, and money that moves
/// when somebody joins or leaves after it was paid in.
contract AccountingCheatsTest is ProtocolFixture {
    function test_OneProof_IsPaidByItsOwnDatasetAndVersionOnly() public {
        buy();
        (bytes32 otherDataset, uint32 otherVersion) = _otherDataset();
        I.Claim memory item = contributorClaim(0);
        assertEq(claimOne(item), 35e6, "where the leaf is");
        uint256 held = token.balanceOf(address(vault));

        item.datasetId = otherDataset;
        _expectBadProof(item);
        item.datasetId = datasetId;
        item.version = _publish(_withoutAlice());
        _sell(item.version);
        _expectBadProof(item);
        item.version = otherVersion + 7;
        _expectBadProof(item);
        assertEq(token.balanceOf(address(vault)), held + PRICE, "nothing left the vault");
    }

    function testFuzz_WhoJoinsLater_GetsNothingOfEarlierSales(uint40 weight) public {
        buy();
        I.Leaf[] memory leaves = new I.Leaf[](4);
        for (uint256 i = 0; i < 3; ++i) leaves[i] = contributorLeaves()[i];
        leaves[3] = I.Leaf(0, stranger, uint40(between(weight, 1, 2 ** 39)), CONSENT_END, 0);
        uint32 next = _publish(leaves);

        I.Claim memory joined = I.Claim(datasetId, next, leaves[3], 3, CapTables.proof(leaves, 3));
        assertEq(claimOne(joined), 0, "nothing was sold since");
        assertEq(claimOne(contributorClaim(0)), 35e6, "alice: half of the contributors' share");
        assertEq(claimOne(contributorClaim(1)), 21e6, "bob");
        assertEq(claimOne(contributorClaim(2)), 14e6, "carol");
    }

    function test_WhoLeaves_KeepsWhatWasEarnedBefore() public {
        buy();
        vm.prank(alice);
        consents.withdraw(datasetId);
        I.Claim memory item = contributorClaim(0);
        vault.capLeaf(datasetId, version, item.leaf, item.index, item.proof);
        buy();
        uint32 next = _publish(_withoutAlice());
        _sell(next);

        assertEq(claimOne(item), 35e6, "the first sale, not the second");
        assertEq(claimOne(contributorClaim(1)), 21e6 + 42e6, "bob: 300 of 1000, then of 500");
        assertEq(claimOne(contributorClaim(2)), 14e6 + 28e6, "carol: 200 of 1000, then of 500");
    }

    function test_CapBeforeTheFirstSale_EarnsNothing() public {
        vm.prank(alice);
        consents.withdraw(datasetId);
        I.Claim memory item = contributorClaim(0);
        vault.capLeaf(datasetId, version, item.leaf, item.index, item.proof);
        buy();
        assertEq(claimOne(item), 0, "capped at zero");
        assertEq(claimOne(contributorClaim(1)) + claimOne(contributorClaim(2)), 70e6, "the others: all of the share");
    }

    function _withoutAlice() private view returns (I.Leaf[] memory leaves) {
        leaves = new I.Leaf[](2);
        leaves[0] = contributorLeaves()[1];
        leaves[1] = contributorLeaves()[2];
    }

    function _publish(I.Leaf[] memory leaves) private returns (uint32 number) {
        IDatasetRegistry.VersionParams memory params = versionParams();
        params.contributorRoot = CapTables.root(leaves);
        vm.prank(curator);
        number = datasets.publishVersion(datasetId, params);
        vm.warp(block.timestamp + REVIEW_WINDOW);
    }

    function _sell(uint32 number) private {
        I.Purchase memory wanted = terms();
        wanted.version = number;
        wanted.slot = 7;
        vm.prank(licensee);
        vault.purchase(wanted);
    }

    function _otherDataset() private returns (bytes32 id, uint32 number) {
        IDatasetRegistry.VersionParams memory params = versionParams();
        params.contributorRoot = CapTables.root(_withoutAlice());
        vm.startPrank(curator);
        id = datasets.createDataset(datasetParams(), "other");
        datasets.createOffer(id, offerParams(PRICE));
        number = datasets.publishVersion(id, params);
        vm.stopPrank();
        vm.warp(block.timestamp + REVIEW_WINDOW);
    }

    function _expectBadProof(I.Claim memory item) private {
        bytes32 hash = CapTables.hash(item.leaf);
        vm.expectRevert(abi.encodeWithSelector(I.LicenseVaultBadProof.selector, item.datasetId, item.version, hash));
        claimOne(item);
    }
}
