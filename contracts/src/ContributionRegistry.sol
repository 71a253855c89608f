// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IConsentRegistry} from "./interfaces/IConsentRegistry.sol";
import {IContributionRegistry} from "./interfaces/IContributionRegistry.sol";
import {Ids} from "./libraries/Ids.sol";
import {MerkleIndexed} from "./libraries/MerkleIndexed.sol";

/// @title Contribution registry
contract ContributionRegistry is IContributionRegistry {
    uint256 private constant _MAX_COUNT = 1000;

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
        Contribution calldata contribution = evidence.contribution;
        ContributionBatch calldata batch = evidence.batch;

        uint64 time = _anchoredAt[batch.root];
        if (time == 0) return Finding.NOT_ANCHORED;
        bytes32 consentHash = keccak256(abi.encode(_CONSENT_TYPEHASH, consent));
        if (
            batch.consentHash != consentHash ||
            contribution.contributorRef != consent.contributorRef ||
            contribution.datasetId != consent.datasetId
        ) return Finding.WRONG_CONSENT;
        if (time >= consent.validUntil) return Finding.CONSENT_EXPIRED;

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

        bytes32 expectedId = Ids.contribution(
            consent.contributorRef,
            consent.datasetId,
            batch.salt,
            evidence.index
        );
        if (contribution.contributionId != expectedId) return Finding.WRONG_ID;
        bytes32 leaf = keccak256(abi.encodePacked(uint8(0), _hashContribution(contribution)));
        if (
            evidence.index >= batch.count || !MerkleIndexed.verify(batch.root, leaf, evidence.index, evidence.proof)
        ) return Finding.NOT_IN_BATCH;
        return Finding.VALID;
    }

    function _anchor(bytes32 root, uint256 count) private {
        if (root == 0) revert ContributionRegistryZeroRoot();
        if (count == 0 || count > _MAX_COUNT) revert ContributionRegistryBadCount(count);
        _anchoredAt[root] = uint64(block.timestamp);
        emit BatchAnchored(root, count, msg.sender);
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

    function _isSigned(
        bytes32 domain,
        address signer,
        bytes32 structHash,
        bytes calldata signature
    ) private view returns (bool) {
        bytes32 digest = MessageHashUtils.toTypedDataHash(domain, structHash);
        return SignatureChecker.isValidSignatureNowCalldata(signer, digest, signature);
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
