// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Merkle-sum trees of cap tables
/// @notice A tree word is 216 bits of a keccak256 hash followed by a 40-bit weight. A node hashes both child words and
/// carries the sum of their weights, so that distinct leaves can never prove more weight than the root states.
library MerkleSum {
    uint256 private constant _WEIGHT_MASK = type(uint40).max;
    uint256 private constant _MAX_DEPTH = 32;

    /// @notice The weight in the low 40 bits of a word.
    function weightOf(uint256 word_) internal pure returns (uint40) {
        return uint40(word_);
    }

    /// @notice The word of a hash and a weight.
    function word(bytes32 hash, uint256 weight) internal pure returns (uint256) {
        return (uint256(hash) & ~_WEIGHT_MASK) | weight;
    }

    /// @notice The hash of a cap-table leaf.
    function hashLeaf(
        uint8 role,
        address account,
        uint40 weight,
        uint40 validUntil,
        uint32 consentNonce
    ) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(uint8(0), role, account, weight, validUntil, consentNonce));
    }

    /// @notice Whether `leaf` is at `index` under `root`.
    /// @param root The root word; 0 contains nothing.
    /// @param leaf The leaf word.
    /// @param index The position, whose bit k says on which side the node of level k is.
    /// @param proof The sibling words from the leaf up; 0 for a missing one.
    function verify(
        uint256 root,
        uint256 leaf,
        uint256 index,
        uint256[] calldata proof
    ) internal pure returns (bool) {
        uint256 depth = proof.length;
        if (root == 0 || depth > _MAX_DEPTH || index >> depth != 0) return false;
        uint256 node = leaf;
        for (uint256 level = 0; level < depth; ++level) {
            uint256 sibling = proof[level];
            uint256 sum = (node & _WEIGHT_MASK) + (sibling & _WEIGHT_MASK);
            if (sum > _WEIGHT_MASK) return false;
            bytes32 hash = (index >> level) & 1 == 0
                ? keccak256(abi.encodePacked(uint8(1), node, sibling))
                : keccak256(abi.encodePacked(uint8(1), sibling, node));
            node = word(hash, sum);
        }
        return node == root;
    }
}
