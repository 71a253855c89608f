// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {IAccessPolicy} from "./interfaces/IAccessPolicy.sol";
import {IConsentRegistry} from "./interfaces/IConsentRegistry.sol";
import {IDatasetRegistry} from "./interfaces/IDatasetRegistry.sol";
import {IEntitlementSource} from "./interfaces/IEntitlementSource.sol";
import {Purposes} from "./libraries/Purposes.sol";

/// @title Access policy
contract AccessPolicy is IAccessPolicy {
    uint256 private constant _MAX_SOURCES = 4;

    /// @notice The registry that lists the sources.
    IDatasetRegistry public immutable datasetRegistry;
    /// @notice The registry that holds the nonces.
    IConsentRegistry public immutable consentRegistry;

    constructor(address datasetRegistry_, address consentRegistry_) {
        if (datasetRegistry_.code.length == 0) revert AccessPolicyNoCode(datasetRegistry_);
        if (consentRegistry_.code.length == 0) revert AccessPolicyNoCode(consentRegistry_);
        datasetRegistry = IDatasetRegistry(datasetRegistry_);
        consentRegistry = IConsentRegistry(consentRegistry_);
    }

    /// @inheritdoc IAccessPolicy
    function canDecrypt(
        address user,
        bytes32 datasetId,
        uint256 version,
        address contributorRef,
        uint256 consentNonce,
        uint256 purposes,
        uint256 validUntil,
        uint256 sources
    ) external view override returns (bool) {
        if (user == contributorRef) return true;
        if (!_isConsentCurrent(contributorRef, datasetId, consentNonce, validUntil)) return false;
        return
            _anySource(
                datasetRegistry.sourcesOf(datasetId),
                sources,
                abi.encodeCall(IEntitlementSource.mayDecrypt, (user, datasetId, version, purposes))
            );
    }

    /// @inheritdoc IAccessPolicy
    function canLabel(
        address user,
        bytes32 datasetId,
        address contributorRef,
        uint256 consentNonce,
        uint256 purposes,
        uint256 validUntil,
        bytes32 packId,
        uint256 sources
    ) external view override returns (bool) {
        if (user == contributorRef) return true;
        if (purposes & Purposes.LABEL == 0) return false;
        if (!_isConsentCurrent(contributorRef, datasetId, consentNonce, validUntil)) return false;
        return
            _anySource(
                datasetRegistry.sourcesOf(datasetId),
                sources,
                abi.encodeCall(IEntitlementSource.mayLabel, (user, datasetId, packId))
            );
    }

    /// @inheritdoc IAccessPolicy
    function canDecryptMany(
        address user,
        bytes32 datasetId,
        Entry[] calldata entries
    ) external view override returns (bool[] memory answers) {
        answers = new bool[](entries.length);
        address[] memory listed = datasetRegistry.sourcesOf(datasetId);
        bytes32 asked;
        bool answer;
        for (uint256 i = 0; i < entries.length; ++i) {
            Entry calldata entry = entries[i];
            if (user == entry.contributorRef) {
                answers[i] = true;
                continue;
            }
            if (!_isConsentCurrent(entry.contributorRef, datasetId, entry.consentNonce, entry.validUntil)) continue;
            // Sources are not told the contributor, so that a run of equal questions is asked once.
            bytes32 question = keccak256(abi.encode(entry.version, entry.purposes, entry.sources));
            if (question != asked) {
                asked = question;
                answer = _anySource(
                    listed,
                    entry.sources,
                    abi.encodeCall(IEntitlementSource.mayDecrypt, (user, datasetId, entry.version, entry.purposes))
                );
            }
            answers[i] = answer;
        }
    }

    function _isConsentCurrent(
        address contributorRef,
        bytes32 datasetId,
        uint256 consentNonce,
        uint256 validUntil
    ) private view returns (bool) {
        if (block.timestamp >= validUntil) return false;
        (uint32 current, ) = consentRegistry.noncesOf(contributorRef, datasetId);
        return consentNonce == current;
    }

    /// @dev A source that reverts, has no code or answers with anything but 1 says no.
    function _anySource(
        address[] memory listed,
        uint256 count,
        bytes memory question
    ) private view returns (bool) {
        if (count > listed.length || count > _MAX_SOURCES) return false;
        for (uint256 i = 0; i < count; ++i) {
            (bool success, bytes32 answer, ) = LowLevelCall.staticcallReturn64Bytes(listed[i], question);
            if (success && LowLevelCall.returnDataSize() >= 32 && answer == bytes32(uint256(1))) return true;
        }
        return false;
    }
}
