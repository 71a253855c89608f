// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Derivation of ids
/// @notice Each id hashes a tag first, so that no id of one kind can equal an id of another.
library Ids {
    bytes32 private constant _DATASET_TAG = keccak256("allod.dataset.v1");
    bytes32 private constant _OFFER_TAG = keccak256("allod.offer.v1");
    bytes32 private constant _LICENSE_TAG = keccak256("allod.license.v1");
    bytes32 private constant _JOB_TAG = keccak256("allod.job.v1");
    bytes32 private constant _CONTRIBUTION_TAG = keccak256("allod.contribution.v1");
    bytes32 private constant _PURCHASE_TAG = keccak256("allod.purchase.v1");

    /// @notice The id of a dataset.
    function dataset(
        uint256 chainId,
        address registry,
        address curator,
        bytes32 salt
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(_DATASET_TAG, chainId, registry, curator, salt));
    }

    /// @notice The id of an offer.
    function offer(bytes32 datasetId, uint32 offerIndex) internal pure returns (bytes32) {
        return keccak256(abi.encode(_OFFER_TAG, datasetId, offerIndex));
    }

    /// @notice The id of a license.
    function license(address licensee, bytes32 offerId) internal pure returns (bytes32) {
        return keccak256(abi.encode(_LICENSE_TAG, licensee, offerId));
    }

    /// @notice The id of a labeling job.
    function job(
        uint256 chainId,
        address escrow,
        bytes32 datasetId,
        address requester,
        bytes32 salt
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(_JOB_TAG, chainId, escrow, datasetId, requester, salt));
    }

    /// @notice The id of a contribution.
    function contribution(
        address contributorRef,
        bytes32 datasetId,
        bytes32 salt,
        uint32 index
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(_CONTRIBUTION_TAG, contributorRef, datasetId, salt, index));
    }

    /// @notice The EIP-3009 nonce of a purchase.
    function purchaseNonce(
        uint256 chainId,
        address vault,
        address licensee,
        bytes32 datasetId,
        uint32 offerIndex,
        uint8 slot,
        uint32 version,
        uint128 maxPrice,
        uint16 maxWithdrawnBps,
        bytes32 salt
    ) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    _PURCHASE_TAG,
                    chainId,
                    vault,
                    licensee,
                    datasetId,
                    offerIndex,
                    slot,
                    version,
                    maxPrice,
                    maxWithdrawnBps,
                    salt
                )
            );
    }
}
