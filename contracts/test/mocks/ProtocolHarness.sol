// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ids} from "../../src/libraries/Ids.sol";
import {MerkleIndexed} from "../../src/libraries/MerkleIndexed.sol";
import {MerkleSum} from "../../src/libraries/MerkleSum.sol";

/// @notice Opens the internal libraries to tests in TypeScript and to fuzzing.
contract ProtocolHarness {
    function datasetId(
        uint256 chainId,
        address registry,
        address curator,
        bytes32 salt
    ) external pure returns (bytes32) {
        return Ids.dataset(chainId, registry, curator, salt);
    }

    function offerId(bytes32 dataset, uint32 offerIndex) external pure returns (bytes32) {
        return Ids.offer(dataset, offerIndex);
    }

    function licenseId(address licensee, bytes32 offer) external pure returns (bytes32) {
        return Ids.license(licensee, offer);
    }

    function jobId(
        uint256 chainId,
        address escrow,
        bytes32 dataset,
        address requester,
        bytes32 salt
    ) external pure returns (bytes32) {
        return Ids.job(chainId, escrow, dataset, requester, salt);
    }

    function contributionId(
        address contributorRef,
        bytes32 dataset,
        bytes32 salt,
        uint32 index
    ) external pure returns (bytes32) {
        return Ids.contribution(contributorRef, dataset, salt, index);
    }

    function capTableWord(
        uint8 role,
        address account,
        uint40 weight,
        uint40 validUntil,
        uint32 consentNonce
    ) external pure returns (uint256) {
        return MerkleSum.word(MerkleSum.hashLeaf(role, account, weight, validUntil, consentNonce), weight);
    }

    function verifyCapTable(
        uint256 root,
        uint256 leaf,
        uint256 index,
        uint256[] calldata proof
    ) external pure returns (bool) {
        return MerkleSum.verify(root, leaf, index, proof);
    }

    function verifyContribution(
        bytes32 root,
        bytes32 leaf,
        uint256 index,
        bytes32[] calldata proof
    ) external pure returns (bool) {
        return MerkleIndexed.verify(root, leaf, index, proof);
    }

    function digest(bytes32 domainSeparator, bytes32 structHash) external pure returns (bytes32) {
        return keccak256(abi.encodePacked("\x19\x01", domainSeparator, structHash));
    }
}
