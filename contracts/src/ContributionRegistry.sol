// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {IConsentRegistry} from "./interfaces/IConsentRegistry.sol";
import {IContributionRegistry} from "./interfaces/IContributionRegistry.sol";
import {Ids} from "./libraries/Ids.sol";
import {MerkleIndexed} from "./libraries/MerkleIndexed.sol";
import {Signatures} from "./libraries/Signatures.sol";

/// @title Contribution registry
contract ContributionRegistry is IContributionRegistry {
    /// @dev Whether a nonce was the current one at a time; unknown when it ended before the last raise but one.
    enum Currency {
        NO,
        YES,
        UNKNOWN
    }

    uint256 private constant _MAX_COUNT = 10_000;

    bytes32 private constant _CONSENT_TYPEHASH =
        keccak256(
            "Consent(address contributorRef,bytes32 datasetId,uint16 purposes,uint40 validUntil,uint128 minPrice,bytes32 termsHash,uint32 consentNonce,uint8 sources)"
        );
    bytes32 private constant _DEVICE_GRANT_TYPEHASH =
        keccak256(
            "DeviceGrant(address contributorRef,bytes32 datasetId,address signer,uint40 validUntil,uint32 grantNonce)"
        );
    bytes32 private constant _CONTRIBUTION_TYPEHASH =
        keccak256(
            "Contribution(bytes32 contributionId,address contributorRef,bytes32 datasetId,bytes32 schemaHash,uint32 intake,bytes32 contentDigest,uint64 size,bytes floeHeader,bytes32 metadataHash)"
        );
    bytes32 private constant _CONTRIBUTION_BATCH_TYPEHASH =
        keccak256("ContributionBatch(bytes32 root,uint16 count,bytes32 consentHash,bytes32 salt)");

    /// @notice The registry whose EIP-712 domain every contributor's message has.
    IConsentRegistry public immutable consentRegistry;

    mapping(bytes32 root => uint64) private _anchoredAt;

    constructor(address consentRegistry_) {
        consentRegistry = IConsentRegistry(consentRegistry_);
    }

    /// @inheritdoc IContributionRegistry
    function anchor(bytes32 root, uint256 count) external override {
        uint64 time = _anchoredAt[root];
        if (time != 0) revert ContributionRegistryAlreadyAnchored(root, time);
        _anchor(root, count);
    }

    /// @inheritdoc IContributionRegistry
    function anchorMany(bytes32[] calldata roots, uint256[] calldata counts) external override {
        if (roots.length != counts.length) revert ContributionRegistryLengthMismatch(roots.length, counts.length);
        for (uint256 i = 0; i < roots.length; ++i) {
            if (_anchoredAt[roots[i]] == 0) _anchor(roots[i], counts[i]);
        }
    }

    /// @inheritdoc IContributionRegistry
    function anchoredAt(bytes32 root) external view override returns (uint64) {
        return _anchoredAt[root];
    }

    /// @inheritdoc IContributionRegistry
    function verifyContribution(Evidence calldata evidence) external view override returns (Finding) {
        Consent calldata consent = evidence.consent;
        ContributionBatch calldata batch = evidence.batch;

        uint64 time = _anchoredAt[batch.root];
        if (time == 0) return Finding.NOT_ANCHORED;
        bytes32 consentHash = keccak256(abi.encode(_CONSENT_TYPEHASH, consent));
        if (
            batch.consentHash != consentHash ||
            evidence.contribution.contributorRef != consent.contributorRef ||
            evidence.contribution.datasetId != consent.datasetId
        ) return Finding.WRONG_CONSENT;
        if (time >= consent.validUntil) return Finding.CONSENT_EXPIRED;
        Finding nonceFinding = _checkNonces(evidence, time);
        if (nonceFinding != Finding.VALID) return nonceFinding;

        bytes32 domain = consentRegistry.domainSeparator();
        if (!_isSigned(domain, consent.contributorRef, consentHash, evidence.consentSignature)) {
            return Finding.CONSENT_SIGNATURE;
        }
        address signer = consent.contributorRef;
        if (evidence.grantSignature.length != 0) {
            Finding grantFinding = _checkGrant(domain, evidence, time);
            if (grantFinding != Finding.VALID) return grantFinding;
            signer = evidence.grant.signer;
        }
        if (!_isSigned(domain, signer, _hashBatch(batch), evidence.batchSignature)) return Finding.BATCH_SIGNATURE;

        return _checkItem(evidence);
    }

    function _anchor(bytes32 root, uint256 count) private {
        if (root == 0) revert ContributionRegistryZeroRoot();
        if (count == 0 || count > _MAX_COUNT) revert ContributionRegistryBadCount(count);
        _anchoredAt[root] = uint64(block.timestamp);
        emit BatchAnchored(root, count, msg.sender);
    }

    /// @dev Whether the nonces of consent and grant were current when the batch was anchored. What was anchored before
    /// a withdrawal or revocation stays valid.
    function _checkNonces(Evidence calldata evidence, uint64 time) private view returns (Finding) {
        address contributorRef = evidence.consent.contributorRef;
        bytes32 datasetId = evidence.consent.datasetId;
        (uint32 consentNonce, uint32 grantNonce) = consentRegistry.noncesOf(contributorRef, datasetId);
        (uint40 consentRaisedAt, uint40 grantRaisedAt) = consentRegistry.raisedAtOf(contributorRef, datasetId);
        Currency wasCurrent = _currency(evidence.consent.consentNonce, consentNonce, consentRaisedAt, time);
        if (wasCurrent == Currency.NO) return Finding.CONSENT_WITHDRAWN;
        if (wasCurrent == Currency.UNKNOWN) return Finding.NONCE_TOO_OLD;
        if (evidence.grantSignature.length == 0) return Finding.VALID;
        wasCurrent = _currency(evidence.grant.grantNonce, grantNonce, grantRaisedAt, time);
        if (wasCurrent == Currency.NO) return Finding.GRANT_REVOKED;
        return wasCurrent == Currency.UNKNOWN ? Finding.NONCE_TOO_OLD : Finding.VALID;
    }

    /// @dev `raisedAt` is when the current nonce became current. A batch of the same second counts as anchored later.
    function _currency(uint32 nonce, uint32 current, uint40 raisedAt, uint64 time) private pure returns (Currency) {
        if (nonce == current) return time >= raisedAt ? Currency.YES : Currency.NO;
        if (nonce > current || time >= raisedAt) return Currency.NO;
        return nonce + 1 == current ? Currency.YES : Currency.UNKNOWN;
    }

    function _checkGrant(bytes32 domain, Evidence calldata evidence, uint64 time) private view returns (Finding) {
        DeviceGrant calldata grant = evidence.grant;
        if (time >= grant.validUntil) return Finding.GRANT_EXPIRED;
        bool matches = grant.contributorRef == evidence.consent.contributorRef &&
            grant.datasetId == evidence.consent.datasetId;
        bytes32 grantHash = keccak256(abi.encode(_DEVICE_GRANT_TYPEHASH, grant));
        if (!matches || !_isSigned(domain, grant.contributorRef, grantHash, evidence.grantSignature)) {
            return Finding.GRANT_SIGNATURE;
        }
        return Finding.VALID;
    }

    /// @dev The item has the id of its position in the signed batch and lies there.
    function _checkItem(Evidence calldata evidence) private pure returns (Finding) {
        Contribution calldata contribution = evidence.contribution;
        ContributionBatch calldata batch = evidence.batch;
        bytes32 expectedId = Ids.contribution(
            contribution.contributorRef,
            contribution.datasetId,
            batch.salt,
            evidence.index
        );
        if (contribution.contributionId != expectedId) return Finding.WRONG_ID;
        bytes32 leaf = keccak256(abi.encodePacked(uint8(0), _hashContribution(contribution)));
        bool isInside = evidence.index < batch.count &&
            MerkleIndexed.verify(batch.root, leaf, evidence.index, evidence.proof);
        return isInside ? Finding.VALID : Finding.NOT_IN_BATCH;
    }

    function _isSigned(
        bytes32 domain,
        address signer,
        bytes32 structHash,
        bytes calldata signature
    ) private view returns (bool) {
        bytes32 digest = MessageHashUtils.toTypedDataHash(domain, structHash);
        return Signatures.isValid(signer, digest, signature);
    }

    function _hashBatch(ContributionBatch calldata batch) private pure returns (bytes32) {
        return keccak256(abi.encode(_CONTRIBUTION_BATCH_TYPEHASH, batch));
    }

    function _hashContribution(Contribution calldata contribution) private pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    _CONTRIBUTION_TYPEHASH,
                    contribution.contributionId,
                    contribution.contributorRef,
                    contribution.datasetId,
                    contribution.schemaHash,
                    contribution.intake,
                    contribution.contentDigest,
                    contribution.size,
                    keccak256(contribution.floeHeader),
                    contribution.metadataHash
                )
            );
    }
}
