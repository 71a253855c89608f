// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILabelEscrow as I} from "../../src/interfaces/ILabelEscrow.sol";
import {ProtocolFixture} from "../support/ProtocolFixture.sol";

/// @notice Cheats against labelers, and by those who want label keys without paying.
contract LabelingCheatsTest is ProtocolFixture {
    bytes32 private constant APPROVAL =
        keccak256("JobApproval(bytes32 jobId,bytes32 datasetId,address requester,uint40 deadline)");
    bytes32 private constant RECEIPT =
        keccak256("CommitmentReceipt(bytes32 leaseHash,bytes32 commitment,uint40 receivedAt)");
    bytes32 private constant REJECTION =
        keccak256("LeaseRejection(bytes32 jobId,address labeler,bytes32 taskId,uint16 reason,bytes32 evidenceHash)");
    bytes32 private constant VOUCHER =
        keccak256("Voucher(bytes32 jobId,address labeler,uint128 cumulative,uint40 settledThrough)");
    uint128 private constant BUDGET = 100e6;

    bytes32 private jobId;

    function setUp() public override {
        super.setUp();
        (I.JobParams memory params, uint40 deadline, bytes memory approval) = _job("job");
        vm.prank(requester);
        jobId = escrow.createJob(params, deadline, approval);
    }

    function test_SelfQualifiedCurator_GetsNoLabelKey() public {
        address[] memory self = new address[](1);
        self[0] = curator;
        vm.startPrank(curator);
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowNotAuthorized.selector, curator));
        escrow.qualify(jobId, self);
        (I.JobParams memory params, , ) = _job("unfunded");
        params.signer = curator;
        params.budget = 0;
        vm.expectRevert(
            abi.encodeWithSelector(I.LabelEscrowBadBudget.selector, 0, params.dailyCap, params.quizBudget)
        );
        escrow.createJob(params, 0, "");
        params.budget = BUDGET;
        vm.expectRevert(
            abi.encodeWithSelector(
                bytes4(keccak256("ERC20InsufficientAllowance(address,uint256,uint256)")),
                address(escrow),
                0,
                BUDGET
            )
        );
        escrow.createJob(params, 0, "");
        vm.stopPrank();
        assertFalse(_canLabel(curator, LABEL), "neither funded nor qualified");

        vm.prank(jobSigner);
        escrow.qualify(jobId, self);
        assertTrue(_canLabel(curator, LABEL), "through the signer of a funded job only");
        assertFalse(_canLabel(curator, TRAIN), "and only with consent to label");
    }

    function test_RequesterWhoRotatesAndCloses_CannotKeepThePay() public {
        vm.prank(jobSigner);
        escrow.raiseReserved(jobId, 30e6);
        uint40 start = uint40(block.timestamp);
        I.Lease memory lease = I.Lease(jobId, labeler, "task", 4e6, keccak256("rules"), start, start);
        vm.startPrank(requester);
        escrow.scheduleSigner(jobId, requester);
        escrow.closeJob(jobId);
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowTooEarly.selector, start + 7 days));
        escrow.refund(jobId);
        vm.stopPrank();

        _claim(lease);
        I.LeaseRejection memory rejection = I.LeaseRejection(jobId, labeler, "task", 1, "evidence");
        bytes memory byRequester = _sign(keyOf("requester"), keccak256(abi.encode(REJECTION, rejection)));
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowBadSignature.selector, jobSigner));
        escrow.rejectLease(rejection, byRequester);
        vm.warp(start + 7 days - 1);
        I.Voucher memory voucher = I.Voucher(jobId, labeler, 24e6, start - 1);
        escrow.withdraw(voucher, _sign(signerKey, keccak256(abi.encode(VOUCHER, voucher))));

        vm.warp(start + 7 days);
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowBadSignature.selector, jobSigner));
        escrow.rejectLease(rejection, byRequester);
        uint256 before = token.balanceOf(requester);
        escrow.refund(jobId);
        assertEq(token.balanceOf(requester) - before, BUDGET - 30e6, "not what is reserved");
        escrow.finalizeLease(escrow.hashLease(lease));
        assertEq(token.balanceOf(labeler), 24e6, "voucher and lease");
    }

    function test_RequesterWhoRotates_NeitherRejectsNorSettlesAwayOlderClaims() public {
        uint40 start = uint40(block.timestamp);
        vm.prank(requester);
        escrow.scheduleSigner(jobId, requester);
        vm.warp(start + 7 days - 1);
        I.Lease memory lease = I.Lease(jobId, labeler, "task", 4e6, keccak256("rules"), start, start);
        _claim(lease);
        vm.warp(start + 7 days);
        vm.startPrank(requester);
        escrow.scheduleSigner(jobId, stranger);
        escrow.closeJob(jobId);
        vm.stopPrank();

        uint256 newKey = keyOf("requester");
        I.LeaseRejection memory rejection = I.LeaseRejection(jobId, labeler, "task", 1, "evidence");
        bytes memory signature = _sign(newKey, keccak256(abi.encode(REJECTION, rejection)));
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowBadSignature.selector, jobSigner));
        escrow.rejectLease(rejection, signature);
        I.Voucher memory voucher = I.Voucher(jobId, labeler, 5e6, type(uint40).max);
        escrow.withdraw(voucher, _sign(newKey, keccak256(abi.encode(VOUCHER, voucher))));
        assertEq(token.balanceOf(labeler), 1e6, "the voucher pays around the lease");
        vm.warp(start + 10 days);
        escrow.finalizeLease(escrow.hashLease(lease));
        assertEq(token.balanceOf(labeler), 5e6, "and the lease is paid");
    }

    function test_ClaimedLease_StaysRejectableByItsOwnSignerAfterRotation() public {
        uint40 start = uint40(block.timestamp);
        vm.prank(requester);
        escrow.scheduleSigner(jobId, requester);
        vm.warp(start + 7 days - 1);
        _claim(I.Lease(jobId, labeler, "task", 4e6, keccak256("rules"), start, start));
        vm.warp(start + 8 days);
        I.LeaseRejection memory rejection = I.LeaseRejection(jobId, labeler, "task", 1, "evidence");
        escrow.rejectLease(rejection, _sign(signerKey, keccak256(abi.encode(REJECTION, rejection))));
        assertEq(escrow.getJob(jobId).pending, 0, "released");
    }

    function test_StolenSignerKey_TakesTwoDaysCapsAtOnceAndOneADay() public {
        (I.JobParams memory params, uint40 deadline, bytes memory approval) = _job("capped");
        params.dailyCap = 10e6;
        vm.prank(requester);
        bytes32 id = escrow.createJob(params, deadline, approval);
        vm.warp(block.timestamp + 30 days);
        I.Voucher memory voucher = I.Voucher(id, stranger, BUDGET, 0);
        bytes memory signature = _sign(signerKey, keccak256(abi.encode(VOUCHER, voucher)));
        escrow.withdraw(voucher, signature);
        assertEq(token.balanceOf(stranger), 20e6, "two caps after a month of rest");
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowDailyCapReached.selector, 0));
        escrow.withdraw(voucher, signature);
        vm.warp(block.timestamp + 1 days);
        escrow.withdraw(voucher, signature);
        assertEq(token.balanceOf(stranger), 30e6, "one cap a day");
    }

    function test_SilentOperator_IsPaidAroundByAnAnchoredCommitment() public {
        uint40 start = uint40(block.timestamp);
        I.Lease memory lease = I.Lease(jobId, labeler, "task", 4e6, keccak256("rules"), start, start + 1 days);
        bytes32 leaseHash = escrow.hashLease(lease);
        vm.prank(labeler);
        escrow.anchorCommitment(leaseHash, "commitment");
        vm.prank(requester);
        escrow.closeJob(jobId);
        vm.warp(start + 1 days);
        I.CommitmentReceipt memory unsigned = I.CommitmentReceipt(leaseHash, "commitment", 0);
        escrow.claimLease(lease, _sign(signerKey, leaseHash), unsigned, "");
        vm.warp(start + 4 days);
        escrow.finalizeLease(leaseHash);
        assertEq(token.balanceOf(labeler), 4e6, "without receipt, verdict or voucher");
    }

    function test_StandingAllowance_IsNotSpentByAStranger() public {
        (I.JobParams memory params, uint40 deadline, bytes memory approval) = _job("second");
        uint256 before = token.balanceOf(requester);
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowBadSignature.selector, curator));
        vm.prank(stranger);
        escrow.createJob(params, deadline, approval);
        bytes32 id = escrow.jobIdOf(datasetId, stranger, "second");
        approval = _sign(curatorKey, keccak256(abi.encode(APPROVAL, id, datasetId, stranger, deadline)));
        vm.expectRevert(
            abi.encodeWithSelector(
                bytes4(keccak256("ERC20InsufficientAllowance(address,uint256,uint256)")),
                address(escrow),
                0,
                BUDGET
            )
        );
        vm.prank(stranger);
        escrow.createJob(params, deadline, approval);
        assertEq(token.balanceOf(requester), before, "the requester's money");
    }

    function _claim(I.Lease memory lease) private {
        bytes32 leaseHash = escrow.hashLease(lease);
        I.CommitmentReceipt memory receipt = I.CommitmentReceipt(leaseHash, "commitment", lease.deadline);
        escrow.claimLease(
            lease,
            _sign(signerKey, leaseHash),
            receipt,
            _sign(signerKey, keccak256(abi.encode(RECEIPT, receipt)))
        );
    }

    function _job(
        bytes32 salt
    ) private view returns (I.JobParams memory params, uint40 deadline, bytes memory approval) {
        params = I.JobParams(datasetId, salt, BUDGET, BUDGET, 0, jobSigner, keccak256("rules"));
        deadline = uint40(block.timestamp) + 1 hours;
        bytes32 id = escrow.jobIdOf(datasetId, requester, salt);
        approval = _sign(curatorKey, keccak256(abi.encode(APPROVAL, id, datasetId, requester, deadline)));
    }

    function _canLabel(address user, uint256 purposes) private view returns (bool) {
        return policy.canLabel(user, datasetId, alice, 0, purposes, CONSENT_END, "pack", 2);
    }

    function _sign(uint256 key, bytes32 structHash) private view returns (bytes memory) {
        return sign(key, escrow.domainSeparator(), structHash);
    }
}
