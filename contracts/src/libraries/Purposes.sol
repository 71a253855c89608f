// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Purpose bits
/// @notice TRAIN 1, FINE_TUNE 2, EVALUATE 4, RAG 8, DERIVE 16, REDISTRIBUTE 32, LABEL 64.
library Purposes {
    /// @notice The purpose of labeling; never part of a license.
    uint16 internal constant LABEL = 64;

    /// @notice All purposes there are.
    uint16 internal constant ALL = 127;

    /// @notice Whether `part` is not empty and within `whole`.
    function isSubset(uint256 part, uint256 whole) internal pure returns (bool) {
        return part != 0 && part & ~whole == 0;
    }
}
