// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDatasetRegistry} from "../../src/interfaces/IDatasetRegistry.sol";
import {ILicenseVault as I} from "../../src/interfaces/ILicenseVault.sol";
import {CapTables} from "../support/CapTables.sol";
import {ProtocolFixture} from "../support/ProtocolFixture.sol";

/// @notice A curator who publishes trees that no honest builder makes.
contract CapTableCheatsTest is ProtocolFixture {
    uint256 private constant WEIGHT_MASK = 2 ** 40 - 1;

    function test_DuplicatedLeaf_EarnsOnce() public {
        I.Leaf[] memory leaves = new I.Leaf[](3);
        leaves[0] = I.Leaf(0, curator, 400, CONSENT_END, 0);
        leaves[1] = leaves[0];
        leaves[2] = I.Leaf(0, alice, 200, CONSENT_END, 0);
        uint32 number = _sell(CapTables.root(leaves));
        assertEq(claimOne(_claimOf(number, leaves, 0)), 28e6, "400 of 1000");
        assertEq(claimOne(_claimOf(number, leaves, 1)), 0, "the same leaf");
        assertEq(claimOne(_claimOf(number, leaves, 2)), 14e6, "alice: 200 of 1000");
    }

    function test_UnderstatedRoot_ProvesNothing() public {
        I.Leaf[] memory leaves = contributorLeaves();
        uint32 number = _sell((CapTables.root(leaves) & ~WEIGHT_MASK) | 1);
        for (uint256 i = 0; i < 3; ++i) _expectBadProof(_claimOf(number, leaves, i));
    }

    function test_UnderstatedNode_ProvesOnlyTheSideThatIsSummed() public {
        I.Leaf[] memory leaves = contributorLeaves();
        uint256[] memory words = CapTables.words(leaves);
        uint256 understated = (CapTables.node(words[0], words[1]) & ~WEIGHT_MASK) | 1;
        uint256 right = CapTables.node(words[2], 0);
        uint32 number = _sell(CapTables.node(understated, right));
        _expectBadProof(_claimOf(number, leaves, 0));
        _expectBadProof(_claimOf(number, leaves, 1));
        I.Claim memory item = _claimOf(number, leaves, 2);
        item.proof[1] = understated;
        uint256 deposited = token.balanceOf(address(vault));
        assertLe(claimOne(item), (deposited * SHARE) / 10_000, "no more than the tree's share");
    }

    function test_ForgedSumInAProof_IsRefused() public {
        buy();
        for (uint256 level = 0; level < 2; ++level) {
            I.Claim memory item = contributorClaim(0);
            item.proof[level] -= 1;
            _expectBadProof(item);
        }
    }

    function test_SecondPreimage_NodeIsNoLeaf() public {
        buy();
        uint256[] memory words = CapTables.words(contributorLeaves());
        I.Claim memory item = contributorClaim(0);
        uint256[] memory upper = new uint256[](1);
        upper[0] = item.proof[1];
        item.proof = upper;
        _expectBadProof(item);
        item.leaf = I.Leaf(0, address(uint160(words[0] >> 88)), 800, uint40(words[0] >> 8), uint32(words[1] >> 224));
        _expectBadProof(item);
    }

    function test_WrongRole_CannotClaimFromTheOtherTree() public {
        buy();
        I.Leaf[] memory leaves = contributorLeaves();
        for (uint8 role = 1; role < 4; ++role) {
            I.Claim memory item = contributorClaim(0);
            item.leaf.role = role;
            _expectBadProof(item);
        }
        leaves[0].role = 1;
        uint32 number = _sell(CapTables.root(leaves));
        _expectBadProof(_claimOf(number, leaves, 0));
    }

    function _sell(uint256 contributorRoot) private returns (uint32 number) {
        IDatasetRegistry.VersionParams memory params = versionParams();
        params.contributorRoot = contributorRoot;
        vm.prank(curator);
        number = datasets.publishVersion(datasetId, params);
        vm.warp(block.timestamp + REVIEW_WINDOW);
        I.Purchase memory wanted = terms();
        wanted.version = number;
        wanted.slot = 7;
        vm.prank(licensee);
        vault.purchase(wanted);
    }

    function _claimOf(uint32 number, I.Leaf[] memory leaves, uint256 index) private view returns (I.Claim memory) {
        return I.Claim(datasetId, number, leaves[index], uint32(index), CapTables.proof(leaves, index));
    }

    function _expectBadProof(I.Claim memory item) private {
        bytes32 hash = CapTables.hash(item.leaf);
        vm.expectRevert(abi.encodeWithSelector(I.LicenseVaultBadProof.selector, item.datasetId, item.version, hash));
        claimOne(item);
    }
}
