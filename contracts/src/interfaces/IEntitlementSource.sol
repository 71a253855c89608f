// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Entitlement source
/// @notice A contract that states who may decrypt what. `AccessPolicy` asks the first sources of a dataset, in order.
/// @dev Both views must be cheap, must not depend on the caller, and answer false rather than revert.
interface IEntitlementSource {
    /// @notice Whether `user` holds an entitlement to the content of `version` for the consented purposes.
    /// @param user The account that asks a keeper for a key.
    /// @param datasetId The dataset.
    /// @param version The version (equal to the intake) whose key is asked for.
    /// @param purposes The purposes the contributor consented to; an entitlement for any other purpose is not enough.
    function mayDecrypt(
        address user,
        bytes32 datasetId,
        uint256 version,
        uint256 purposes
    ) external view returns (bool);

    /// @notice Whether `user` may open the items of one label pack.
    /// @param user The account that asks a keeper for a key.
    /// @param datasetId The dataset.
    /// @param packId The pack of at most 32 items that shares one label key.
    function mayLabel(address user, bytes32 datasetId, bytes32 packId) external view returns (bool);
}
