// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Access policy
/// @notice The two views that every keeper asks before it releases a share of a key. The ABI is part of each sealed
/// identity and never changes.
interface IAccessPolicy {
    /// @notice One condition of `canDecryptMany`.
    /// @param version The version (equal to the intake) whose key is asked for.
    /// @param contributorRef The account that sealed the key.
    /// @param consentNonce The nonce of the consent under which it was sealed.
    /// @param purposes The purposes of that consent.
    /// @param validUntil The first second at which that consent is no longer valid.
    /// @param sources The number of entitlement sources the dataset had when the contributor agreed.
    struct Entry {
        uint256 version;
        address contributorRef;
        uint256 consentNonce;
        uint256 purposes;
        uint256 validUntil;
        uint256 sources;
    }

    /// @notice Thrown when a constructor argument has no code.
    /// @param account The offending address.
    error AccessPolicyNoCode(address account);

    /// @notice Whether `user` may have the key that opens `contributorRef`'s items of `version`.
    /// @dev Always true for the contributorRef itself. Otherwise the consent must be current and unexpired and one of
    /// the first `sources` entitlement sources must say yes; a source that reverts says no.
    /// @param user The account that asks, substituted by the keeper.
    /// @param datasetId The dataset.
    /// @param version The version (equal to the intake) whose key is asked for.
    /// @param contributorRef The account that sealed the key.
    /// @param consentNonce The nonce of the consent under which it was sealed.
    /// @param purposes The purposes of that consent.
    /// @param validUntil The first second at which that consent is no longer valid.
    /// @param sources The number of entitlement sources the dataset had when the contributor agreed (1 to 4).
    function canDecrypt(
        address user,
        bytes32 datasetId,
        uint256 version,
        address contributorRef,
        uint256 consentNonce,
        uint256 purposes,
        uint256 validUntil,
        uint256 sources
    ) external view returns (bool);

    /// @notice Whether `user` may have the label key of one pack.
    /// @dev As `canDecrypt`, and the consent must contain the LABEL purpose.
    /// @param user The account that asks, substituted by the keeper.
    /// @param datasetId The dataset.
    /// @param contributorRef The account that sealed the key.
    /// @param consentNonce The nonce of the consent under which it was sealed.
    /// @param purposes The purposes of that consent.
    /// @param validUntil The first second at which that consent is no longer valid.
    /// @param packId The pack.
    /// @param sources The number of entitlement sources the dataset had when the contributor agreed (1 to 4).
    function canLabel(
        address user,
        bytes32 datasetId,
        address contributorRef,
        uint256 consentNonce,
        uint256 purposes,
        uint256 validUntil,
        bytes32 packId,
        uint256 sources
    ) external view returns (bool);

    /// @notice `canDecrypt` for many sealed keys of one dataset.
    /// @param user The account that asks.
    /// @param datasetId The dataset.
    /// @param entries The conditions, one per sealed key.
    /// @return answers One answer per entry, in order.
    function canDecryptMany(
        address user,
        bytes32 datasetId,
        Entry[] calldata entries
    ) external view returns (bool[] memory answers);
}
