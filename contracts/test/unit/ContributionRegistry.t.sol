// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IContributionRegistry as I} from "../../src/interfaces/IContributionRegistry.sol";
import {MockContractAccount} from "../mocks/MockAccounts.sol";
import {OddSource, RevertingSource, SilentSource} from "../mocks/MockSources.sol";
import {ProtocolFixture} from "../support/ProtocolFixture.sol";

contract ContributionRegistryTest is ProtocolFixture {
    bytes32 private constant CONSENT =
        keccak256(
            "Consent(address contributorRef,bytes32 datasetId,uint16 purposes,uint40 validUntil,uint128 minPrice,bytes32 termsHash,uint32 consentNonce,uint8 sources)"
        );
    bytes32 private constant GRANT =
        keccak256(
            "DeviceGrant(address contributorRef,bytes32 datasetId,address signer,uint40 validUntil,uint32 grantNonce)"
        );
    bytes32 private constant CONTRIBUTION =
        keccak256(
            "Contribution(bytes32 contributionId,address contributorRef,bytes32 datasetId,bytes32 schemaHash,uint32 intake,bytes32 contentDigest,uint64 size,bytes floeHeader,bytes32 metadataHash)"
        );
    bytes32 private constant BATCH =
        keccak256("ContributionBatch(bytes32 root,uint16 count,bytes32 consentHash,bytes32 salt)");

    uint256 private immutable deviceKey = keyOf("device");
    address private _contributor;
    address private _device;

    function setUp() public override {
        super.setUp();
        _contributor = alice;
        _device = vm.addr(deviceKey);
    }

    function test_Anchor_KeepsTheFirstTime() public {
        contributions.anchor("root", 5);
        assertEq(contributions.anchoredAt("root"), block.timestamp, "time");
        uint64 first = uint64(block.timestamp);
        vm.warp(block.timestamp + 1);
        vm.expectRevert(
            abi.encodeWithSelector(I.ContributionRegistryAlreadyAnchored.selector, bytes32("root"), first)
        );
        contributions.anchor("root", 5);
    }

    function test_AnchorMany_PassesOverWhatIsAnchored() public {
        contributions.anchor("first", 1);
        vm.warp(block.timestamp + 1);
        bytes32[] memory roots = new bytes32[](2);
        roots[0] = "first";
        roots[1] = "second";
        uint256[] memory counts = new uint256[](2);
        counts[0] = 1;
        counts[1] = 10_000;
        vm.prank(stranger);
        contributions.anchorMany(roots, counts);
        assertEq(contributions.anchoredAt("first"), block.timestamp - 1, "first");
        assertEq(contributions.anchoredAt("second"), block.timestamp, "second");
    }

    function test_RevertWhen_RootOrCountIsBad() public {
        vm.expectRevert(abi.encodeWithSelector(I.ContributionRegistryZeroRoot.selector));
        contributions.anchor(0, 1);
        vm.expectRevert(abi.encodeWithSelector(I.ContributionRegistryBadCount.selector, 0));
        contributions.anchor("root", 0);
        vm.expectRevert(abi.encodeWithSelector(I.ContributionRegistryBadCount.selector, 10_001));
        contributions.anchor("root", 10_001);
        vm.expectRevert(abi.encodeWithSelector(I.ContributionRegistryLengthMismatch.selector, 1, 0));
        contributions.anchorMany(new bytes32[](1), new uint256[](0));
    }

    function test_VerifyContribution_WithAndWithoutAGrant() public {
        I.Evidence memory evidence = _evidence();
        contributions.anchor(evidence.batch.root, 3);
        _expect(evidence, I.Finding.VALID, "device key");
        evidence.grantSignature = "";
        _expect(evidence, I.Finding.BATCH_SIGNATURE, "device key without its grant");
        evidence.batchSignature = _sign(aliceKey, _hashBatch(evidence.batch));
        _expect(evidence, I.Finding.VALID, "the contributor itself");
    }

    function test_VerifyContribution_NamesTheFirstFault() public {
        I.Evidence memory evidence = _evidence();
        _expect(evidence, I.Finding.NOT_ANCHORED, "not anchored");
        contributions.anchor(evidence.batch.root, 3);

        evidence.consent.minPrice += 1;
        _expect(evidence, I.Finding.WRONG_CONSENT, "other terms");
        evidence = _evidence();
        evidence.contribution.contributorRef = bob;
        _expect(evidence, I.Finding.WRONG_CONSENT, "other contributor");
        evidence = _evidence();
        evidence.consentSignature = evidence.grantSignature;
        _expect(evidence, I.Finding.CONSENT_SIGNATURE, "consent signature");
        evidence = _evidence();
        evidence.grant.validUntil = uint40(block.timestamp);
        _expect(evidence, I.Finding.GRANT_EXPIRED, "grant expired");
        evidence = _evidence();
        evidence.grant.signer = stranger;
        _expect(evidence, I.Finding.GRANT_SIGNATURE, "another device");
        evidence = _evidence();
        evidence.batchSignature = evidence.consentSignature;
        _expect(evidence, I.Finding.BATCH_SIGNATURE, "batch signature");
        evidence = _evidence();
        evidence.index = 1;
        _expect(evidence, I.Finding.WRONG_ID, "other position");
        evidence = _evidence();
        evidence.contribution.size += 1;
        _expect(evidence, I.Finding.NOT_IN_BATCH, "changed item");
        evidence = _evidence();
        evidence.proof[1] = "other";
        _expect(evidence, I.Finding.NOT_IN_BATCH, "wrong proof");
    }

    function test_VerifyContribution_ConsentMustHoldAtTheAnchor() public {
        vm.warp(CONSENT_END);
        I.Evidence memory evidence = _evidence();
        contributions.anchor(evidence.batch.root, 3);
        _expect(evidence, I.Finding.CONSENT_EXPIRED, "expired");
    }

    function test_VerifyContribution_GrantMustHoldAtTheAnchor() public {
        I.Evidence memory evidence = _evidence();
        contributions.anchor(evidence.batch.root, 3);
        vm.warp(block.timestamp + 1);
        _revoke();
        _expect(evidence, I.Finding.VALID, "anchored before the revocation");
        vm.warp(block.timestamp + 1);
        _revoke();
        _expect(evidence, I.Finding.NONCE_TOO_OLD, "two revocations later the events decide");
        evidence.grantSignature = "";
        evidence.batchSignature = _sign(aliceKey, _hashBatch(evidence.batch));
        _expect(evidence, I.Finding.VALID, "the contributor itself needs no grant");
    }

    function test_VerifyContribution_RevokedOrFutureGrantIsRefused() public {
        _revoke();
        I.Evidence memory evidence = _evidence();
        contributions.anchor(evidence.batch.root, 3);
        _expect(evidence, I.Finding.GRANT_REVOKED, "revoked before the anchor");
        evidence.grant.grantNonce = 2;
        _expect(evidence, I.Finding.GRANT_REVOKED, "a nonce that is not yet current");
        evidence.grant.grantNonce = 1;
        evidence.grantSignature = _sign(aliceKey, keccak256(abi.encode(GRANT, evidence.grant)));
        _expect(evidence, I.Finding.VALID, "a new grant");
        vm.warp(block.timestamp + 1);
        _revoke();
        _revoke();
        evidence.grant.grantNonce = 0;
        vm.warp(block.timestamp + 1);
        evidence.batch.root = "later";
        contributions.anchor("later", 3);
        _expect(evidence, I.Finding.GRANT_REVOKED, "long revoked at the anchor");
    }

    function test_VerifyContribution_WithdrawnConsentIsRefused() public {
        I.Evidence memory evidence = _evidence();
        contributions.anchor(evidence.batch.root, 3);
        vm.warp(block.timestamp + 1);
        vm.prank(alice);
        consents.withdraw(datasetId);
        _expect(evidence, I.Finding.VALID, "anchored before the withdrawal");
        vm.warp(block.timestamp + 1);
        vm.prank(alice);
        consents.withdraw(datasetId);
        _expect(evidence, I.Finding.NONCE_TOO_OLD, "two withdrawals later the events decide");
        evidence.batch.root = "later";
        contributions.anchor("later", 3);
        _expect(evidence, I.Finding.CONSENT_WITHDRAWN, "withdrawn before the anchor");
    }

    function test_VerifyContribution_TakesContractAccountsForConsentGrantAndBatch() public {
        MockContractAccount wallet = new MockContractAccount(alice);
        MockContractAccount device = new MockContractAccount(vm.addr(deviceKey));
        _contributor = address(wallet);
        _device = address(device);
        I.Evidence memory evidence = _evidence();
        contributions.anchor(evidence.batch.root, 3);
        _expect(evidence, I.Finding.VALID, "contract contributor and contract device");
        bytes memory good = evidence.consentSignature;
        evidence.consentSignature = evidence.batchSignature;
        _expect(evidence, I.Finding.CONSENT_SIGNATURE, "not the wallet's");
        evidence.consentSignature = good;
        good = evidence.batchSignature;
        evidence.batchSignature = evidence.grantSignature;
        _expect(evidence, I.Finding.BATCH_SIGNATURE, "not the device's");
        evidence.batchSignature = good;
        evidence.grantSignature = good;
        _expect(evidence, I.Finding.GRANT_SIGNATURE, "not the wallet's grant");
    }

    function test_VerifyContribution_HostileWalletsOnlyFail() public {
        address[3] memory hostile = [
            address(new RevertingSource()),
            address(new SilentSource()),
            address(new OddSource())
        ];
        for (uint256 i = 0; i < 3; ++i) {
            _contributor = hostile[i];
            I.Evidence memory evidence = _evidence();
            contributions.anchor(evidence.batch.root, 3);
            _expect(evidence, I.Finding.CONSENT_SIGNATURE, "a wallet that answers nonsense has not signed");
        }
    }

    function _revoke() private {
        vm.prank(alice);
        consents.revokeGrants(datasetId);
    }

    function _evidence() private view returns (I.Evidence memory evidence) {
        evidence.consent = I.Consent(_contributor, datasetId, TRAIN, CONSENT_END, 0, keccak256("terms"), 0, 2);
        bytes32 consentHash = keccak256(abi.encode(CONSENT, evidence.consent));
        evidence.consentSignature = _sign(aliceKey, consentHash);
        evidence.grant = I.DeviceGrant(_contributor, datasetId, _device, CONSENT_END + 1, 0);
        evidence.grantSignature = _sign(aliceKey, keccak256(abi.encode(GRANT, evidence.grant)));
        bytes32[3] memory leaves;
        for (uint32 i = 0; i < 3; ++i) leaves[i] = _leaf(_contribution(i));
        evidence.contribution = _contribution(2);
        evidence.index = 2;
        evidence.proof = new bytes32[](2);
        evidence.proof[1] = keccak256(abi.encodePacked(uint8(1), leaves[0], leaves[1]));
        bytes32 right = keccak256(abi.encodePacked(uint8(1), leaves[2], bytes32(0)));
        bytes32 root = keccak256(abi.encodePacked(uint8(1), evidence.proof[1], right));
        evidence.batch = I.ContributionBatch(root, 3, consentHash, "salt");
        evidence.batchSignature = _sign(deviceKey, _hashBatch(evidence.batch));
    }

    function _contribution(uint32 index) private view returns (I.Contribution memory) {
        bytes32 id = keccak256(
            abi.encode(keccak256("allod.contribution.v1"), _contributor, datasetId, bytes32("salt"), index)
        );
        return
            I.Contribution(
                id,
                _contributor,
                datasetId,
                keccak256("schema"),
                1,
                keccak256(abi.encode(index)),
                784,
                "header",
                0
            );
    }

    function _leaf(I.Contribution memory c) private pure returns (bytes32) {
        bytes32 hash = keccak256(
            abi.encode(
                CONTRIBUTION,
                c.contributionId,
                c.contributorRef,
                c.datasetId,
                c.schemaHash,
                c.intake,
                c.contentDigest,
                c.size,
                keccak256(c.floeHeader),
                c.metadataHash
            )
        );
        return keccak256(abi.encodePacked(uint8(0), hash));
    }

    function _hashBatch(I.ContributionBatch memory batch) private pure returns (bytes32) {
        return keccak256(abi.encode(BATCH, batch));
    }

    function _expect(I.Evidence memory evidence, I.Finding finding, string memory what) private view {
        assertEq(uint8(contributions.verifyContribution(evidence)), uint8(finding), what);
    }

    function _sign(uint256 key, bytes32 structHash) private view returns (bytes memory) {
        return sign(key, consents.domainSeparator(), structHash);
    }
}
