// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILicenseVault} from "../../src/interfaces/ILicenseVault.sol";
import {ProtocolHarness} from "../mocks/ProtocolHarness.sol";
import {CapTables} from "../support/CapTables.sol";
import {TestBase} from "../support/TestBase.sol";

contract MerkleSumTest is TestBase {
    ProtocolHarness private harness = new ProtocolHarness();

    function testFuzz_EveryLeafIsProvableAndNothingElse(uint8 count, uint8 position, uint256 bit, bytes32 seed) public view {
        ILicenseVault.Leaf[] memory leaves = _leaves(between(count, 1, 40), seed);
        uint256 index = between(position, 0, leaves.length - 1);
        uint256 root = CapTables.root(leaves);
        uint256 leaf = CapTables.word(leaves[index]);
        uint256[] memory proof = CapTables.proof(leaves, index);
        assertTrue(harness.verifyCapTable(root, leaf, index, proof), "the leaf");

        uint256 flipped = 1 << (bit % 256);
        assertFalse(harness.verifyCapTable(root ^ flipped, leaf, index, proof), "another root");
        assertFalse(harness.verifyCapTable(root, leaf ^ flipped, index, proof), "another leaf");
        if (proof.length == 0) return;
        uint256 level = bit % proof.length;
        assertFalse(harness.verifyCapTable(root, leaf, index ^ (1 << level), proof), "another index");
        assertFalse(harness.verifyCapTable(root, leaf, index | (1 << proof.length), proof), "an index outside");
        proof[level] ^= flipped;
        assertFalse(harness.verifyCapTable(root, leaf, index, proof), "another proof");
    }

    function test_RootCarriesTheTotal() public pure {
        ILicenseVault.Leaf[] memory leaves = _leaves(7, "seed");
        uint256 total = 0;
        for (uint256 i = 0; i < 7; ++i) total += leaves[i].weight;
        assertEq(uint40(CapTables.root(leaves)), total, "total");
    }

    function test_SumsAboveTheMaximumAreInvalid() public view {
        uint256[] memory proof = new uint256[](1);
        uint256 leaf = (uint256(keccak256("leaf")) >> 40) << 40 | 1;
        proof[0] = type(uint40).max;
        bytes32 hash = keccak256(abi.encodePacked(uint8(1), leaf, proof[0]));
        uint256 wrapped = (uint256(hash) >> 40) << 40;
        assertFalse(harness.verifyCapTable(wrapped, leaf, 0, proof), "a sum that wraps");
    }

    function test_TheZeroRootContainsNothing() public view {
        assertFalse(harness.verifyCapTable(0, 0, 0, new uint256[](0)), "zero");
        assertFalse(harness.verifyContribution(0, 0, 0, new bytes32[](0)), "zero");
    }

    function test_ProofsAreAtMost32Deep() public view {
        assertFalse(harness.verifyCapTable(1, 1, 0, new uint256[](33)), "sum tree");
        assertFalse(harness.verifyContribution("root", "root", 0, new bytes32[](33)), "contribution tree");
    }

    function _leaves(uint256 count, bytes32 seed) private pure returns (ILicenseVault.Leaf[] memory leaves) {
        leaves = new ILicenseVault.Leaf[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            leaves[i] = ILicenseVault.Leaf(
                uint8(random % 4),
                address(uint160(random >> 8)),
                uint40(between(random >> 200, 1, 2 ** 34)),
                uint40(random >> 168),
                uint32(random)
            );
        }
    }
}
