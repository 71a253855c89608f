// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessPolicy} from "../../src/AccessPolicy.sol";
import {IAccessPolicy} from "../../src/interfaces/IAccessPolicy.sol";
import {IDatasetRegistry} from "../../src/interfaces/IDatasetRegistry.sol";
import {ILabelEscrow} from "../../src/interfaces/ILabelEscrow.sol";
import {ProtocolFixture} from "../support/ProtocolFixture.sol";
import {BurningSource, OddSource, RevertingSource, SilentSource, YesSource} from "../mocks/MockSources.sol";

contract AccessPolicyTest is ProtocolFixture {
    bytes32 private constant PACK = keccak256("pack");

    function test_CanDecrypt_NeedsALicense() public {
        assertFalse(_ask(licensee, TRAIN), "before");
        buy();
        assertTrue(_ask(licensee, TRAIN), "after");
        assertFalse(_ask(stranger, TRAIN), "a stranger");
    }

    function test_CanDecrypt_OwnerAlwaysMay() public {
        vm.prank(alice);
        consents.withdraw(datasetId);
        assertTrue(policy.canDecrypt(alice, "none", 99, alice, 7, 0, 0, 9), "owner");
        assertTrue(policy.canLabel(alice, "none", alice, 7, 0, 0, PACK, 9), "owner's label key");
    }

    function test_CanDecrypt_BindsToPurposes() public {
        buy();
        assertTrue(_ask(licensee, TRAIN | EVALUATE), "training license, wider consent");
        assertFalse(_ask(licensee, EVALUATE), "training license, evaluate-only consent");
        assertFalse(_ask(licensee, LABEL), "label-only consent");
        assertFalse(_ask(licensee, 0), "no purpose");
    }

    function test_CanDecrypt_EndsWithWithdrawal() public {
        buy();
        vm.prank(alice);
        consents.withdraw(datasetId);
        assertFalse(_ask(licensee, TRAIN), "withdrawn");
        assertTrue(policy.canDecrypt(licensee, datasetId, 1, alice, 1, TRAIN, CONSENT_END, 2), "consented anew");
        assertTrue(policy.canDecrypt(licensee, datasetId, 1, bob, 0, TRAIN, CONSENT_END, 2), "others' consents");
        assertFalse(
            policy.canDecrypt(licensee, datasetId, 1, bob, 2 ** 32, TRAIN, CONSENT_END, 2),
            "a nonce of 2^32 is not 0"
        );
    }

    function test_CanDecrypt_EndsWithValidUntil() public {
        buy();
        uint256 end = block.timestamp + 10;
        assertTrue(policy.canDecrypt(licensee, datasetId, 1, alice, 0, TRAIN, end, 2), "before");
        vm.warp(end);
        assertFalse(policy.canDecrypt(licensee, datasetId, 1, alice, 0, TRAIN, end, 2), "at the end");
    }

    function test_CanDecrypt_NeedsAVersionWithinTheLicense() public {
        buy();
        IDatasetRegistry.VersionParams memory params = versionParams();
        vm.prank(curator);
        datasets.publishVersion(datasetId, params);
        vm.warp(block.timestamp + REVIEW_WINDOW);
        assertTrue(_askVersion(1), "the version bought");
        assertFalse(_askVersion(2), "a newer one");
        assertFalse(_askVersion(0), "no version");
        assertFalse(_askVersion(2 ** 32 + 1), "a version of 2^32 + 1 is not 1");
    }

    function test_CanDecrypt_AsksOnlyTheConsentedSources() public {
        address yes = address(new YesSource());
        vm.prank(curator);
        datasets.addSource(datasetId, yes);
        assertFalse(policy.canDecrypt(stranger, datasetId, 1, alice, 0, TRAIN, CONSENT_END, 2), "added later");
        assertTrue(policy.canDecrypt(stranger, datasetId, 1, alice, 0, TRAIN, CONSENT_END, 3), "known to the consent");
        assertFalse(policy.canDecrypt(stranger, datasetId, 1, alice, 0, TRAIN, CONSENT_END, 4), "more than there are");
        assertFalse(policy.canDecrypt(stranger, datasetId, 1, alice, 0, TRAIN, CONSENT_END, 0), "none");
    }

    function test_CanDecrypt_BrokenSourcesSayNoAndDoNotStopOthers() public {
        IDatasetRegistry.DatasetParams memory params = datasetParams();
        params.sources = new address[](4);
        params.sources[0] = address(new RevertingSource());
        params.sources[1] = address(new SilentSource());
        params.sources[2] = address(new OddSource());
        params.sources[3] = address(new YesSource());
        vm.prank(curator);
        bytes32 id = datasets.createDataset(params, "broken");
        assertFalse(policy.canDecrypt(stranger, id, 1, alice, 0, TRAIN, CONSENT_END, 3), "the broken three");
        assertTrue(policy.canDecrypt(stranger, id, 1, alice, 0, TRAIN, CONSENT_END, 4), "the fourth");
    }

    function test_CanDecrypt_ASourceThatBurnsGasSaysNo() public {
        IDatasetRegistry.DatasetParams memory params = datasetParams();
        params.sources = new address[](2);
        params.sources[0] = address(new BurningSource());
        params.sources[1] = address(new YesSource());
        vm.prank(curator);
        bytes32 id = datasets.createDataset(params, "burning");
        assertFalse(policy.canDecrypt(stranger, id, 1, alice, 0, TRAIN, CONSENT_END, 1), "burning");
        assertTrue(policy.canDecrypt(stranger, id, 1, alice, 0, TRAIN, CONSENT_END, 2), "the next is asked");
    }

    function test_CanDecryptMany_AnswersEach() public {
        buy();
        vm.prank(bob);
        consents.withdraw(datasetId);
        IAccessPolicy.Entry[] memory entries = new IAccessPolicy.Entry[](3);
        entries[0] = IAccessPolicy.Entry(1, alice, 0, TRAIN, CONSENT_END, 2);
        entries[1] = IAccessPolicy.Entry(1, bob, 0, TRAIN, CONSENT_END, 2);
        entries[2] = IAccessPolicy.Entry(1, licensee, 0, TRAIN, 0, 0);
        bool[] memory answers = policy.canDecryptMany(licensee, datasetId, entries);
        assertEq(answers.length, 3, "count");
        assertTrue(answers[0], "licensed");
        assertFalse(answers[1], "withdrawn");
        assertTrue(answers[2], "owner");
    }

    function test_CanLabel_NeedsQualificationConsentAndAnUnheldPack() public {
        assertFalse(_askLabel(TRAIN | LABEL), "no job");
        bytes32 jobId = _createJob();
        assertFalse(_askLabel(TRAIN | LABEL), "not qualified");
        address[] memory labelers = new address[](1);
        labelers[0] = labeler;
        vm.prank(jobSigner);
        escrow.qualify(jobId, labelers);
        assertTrue(_askLabel(TRAIN | LABEL), "qualified");
        assertFalse(_askLabel(TRAIN), "no LABEL consent");
        assertFalse(policy.canDecrypt(labeler, datasetId, 1, alice, 0, 127, CONSENT_END, 2), "no license key");

        vm.prank(guardian);
        escrow.holdPack(datasetId, PACK, true);
        assertFalse(_askLabel(TRAIN | LABEL), "held");
        vm.prank(guardian);
        escrow.holdPack(datasetId, PACK, false);
        assertTrue(_askLabel(TRAIN | LABEL), "released");

        vm.prank(alice);
        consents.withdraw(datasetId);
        assertFalse(_askLabel(TRAIN | LABEL), "withdrawn");
        vm.prank(requester);
        escrow.closeJob(jobId);
        assertFalse(policy.canLabel(labeler, datasetId, bob, 0, LABEL, CONSENT_END, PACK, 2), "closed");
    }

    function test_RevertWhen_ARegistryHasNoCode() public {
        vm.expectRevert(abi.encodeWithSelector(IAccessPolicy.AccessPolicyNoCode.selector, stranger));
        new AccessPolicy(stranger, address(consents));
        vm.expectRevert(abi.encodeWithSelector(IAccessPolicy.AccessPolicyNoCode.selector, stranger));
        new AccessPolicy(address(datasets), stranger);
    }

    function testFuzz_AStrangerNeverMay(
        address user,
        uint256 asked,
        uint256 nonce,
        uint256 purposes,
        uint256 validUntil,
        uint256 sources
    ) public {
        vm.assume(user != alice && user != licensee);
        buy();
        assertFalse(policy.canDecrypt(user, datasetId, asked, alice, nonce, purposes, validUntil, sources), "decrypt");
        assertFalse(policy.canLabel(user, datasetId, alice, nonce, purposes, validUntil, PACK, sources), "label");
    }

    function _ask(address user, uint256 purposes) private view returns (bool) {
        return policy.canDecrypt(user, datasetId, 1, alice, 0, purposes, CONSENT_END, 2);
    }

    function _askVersion(uint256 asked) private view returns (bool) {
        return policy.canDecrypt(licensee, datasetId, asked, alice, 0, TRAIN, CONSENT_END, 2);
    }

    function _askLabel(uint256 purposes) private view returns (bool) {
        return policy.canLabel(labeler, datasetId, alice, 0, purposes, CONSENT_END, PACK, 2);
    }

    function _createJob() private returns (bytes32) {
        ILabelEscrow.JobParams memory params = ILabelEscrow.JobParams({
            datasetId: datasetId,
            salt: "job",
            budget: 100e6,
            dailyCap: 100e6,
            quizBudget: 0,
            signer: jobSigner,
            ruleHash: keccak256("rules")
        });
        bytes32 jobId = escrow.jobIdOf(datasetId, requester, "job");
        uint40 deadline = uint40(block.timestamp) + 1 days;
        bytes32 approval = keccak256(
            abi.encode(
                keccak256("JobApproval(bytes32 jobId,bytes32 datasetId,address requester,uint40 deadline)"),
                jobId,
                datasetId,
                requester,
                deadline
            )
        );
        bytes memory signature = sign(curatorKey, escrow.domainSeparator(), approval);
        vm.prank(requester);
        return escrow.createJob(params, deadline, signature);
    }
}
