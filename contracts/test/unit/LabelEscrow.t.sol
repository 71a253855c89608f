// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LabelEscrow} from "../../src/LabelEscrow.sol";
import {IGuardianPause} from "../../src/interfaces/IGuardianPause.sol";
import {ILabelEscrow as I} from "../../src/interfaces/ILabelEscrow.sol";
import {ProtocolFixture} from "../support/ProtocolFixture.sol";
import {MockContractAccount} from "../mocks/MockAccounts.sol";

contract LabelEscrowTest is ProtocolFixture {
    bytes32 private constant APPROVAL =
        keccak256("JobApproval(bytes32 jobId,bytes32 datasetId,address requester,uint40 deadline)");
    bytes32 private constant LEASE =
        keccak256(
            "Lease(bytes32 jobId,address labeler,bytes32 taskId,uint128 price,bytes32 ruleHash,uint40 deadline,uint40 autoApproveAt)"
        );
    bytes32 private constant RECEIPT =
        keccak256("CommitmentReceipt(bytes32 leaseHash,bytes32 commitment,uint40 receivedAt)");
    bytes32 private constant REJECTION =
        keccak256("LeaseRejection(bytes32 jobId,address labeler,bytes32 taskId,uint16 reason,bytes32 evidenceHash)");
    bytes32 private constant VOUCHER =
        keccak256("Voucher(bytes32 jobId,address labeler,uint128 cumulative,uint40 settledThrough)");
    uint128 private constant BUDGET = 100e6;
    uint128 private constant DAILY = 40e6;

    bytes32 private jobId;

    function setUp() public override {
        super.setUp();
        jobId = _createJob("job");
    }

    function test_CreateJob_LocksTheBudget() public view {
        I.Job memory job = escrow.getJob(jobId);
        assertEq(job.datasetId, datasetId, "dataset");
        assertEq(job.requester, requester, "requester");
        assertEq(job.signer, jobSigner, "signer");
        assertEq(job.budget, BUDGET, "budget");
        assertEq(job.dailyCap, DAILY, "daily cap");
        assertEq(job.quizBudget, 10e6, "quiz budget");
        assertEq(job.ruleHash, keccak256("rules"), "rules");
        assertEq(job.createdAt, block.timestamp, "created");
        assertEq(token.balanceOf(address(escrow)), BUDGET, "locked");
        assertEq(escrow.openJobsOf(datasetId)[0], jobId, "open");
        assertEq(escrow.availableOf(jobId), BUDGET, "available");
        assertEq(escrow.dailyAvailableOf(jobId), DAILY, "available today");
        bytes32 expected = keccak256(
            abi.encode(
                keccak256("allod.job.v1"),
                block.chainid,
                address(escrow),
                datasetId,
                requester,
                bytes32("job")
            )
        );
        assertEq(jobId, expected, "id");
    }

    function test_CreateJob_CuratorNeedsNoApproval() public {
        token.mint(curator, BUDGET);
        I.JobParams memory params = _params("own");
        vm.startPrank(curator);
        token.approve(address(escrow), BUDGET);
        bytes32 id = escrow.createJob(params, 0, "");
        assertEq(escrow.getJob(id).requester, curator, "requester");
    }

    function test_RevertWhen_JobExists() public {
        I.JobParams memory params = _params("job");
        bytes memory signature = _approve("job", _soon());
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowJobExists.selector, jobId));
        vm.prank(requester);
        escrow.createJob(params, _soon(), signature);
    }

    function test_RevertWhen_BudgetIsBad() public {
        I.JobParams memory params = _params("bad");
        params.budget = 0;
        _expectBadBudget(params);
        params.budget = 1;
        params.quizBudget = 2;
        _expectBadBudget(params);
        params.quizBudget = 0;
        params.dailyCap = 0;
        _expectBadBudget(params);
        params.dailyCap = 1;
        params.budget = 2 ** 80;
        _expectBadBudget(params);
    }

    function test_CreateJob_KeepsADailyCapWithinTheBudget() public {
        I.JobParams memory params = _params("wide");
        params.dailyCap = type(uint128).max;
        bytes memory signature = _approve("wide", _soon());
        vm.prank(requester);
        bytes32 id = escrow.createJob(params, _soon(), signature);
        assertEq(escrow.getJob(id).dailyCap, BUDGET, "daily cap");
    }

    function test_RevertWhen_SignerIsZero() public {
        I.JobParams memory params = _params("zero");
        params.signer = address(0);
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowZeroSigner.selector));
        vm.prank(requester);
        escrow.createJob(params, _soon(), "");
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowZeroSigner.selector));
        vm.prank(requester);
        escrow.scheduleSigner(jobId, address(0));
    }

    function test_RevertWhen_DatasetIsUnknown() public {
        I.JobParams memory params = _params("unknown");
        params.datasetId = "none";
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowUnknownDataset.selector, bytes32("none")));
        vm.prank(requester);
        escrow.createJob(params, _soon(), "");
    }

    function test_RevertWhen_ApprovalIsMissingOrLate() public {
        I.JobParams memory params = _params("more");
        vm.startPrank(requester);
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowBadSignature.selector, curator));
        escrow.createJob(params, _soon(), "");
        uint40 past = uint40(block.timestamp) - 1;
        bytes memory signature = _approve("more", past);
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowExpired.selector, past));
        escrow.createJob(params, past, signature);
    }

    function test_CloseJob_KeepsTheOthersOpen() public {
        bytes32 second = _createJob("second");
        bytes32 third = _createJob("third");
        vm.prank(requester);
        escrow.closeJob(second);
        assertEq(escrow.openJobsOf(datasetId).length, 2, "two are left");
        assertEq(escrow.openJobsOf(datasetId)[0], jobId, "the first");
        assertEq(escrow.openJobsOf(datasetId)[1], third, "the third");
    }

    function test_RevertWhen_ThereAreEightOpenJobs() public {
        for (uint256 i = 1; i < 8; ++i) _createJob(bytes32(i));
        assertEq(escrow.openJobsOf(datasetId).length, 8, "eight");
        I.JobParams memory params = _params("ninth");
        bytes memory signature = _approve("ninth", _soon());
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowTooManyJobs.selector, datasetId));
        vm.prank(requester);
        escrow.createJob(params, _soon(), signature);
        vm.prank(requester);
        escrow.closeJob(jobId);
        vm.prank(requester);
        escrow.createJob(params, _soon(), signature);
    }

    function test_RevertWhen_TheCapOnDepositsIsReached() public {
        I.JobParams memory params = _params("large");
        params.budget = DEPOSIT_CAP;
        bytes memory signature = _approve("large", _soon());
        vm.expectRevert(
            abi.encodeWithSelector(
                I.LabelEscrowDepositCapExceeded.selector,
                uint256(DEPOSIT_CAP) + BUDGET,
                DEPOSIT_CAP
            )
        );
        vm.prank(requester);
        escrow.createJob(params, _soon(), signature);
    }

    function test_Pause_StopsNewJobsOnly() public {
        vm.prank(guardian);
        escrow.pause(1 days);
        I.JobParams memory params = _params("paused");
        bytes memory signature = _approve("paused", _soon());
        vm.expectRevert(
            abi.encodeWithSelector(IGuardianPause.GuardianPauseActive.selector, uint40(block.timestamp) + 1 days)
        );
        vm.prank(requester);
        escrow.createJob(params, _soon(), signature);
        _withdraw(5e6, 0);
        assertEq(token.balanceOf(labeler), 5e6, "vouchers go on");
    }

    function test_Qualify_AndDisqualify() public {
        _qualify();
        assertTrue(escrow.isQualified(jobId, labeler), "qualified");
        assertTrue(escrow.mayLabel(labeler, datasetId, "pack"), "may label");
        assertFalse(escrow.mayLabel(stranger, datasetId, "pack"), "a stranger");
        assertFalse(escrow.mayDecrypt(labeler, datasetId, 1, 127), "no license key");
        address[] memory labelers = new address[](1);
        labelers[0] = labeler;
        vm.prank(jobSigner);
        escrow.disqualify(jobId, labelers);
        assertFalse(escrow.mayLabel(labeler, datasetId, "pack"), "disqualified");
    }

    function test_MayLabel_NeedsMoneyInTheJob() public {
        _qualify();
        for (uint128 paid = DAILY; ; paid += DAILY) {
            _withdraw(paid > BUDGET ? BUDGET : paid, 0);
            if (paid >= BUDGET) break;
            assertTrue(escrow.mayLabel(labeler, datasetId, "pack"), "funded");
            vm.warp(block.timestamp + 1 days);
        }
        assertFalse(escrow.mayLabel(labeler, datasetId, "pack"), "spent");
    }

    function test_RevertWhen_CallerIsNotTheSigner() public {
        bytes memory reason = abi.encodeWithSelector(I.LabelEscrowNotAuthorized.selector, requester);
        address[] memory labelers = new address[](0);
        vm.startPrank(requester);
        vm.expectRevert(reason);
        escrow.qualify(jobId, labelers);
        vm.expectRevert(reason);
        escrow.disqualify(jobId, labelers);
        vm.expectRevert(reason);
        escrow.raiseReserved(jobId, 1);
    }

    function test_RaiseReserved_OnlyRisesWithinTheBudget() public {
        vm.startPrank(jobSigner);
        escrow.raiseReserved(jobId, 30e6);
        assertEq(escrow.getJob(jobId).reserved, 30e6, "reserved");
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowBadReserved.selector, 30e6, 30e6, BUDGET));
        escrow.raiseReserved(jobId, 30e6);
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowBadReserved.selector, BUDGET + 1, 30e6, BUDGET));
        escrow.raiseReserved(jobId, BUDGET + 1);
    }

    function test_Withdraw_PaysTheDifferenceOnly() public {
        _withdraw(5e6, 10);
        _withdraw(8e6, 20);
        assertEq(token.balanceOf(labeler), 8e6, "balance");
        assertEq(escrow.paidOf(jobId, labeler), 8e6, "paid");
        assertEq(escrow.settledThroughOf(jobId, labeler), 20, "settled through");
        assertEq(escrow.getJob(jobId).paid, 8e6, "job's paid");
        (I.Voucher memory voucher, bytes memory signature) = _voucher(5e6, 10);
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowNothingDue.selector, 5e6, 8e6));
        escrow.withdraw(voucher, signature);
    }

    function test_Withdraw_IsCutToTheDayAndTheBudget() public {
        _withdraw(90e6, 0);
        assertEq(token.balanceOf(labeler), DAILY, "the day's limit");
        (I.Voucher memory voucher, bytes memory signature) = _voucher(900e6, 0);
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowDailyCapReached.selector, 0));
        escrow.withdraw(voucher, signature);
        vm.warp(block.timestamp + 1 days);
        escrow.withdraw(voucher, signature);
        vm.warp(block.timestamp + 1 days);
        escrow.withdraw(voucher, signature);
        assertEq(token.balanceOf(labeler), BUDGET, "the budget");
        vm.warp(block.timestamp + 1 days);
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowBudgetExhausted.selector, 800e6, 0));
        escrow.withdraw(voucher, signature);
    }

    function test_Withdraw_CarriesOneUnusedDayOver() public {
        _withdraw(10e6, 0);
        vm.warp(block.timestamp + 1 days);
        assertEq(escrow.dailyAvailableOf(jobId), 2 * DAILY - 10e6, "a day's cap and what yesterday left");
        _withdraw(2 * DAILY, 0);
        assertEq(token.balanceOf(labeler), 2 * DAILY, "both days used up");
        assertEq(escrow.dailyAvailableOf(jobId), 0, "nothing left today");
        vm.warp(block.timestamp + 30 days);
        assertEq(escrow.dailyAvailableOf(jobId), 2 * DAILY, "never more than two days' caps");
    }

    function testFuzz_AnyRunOfDaysPaysAtMostItsCapsAndOneMore(uint8[12] memory waits, uint80[12] memory wanted) public {
        uint256 total = 0;
        uint256 start = block.timestamp / 1 days;
        for (uint256 i = 0; i < 12; ++i) {
            vm.warp(block.timestamp + uint256(waits[i]) * 6 hours);
            uint256 available = escrow.dailyAvailableOf(jobId);
            uint128 cumulative = uint128(total + (wanted[i] % BUDGET));
            (I.Voucher memory voucher, bytes memory signature) = _voucher(cumulative, 0);
            try escrow.withdraw(voucher, signature) {} catch {}
            uint256 paid = token.balanceOf(labeler) - total;
            total += paid;
            assertLe(paid, available, "what was available");
            assertLe(available, 2 * DAILY, "two caps at once");
            assertLe(total, (block.timestamp / 1 days - start + 2) * DAILY, "a cap for each day and one more");
        }
    }

    function test_RevertWhen_VoucherIsForgedOrItsJobUnknown() public {
        I.Voucher memory voucher = I.Voucher(jobId, labeler, 1, 0);
        bytes memory signature = _sign(labelerKey, keccak256(abi.encode(VOUCHER, voucher)));
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowBadSignature.selector, jobSigner));
        escrow.withdraw(voucher, signature);
        voucher.jobId = "none";
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowUnknownJob.selector, bytes32("none")));
        escrow.withdraw(voucher, signature);
    }

    function test_Withdraw_TakesAContractSigner() public {
        address account = address(new MockContractAccount(jobSigner));
        vm.prank(requester);
        escrow.scheduleSigner(jobId, account);
        vm.warp(block.timestamp + 7 days);
        _withdraw(5e6, 0);
        assertEq(token.balanceOf(labeler), 5e6, "paid");
    }

    function test_WithdrawMany_SkipsWhatCannotBePaid() public {
        I.Voucher[] memory vouchers = new I.Voucher[](5);
        bytes[] memory signatures = new bytes[](5);
        vouchers[0] = I.Voucher(jobId, labeler, 5e6, 0);
        vouchers[1] = I.Voucher(jobId, alice, 6e6, 77);
        vouchers[2] = I.Voucher(jobId, bob, 7e6, 0);
        vouchers[3] = I.Voucher("none", bob, 7e6, 0);
        vouchers[4] = I.Voucher(jobId, labeler, 5e6, 0);
        for (uint256 i = 0; i < 5; ++i) {
            signatures[i] = _sign(signerKey, keccak256(abi.encode(VOUCHER, vouchers[i])));
        }
        signatures[2] = signatures[1];
        token.setBlacklisted(alice, true);
        escrow.withdrawMany(vouchers, signatures);
        assertEq(token.balanceOf(labeler), 5e6, "paid");
        assertEq(escrow.paidOf(jobId, alice), 0, "kept due");
        assertEq(escrow.settledThroughOf(jobId, alice), 0, "not settled");
        assertEq(escrow.getJob(jobId).paid, 5e6, "job's paid");
        assertEq(escrow.dailyAvailableOf(jobId), DAILY - 5e6, "day's limit");
        token.setBlacklisted(alice, false);
        escrow.withdraw(vouchers[1], signatures[1]);
        assertEq(token.balanceOf(alice), 6e6, "paid later");
    }

    function test_RevertWhen_ListsDifferInLength() public {
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowLengthMismatch.selector, 1, 0));
        escrow.withdrawMany(new I.Voucher[](1), new bytes[](0));
    }

    function test_ClaimLease_PaysAfterTheWindow() public {
        I.Lease memory lease = _lease("task", 3e6);
        _claim(lease);
        bytes32 leaseHash = escrow.hashLease(lease);
        assertEq(escrow.getJob(jobId).pending, 3e6, "pending");
        assertEq(escrow.availableOf(jobId), BUDGET - 3e6, "available");
        assertEq(uint8(escrow.getLease(leaseHash).status), uint8(I.LeaseStatus.PENDING), "lease");
        uint40 payableAt = uint40(block.timestamp) + 3 days;
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowTooEarly.selector, payableAt));
        escrow.finalizeLease(leaseHash);
        vm.warp(payableAt);
        escrow.finalizeLease(leaseHash);
        assertEq(token.balanceOf(labeler), 3e6, "paid");
        assertEq(escrow.paidOf(jobId, labeler), 3e6, "the same counter as vouchers");
        assertEq(escrow.getJob(jobId).pending, 0, "nothing pending");
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowWrongStatus.selector, I.LeaseStatus.PAID));
        escrow.finalizeLease(leaseHash);
        (I.Voucher memory voucher, bytes memory signature) = _voucher(3e6, 0);
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowNothingDue.selector, 3e6, 3e6));
        escrow.withdraw(voucher, signature);
    }

    function test_ClaimLease_WithAnAnchoredCommitment() public {
        I.Lease memory lease = _lease("task", 3e6);
        bytes32 leaseHash = escrow.hashLease(lease);
        vm.prank(labeler);
        escrow.anchorCommitment(leaseHash, "commitment");
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowAlreadyAnchored.selector, leaseHash));
        vm.prank(labeler);
        escrow.anchorCommitment(leaseHash, "another");
        vm.warp(lease.autoApproveAt);
        bytes memory signature = _sign(signerKey, leaseHash);
        I.CommitmentReceipt memory receipt = I.CommitmentReceipt(leaseHash, "another", 0);
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowReceiptMismatch.selector, leaseHash));
        escrow.claimLease(lease, signature, receipt, "");
        receipt.commitment = "commitment";
        escrow.claimLease(lease, signature, receipt, "");
        assertEq(escrow.getJob(jobId).pending, 3e6, "pending");
    }

    function test_RevertWhen_ThereIsNoCommitmentOrItIsLate() public {
        I.Lease memory lease = _lease("task", 3e6);
        bytes32 leaseHash = escrow.hashLease(lease);
        bytes memory signature = _sign(signerKey, leaseHash);
        I.CommitmentReceipt memory receipt = I.CommitmentReceipt(leaseHash, "commitment", lease.deadline);
        vm.prank(stranger);
        escrow.anchorCommitment(leaseHash, "commitment");
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowNoCommitment.selector, leaseHash));
        escrow.claimLease(lease, signature, receipt, "");
        receipt.receivedAt = lease.deadline + 1;
        bytes memory receiptSignature = _sign(signerKey, keccak256(abi.encode(RECEIPT, receipt)));
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowExpired.selector, lease.deadline));
        escrow.claimLease(lease, signature, receipt, receiptSignature);
        receipt.leaseHash = "other";
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowReceiptMismatch.selector, leaseHash));
        escrow.claimLease(lease, signature, receipt, receiptSignature);
        vm.warp(uint256(lease.deadline) + 1);
        vm.prank(labeler);
        escrow.anchorCommitment(leaseHash, "commitment");
        receipt.leaseHash = leaseHash;
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowExpired.selector, lease.deadline));
        escrow.claimLease(lease, signature, receipt, "");
    }

    function test_RevertWhen_LeaseIsForgedEarlyOrClaimedTwice() public {
        I.Lease memory lease = _lease("task", 3e6);
        (I.CommitmentReceipt memory receipt, bytes memory receiptSignature) = _receipt(lease);
        bytes memory forged = _sign(labelerKey, escrow.hashLease(lease));
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowBadSignature.selector, jobSigner));
        escrow.claimLease(lease, forged, receipt, receiptSignature);
        bytes memory signature = _sign(signerKey, escrow.hashLease(lease));
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowBadSignature.selector, jobSigner));
        escrow.claimLease(lease, signature, receipt, forged);
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowTooEarly.selector, lease.autoApproveAt));
        escrow.claimLease(lease, signature, receipt, receiptSignature);
        vm.warp(lease.autoApproveAt);
        escrow.claimLease(lease, signature, receipt, receiptSignature);
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowWrongStatus.selector, I.LeaseStatus.PENDING));
        escrow.claimLease(lease, signature, receipt, receiptSignature);
    }

    function test_RevertWhen_ALeaseIsMoreThanTheBudgetOrTheDay() public {
        I.Lease memory lease = _lease("task", BUDGET + 1);
        _expectClaimRevert(lease, abi.encodeWithSelector(I.LabelEscrowBudgetExhausted.selector, BUDGET + 1, BUDGET));
        lease = _lease("task", DAILY + 1);
        _expectClaimRevert(lease, abi.encodeWithSelector(I.LabelEscrowDailyCapReached.selector, DAILY));
    }

    function test_RevertWhen_ARedeemedVoucherContainsTheLease() public {
        I.Lease memory lease = _lease("task", 3e6);
        _withdraw(3e6, lease.autoApproveAt);
        _expectClaimRevert(
            lease,
            abi.encodeWithSelector(
                I.LabelEscrowAlreadySettled.selector,
                lease.autoApproveAt,
                lease.autoApproveAt
            )
        );
    }

    function test_Withdraw_LeavesTheClaimedLeaseToItself() public {
        I.Lease memory lease = _lease("task", 3e6);
        _claim(lease);
        _withdraw(4e6, lease.autoApproveAt);
        assertEq(token.balanceOf(labeler), 1e6, "around the lease");
        vm.warp(block.timestamp + 3 days);
        escrow.finalizeLease(escrow.hashLease(lease));
        assertEq(token.balanceOf(labeler), 4e6, "paid once");
        assertEq(escrow.getJob(jobId).pending, 0, "nothing pending");
        (I.Voucher memory voucher, bytes memory signature) = _voucher(4e6, lease.autoApproveAt);
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowNothingDue.selector, 4e6, 4e6));
        escrow.withdraw(voucher, signature);
    }

    function test_Withdraw_PaysTheRestWhenTheClaimedLeaseIsRejected() public {
        I.Lease memory lease = _lease("task", 3e6);
        _claim(lease);
        _withdraw(4e6, lease.autoApproveAt);
        I.LeaseRejection memory rejection = I.LeaseRejection(jobId, labeler, "task", 1, "evidence");
        escrow.rejectLease(rejection, _sign(signerKey, keccak256(abi.encode(REJECTION, rejection))));
        (I.Voucher memory voucher, bytes memory signature) = _voucher(4e6, lease.autoApproveAt);
        escrow.withdraw(voucher, signature);
        assertEq(token.balanceOf(labeler), 4e6, "what was signed");
    }

    function test_FinalizeLease_WaitsForTheDaysLimit() public {
        I.Lease memory lease = _lease("task", 3e6);
        _claim(lease);
        vm.warp(block.timestamp + 3 days);
        (I.Voucher memory voucher, ) = _voucher(2 * DAILY, 0);
        voucher.labeler = alice;
        escrow.withdraw(voucher, _sign(signerKey, keccak256(abi.encode(VOUCHER, voucher))));
        bytes32 leaseHash = escrow.hashLease(lease);
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowDailyCapReached.selector, 0));
        escrow.finalizeLease(leaseHash);
        vm.warp(block.timestamp + 1 days);
        escrow.finalizeLease(leaseHash);
        assertEq(token.balanceOf(labeler), 3e6, "paid the next day");
    }

    function test_RejectLease_EndsAClaimInsideTheWindow() public {
        I.Lease memory lease = _lease("task", 3e6);
        _claim(lease);
        (I.LeaseRejection memory rejection, bytes memory signature) = _rejection("task");
        vm.warp(block.timestamp + 3 days - 1);
        escrow.rejectLease(rejection, signature);
        assertEq(escrow.getJob(jobId).pending, 0, "released");
        vm.warp(block.timestamp + 1 days);
        bytes32 leaseHash = escrow.hashLease(lease);
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowWrongStatus.selector, I.LeaseStatus.REJECTED));
        escrow.finalizeLease(leaseHash);
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowWrongStatus.selector, I.LeaseStatus.REJECTED));
        escrow.rejectLease(rejection, signature);
    }

    function test_RejectLease_BeforeAClaimPreventsIt() public {
        I.Lease memory lease = _lease("task", 3e6);
        (I.LeaseRejection memory rejection, bytes memory signature) = _rejection("task");
        escrow.rejectLease(rejection, signature);
        _expectClaimRevert(
            lease,
            abi.encodeWithSelector(I.LabelEscrowWrongStatus.selector, I.LeaseStatus.REJECTED)
        );
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowWrongStatus.selector, I.LeaseStatus.REJECTED));
        escrow.rejectLease(rejection, signature);
    }

    function test_RevertWhen_RejectionComesAfterTheWindowOrIsForged() public {
        I.Lease memory lease = _lease("task", 3e6);
        _claim(lease);
        (I.LeaseRejection memory rejection, bytes memory signature) = _rejection("task");
        bytes memory forged = _sign(labelerKey, keccak256(abi.encode(REJECTION, rejection)));
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowBadSignature.selector, jobSigner));
        escrow.rejectLease(rejection, forged);
        uint40 end = uint40(block.timestamp) + 3 days;
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowWindowOver.selector, end));
        escrow.rejectLease(rejection, signature);
    }

    function test_ScheduleSigner_TakesOverAfterTheDelay() public {
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowNotAuthorized.selector, jobSigner));
        vm.prank(jobSigner);
        escrow.scheduleSigner(jobId, alice);
        vm.prank(requester);
        escrow.scheduleSigner(jobId, alice);
        assertEq(escrow.getJob(jobId).signer, jobSigner, "the old one during the delay");
        _withdraw(1e6, 0);
        vm.warp(block.timestamp + 7 days);
        assertEq(escrow.getJob(jobId).signer, alice, "the new one after it");
        (I.Voucher memory voucher, bytes memory signature) = _voucher(2e6, 0);
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowBadSignature.selector, alice));
        escrow.withdraw(voucher, signature);
    }

    function test_CloseJob_EndsKeysButNotPay() public {
        _qualify();
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowNotAuthorized.selector, stranger));
        vm.prank(stranger);
        escrow.closeJob(jobId);
        vm.prank(jobSigner);
        escrow.closeJob(jobId);
        assertFalse(escrow.mayLabel(labeler, datasetId, "pack"), "keys end");
        assertEq(escrow.openJobsOf(datasetId).length, 0, "not open");
        _withdraw(5e6, 0);
        assertEq(token.balanceOf(labeler), 5e6, "pay goes on");
        bytes memory reason = abi.encodeWithSelector(I.LabelEscrowJobClosed.selector, jobId);
        vm.startPrank(jobSigner);
        vm.expectRevert(reason);
        escrow.closeJob(jobId);
        vm.expectRevert(reason);
        escrow.qualify(jobId, new address[](0));
        vm.expectRevert(reason);
        escrow.raiseReserved(jobId, 1);
    }

    function test_Refund_KeepsWhatIsReservedThenWhatIsPending() public {
        vm.prank(jobSigner);
        escrow.raiseReserved(jobId, 30e6);
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowJobOpen.selector, jobId));
        escrow.refund(jobId);
        vm.prank(requester);
        escrow.closeJob(jobId);
        uint40 closedAt = uint40(block.timestamp);
        _withdraw(10e6, 0);
        uint256 balanceBefore = token.balanceOf(requester);
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowTooEarly.selector, closedAt + 7 days));
        escrow.refund(jobId);
        vm.warp(closedAt + 7 days);
        escrow.refund(jobId);
        assertEq(token.balanceOf(requester) - balanceBefore, 70e6, "budget - reserved");
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowNothingToRefund.selector, jobId));
        escrow.refund(jobId);

        I.Lease memory lease = _lease("task", 5e6);
        vm.warp(closedAt + 29 days);
        lease.deadline = uint40(block.timestamp);
        lease.autoApproveAt = uint40(block.timestamp);
        _claim(lease);
        vm.warp(closedAt + 30 days);
        escrow.refund(jobId);
        assertEq(token.balanceOf(requester) - balanceBefore, 85e6, "budget - paid - pending");
        vm.warp(closedAt + 32 days);
        escrow.finalizeLease(escrow.hashLease(lease));
        assertEq(token.balanceOf(labeler), 15e6, "the pending lease is paid");
        assertEq(token.balanceOf(address(escrow)), 0, "nothing is left");
    }

    function test_HoldPack_CuratorAndGuardianHoldIndependently() public {
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowNotAuthorized.selector, stranger));
        vm.prank(stranger);
        escrow.holdPack(datasetId, "pack", true);
        vm.prank(guardian);
        escrow.holdPack(datasetId, "pack", true);
        vm.prank(curator);
        escrow.holdPack(datasetId, "pack", false);
        assertTrue(escrow.isHeld(datasetId, "pack"), "the curator cannot release the guardian's hold");
        vm.prank(curator);
        escrow.holdPack(datasetId, "pack", true);
        vm.prank(guardian);
        escrow.holdPack(datasetId, "pack", false);
        assertTrue(escrow.isHeld(datasetId, "pack"), "nor the reverse");
        vm.prank(curator);
        escrow.holdPack(datasetId, "pack", false);
        assertFalse(escrow.isHeld(datasetId, "pack"), "released");
    }

    function test_RevertWhen_JobIsUnknown() public {
        bytes memory reason = abi.encodeWithSelector(I.LabelEscrowUnknownJob.selector, bytes32("none"));
        vm.expectRevert(reason);
        escrow.getJob("none");
        vm.expectRevert(reason);
        escrow.closeJob("none");
        vm.expectRevert(reason);
        escrow.refund("none");
    }

    function test_RevertWhen_ConstructorArgumentsAreBad() public {
        I.Settings memory settings = escrow.settings();
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowNoCode.selector, stranger));
        new LabelEscrow(stranger, address(datasets), guardian, settings, address(manager));
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowNoCode.selector, stranger));
        new LabelEscrow(address(token), stranger, guardian, settings, address(manager));
        settings.finalDelay = settings.reservedDelay - 1;
        vm.expectRevert(abi.encodeWithSelector(I.LabelEscrowBadSettings.selector));
        new LabelEscrow(address(token), address(datasets), guardian, settings, address(manager));
    }

    function testFuzz_VouchersNeverPayMoreThanSignedOrBudgeted(uint128[8] memory cumulatives) public {
        uint128 highest = 0;
        for (uint256 i = 0; i < 8; ++i) {
            uint128 cumulative = uint128(between(cumulatives[i], 0, 2 * uint256(BUDGET)));
            (I.Voucher memory voucher, bytes memory signature) = _voucher(cumulative, 0);
            try escrow.withdraw(voucher, signature) {} catch {}
            if (cumulative > highest) highest = cumulative;
            uint128 paid = escrow.paidOf(jobId, labeler);
            assertLe(paid, highest, "signed");
            assertLe(paid, BUDGET, "budgeted");
            assertEq(token.balanceOf(labeler), paid, "received");
            vm.warp(block.timestamp + 12 hours);
        }
    }

    function _params(bytes32 salt) private view returns (I.JobParams memory) {
        return
            I.JobParams({
                datasetId: datasetId,
                salt: salt,
                budget: BUDGET,
                dailyCap: DAILY,
                quizBudget: 10e6,
                signer: jobSigner,
                ruleHash: keccak256("rules")
            });
    }

    function _createJob(bytes32 salt) private returns (bytes32) {
        bytes memory signature = _approve(salt, _soon());
        I.JobParams memory params = _params(salt);
        vm.prank(requester);
        return escrow.createJob(params, _soon(), signature);
    }

    function _approve(bytes32 salt, uint40 deadline) private view returns (bytes memory) {
        bytes32 id = escrow.jobIdOf(datasetId, requester, salt);
        return _sign(curatorKey, keccak256(abi.encode(APPROVAL, id, datasetId, requester, deadline)));
    }

    function _expectBadBudget(I.JobParams memory params) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                I.LabelEscrowBadBudget.selector,
                params.budget,
                params.dailyCap,
                params.quizBudget
            )
        );
        vm.prank(requester);
        escrow.createJob(params, _soon(), "");
    }

    function _qualify() private {
        address[] memory labelers = new address[](1);
        labelers[0] = labeler;
        vm.prank(jobSigner);
        escrow.qualify(jobId, labelers);
    }

    function _voucher(
        uint128 cumulative,
        uint40 settledThrough
    ) private view returns (I.Voucher memory voucher, bytes memory signature) {
        voucher = I.Voucher(jobId, labeler, cumulative, settledThrough);
        signature = _sign(signerKey, keccak256(abi.encode(VOUCHER, voucher)));
    }

    function _withdraw(uint128 cumulative, uint40 settledThrough) private {
        (I.Voucher memory voucher, bytes memory signature) = _voucher(cumulative, settledThrough);
        escrow.withdraw(voucher, signature);
    }

    function _lease(bytes32 taskId, uint128 price) private view returns (I.Lease memory) {
        uint40 deadline = uint40(block.timestamp) + 1 hours;
        return I.Lease(jobId, labeler, taskId, price, keccak256("rules"), deadline, deadline + 1 days);
    }

    function _receipt(
        I.Lease memory lease
    ) private view returns (I.CommitmentReceipt memory receipt, bytes memory signature) {
        receipt = I.CommitmentReceipt(escrow.hashLease(lease), "commitment", lease.deadline);
        signature = _sign(signerKey, keccak256(abi.encode(RECEIPT, receipt)));
    }

    function _claim(I.Lease memory lease) private {
        (I.CommitmentReceipt memory receipt, bytes memory receiptSignature) = _receipt(lease);
        bytes memory signature = _sign(signerKey, escrow.hashLease(lease));
        vm.warp(lease.autoApproveAt);
        escrow.claimLease(lease, signature, receipt, receiptSignature);
    }

    function _expectClaimRevert(I.Lease memory lease, bytes memory reason) private {
        (I.CommitmentReceipt memory receipt, bytes memory receiptSignature) = _receipt(lease);
        bytes memory signature = _sign(signerKey, escrow.hashLease(lease));
        vm.warp(lease.autoApproveAt);
        vm.expectRevert(reason);
        escrow.claimLease(lease, signature, receipt, receiptSignature);
    }

    function _rejection(
        bytes32 taskId
    ) private view returns (I.LeaseRejection memory rejection, bytes memory signature) {
        rejection = I.LeaseRejection(jobId, labeler, taskId, 3, keccak256("evidence"));
        signature = _sign(signerKey, keccak256(abi.encode(REJECTION, rejection)));
    }

    function _sign(uint256 key, bytes32 structHash) private view returns (bytes memory) {
        return sign(key, escrow.domainSeparator(), structHash);
    }

    function _soon() private view returns (uint40) {
        return uint40(block.timestamp) + 1 hours;
    }
}
