// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILicenseVault} from "../../src/interfaces/ILicenseVault.sol";

/// @notice Builds cap-table trees independently of the library under test.
library CapTables {
    function hash(ILicenseVault.Leaf memory leaf) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encodePacked(uint8(0), leaf.role, leaf.account, leaf.weight, leaf.validUntil, leaf.consentNonce)
            );
    }

    function word(ILicenseVault.Leaf memory leaf) internal pure returns (uint256) {
        return ((uint256(hash(leaf)) >> 40) << 40) | leaf.weight;
    }

    function node(uint256 left, uint256 right) internal pure returns (uint256) {
        uint256 sum = (left % 2 ** 40) + (right % 2 ** 40);
        require(sum < 2 ** 40, "sum of weights");
        return ((uint256(keccak256(abi.encodePacked(uint8(1), left, right))) >> 40) << 40) | sum;
    }

    function words(ILicenseVault.Leaf[] memory leaves) internal pure returns (uint256[] memory level) {
        level = new uint256[](leaves.length);
        for (uint256 i = 0; i < leaves.length; ++i) level[i] = word(leaves[i]);
    }

    function parents(uint256[] memory level) internal pure returns (uint256[] memory next) {
        next = new uint256[]((level.length + 1) / 2);
        for (uint256 i = 0; i < next.length; ++i) {
            next[i] = node(level[2 * i], 2 * i + 1 < level.length ? level[2 * i + 1] : 0);
        }
    }

    function root(ILicenseVault.Leaf[] memory leaves) internal pure returns (uint256) {
        if (leaves.length == 0) return 0;
        uint256[] memory level = words(leaves);
        while (level.length > 1) level = parents(level);
        return level[0];
    }

    function proof(ILicenseVault.Leaf[] memory leaves, uint256 index) internal pure returns (uint256[] memory path) {
        uint256[] memory level = words(leaves);
        uint256 depth = 0;
        for (uint256 width = level.length; width > 1; width = (width + 1) / 2) ++depth;
        path = new uint256[](depth);
        for (uint256 k = 0; k < depth; ++k) {
            uint256 sibling = index ^ 1;
            path[k] = sibling < level.length ? level[sibling] : 0;
            level = parents(level);
            index /= 2;
        }
    }
}
