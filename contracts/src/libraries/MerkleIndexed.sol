// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Index-directed Merkle trees of contribution batches
/// @notice Leaves keep the order of the batch, so that a proof also proves the position. A missing right sibling is the
/// zero word.
library MerkleIndexed {
    uint256 private constant _MAX_DEPTH = 32;

    /// @notice Whether `leaf` is at `index` under `root`.
    /// @param root The root; zero contains nothing.
    /// @param leaf The leaf hash.
    /// @param index The position, whose bit k says on which side the node of level k is.
    /// @param proof The siblings from the leaf up.
    function verify(
        bytes32 root,
        bytes32 leaf,
        uint256 index,
        bytes32[] calldata proof
    ) internal pure returns (bool) {
        uint256 depth = proof.length;
        if (root == 0 || depth > _MAX_DEPTH || index >> depth != 0) return false;
        bytes32 node = leaf;
        for (uint256 level = 0; level < depth; ++level) {
            bytes32 sibling = proof[level];
            node = (index >> level) & 1 == 0
                ? keccak256(abi.encodePacked(uint8(1), node, sibling))
                : keccak256(abi.encodePacked(uint8(1), sibling, node));
        }
        return node == root;
    }
}
