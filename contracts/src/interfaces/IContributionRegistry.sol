// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Contribution registry
/// @notice Anchors the roots of signed contribution batches. Anyone may anchor; the time of the first anchor counts.
interface IContributionRegistry {
    /// @notice A contributor's consent. The field order is the EIP-712 type.
    struct Consent {
        address contributorRef;
        bytes32 datasetId;
        uint16 purposes;
        uint40 validUntil;
        uint128 minPrice;
        bytes32 termsHash;
        uint32 consentNonce;
        uint8 sources;
    }

    /// @notice A contributor's grant to a device key. The field order is the EIP-712 type.
    struct DeviceGrant {
        address contributorRef;
        bytes32 datasetId;
        address signer;
        uint40 validUntil;
        uint32 grantNonce;
    }

    /// @notice One encrypted item. The field order is the EIP-712 type.
    struct Contribution {
        bytes32 contributionId;
        address contributorRef;
        bytes32 datasetId;
        bytes32 schemaHash;
        uint32 intake;
        bytes32 contentDigest;
        uint64 size;
        bytes floeHeader;
        bytes32 metadataHash;
    }

    /// @notice What the device key signs for a batch. The field order is the EIP-712 type.
    struct ContributionBatch {
        bytes32 root;
        uint16 count;
        bytes32 consentHash;
        bytes32 salt;
    }

    /// @notice Everything needed to judge one contribution without any server.
    /// @param consent The consent.
    /// @param consentSignature The contributor's signature of it.
    /// @param grant The grant to the device key; ignored when `grantSignature` is empty.
    /// @param grantSignature The contributor's signature of the grant; empty when the contributor signed the batch.
    /// @param batch The batch.
    /// @param batchSignature The signature of the batch.
    /// @param contribution The item.
    /// @param index The position of the item in the batch, and the index in its id.
    /// @param proof The siblings from the leaf up.
    struct Evidence {
        Consent consent;
        bytes consentSignature;
        DeviceGrant grant;
        bytes grantSignature;
        ContributionBatch batch;
        bytes batchSignature;
        Contribution contribution;
        uint32 index;
        bytes32[] proof;
    }

    /// @notice What `verifyContribution` found; the first failing check is named.
    enum Finding {
        VALID,
        NOT_ANCHORED,
        WRONG_CONSENT,
        CONSENT_EXPIRED,
        CONSENT_SIGNATURE,
        GRANT_EXPIRED,
        GRANT_SIGNATURE,
        BATCH_SIGNATURE,
        WRONG_ID,
        NOT_IN_BATCH,
        CONSENT_WITHDRAWN,
        GRANT_REVOKED,
        NONCE_TOO_OLD
    }

    /// @notice Emitted when a root is anchored for the first time.
    /// @param root The root of a contribution tree.
    /// @param count The number of leaves as the sender says; a hint, the signed batch decides.
    /// @param by The sender.
    event BatchAnchored(bytes32 indexed root, uint256 count, address indexed by);

    /// @notice Thrown when the root is zero.
    error ContributionRegistryZeroRoot();

    /// @notice Thrown when a count is not 1 to 10,000.
    /// @param count The count given.
    error ContributionRegistryBadCount(uint256 count);

    /// @notice Thrown when a root is anchored already.
    /// @param root The root.
    /// @param anchoredAt When it was.
    error ContributionRegistryAlreadyAnchored(bytes32 root, uint64 anchoredAt);

    /// @notice Thrown when two lists differ in length.
    /// @param roots The number of roots.
    /// @param counts The number of counts.
    error ContributionRegistryLengthMismatch(uint256 roots, uint256 counts);

    /// @notice Anchors one root.
    /// @param root The root of a contribution tree.
    /// @param count The number of contributions below it, 1 to 10,000. One signed batch has at most 1,000.
    function anchor(bytes32 root, uint256 count) external;

    /// @notice Anchors several roots in one transaction; roots that are anchored already are passed over.
    /// @param roots The roots.
    /// @param counts The numbers of leaves.
    function anchorMany(bytes32[] calldata roots, uint256[] calldata counts) external;

    /// @notice The time at which a root was anchored, 0 if never.
    /// @param root The root.
    function anchoredAt(bytes32 root) external view returns (uint64);

    /// @notice Judges one contribution for a dispute: consent, grant, batch, id and inclusion, as of the anchor time.
    /// @dev The nonces of consent and grant must have been current at the anchor time. The state tells it for the
    /// current nonce and the one before; for older ones the answer is NONCE_TOO_OLD and the events of the consent
    /// registry decide. Keys and ERC-1271 accounts are accepted as contributor and as signer.
    /// @param evidence The messages, signatures and the inclusion proof.
    function verifyContribution(Evidence calldata evidence) external view returns (Finding);
}
