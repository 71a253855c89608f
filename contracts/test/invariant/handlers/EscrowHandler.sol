// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILabelEscrow} from "../../../src/interfaces/ILabelEscrow.sol";
import {ProtocolFixture} from "../../support/ProtocolFixture.sol";

/// @notice A signer who signs anything, labelers who try everything and a requester who wants the money back.
contract EscrowHandler is ProtocolFixture {
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

    uint128 public constant BUDGET = 100e6;
    uint128 public constant DAILY = 30e6;

    bytes32 public jobId;
    uint256 public time;
    uint256 public closedAt;
    int256 public mostBeyondCaps;
    bool public wasRejectedByAStranger;
    mapping(address labeler => uint256) public highestVoucher;
    mapping(address labeler => uint256) public leasesPaid;
    int256 private _beyondCaps;
    uint256 private _lastDay;
    ILabelEscrow.Lease[] private _leases;
    address[3] private _labelers;
    uint256 private _requesterBefore;

    /// @dev Each call of a run starts at the time of the fixture, so the handler keeps its own clock.
    modifier inTime() {
        vm.warp(time);
        _;
    }

    constructor() {
        setUp();
        time = block.timestamp;
    }

    function setUp() public override {
        if (address(escrow) != address(0)) return;
        super.setUp();
        _labelers = [labeler, alice, bob];
        token.mint(curator, BUDGET);
        vm.startPrank(curator);
        token.approve(address(escrow), BUDGET);
        jobId = escrow.createJob(
            ILabelEscrow.JobParams(datasetId, "job", BUDGET, DAILY, 0, jobSigner, "rules"),
            0,
            ""
        );
        vm.stopPrank();
        _requesterBefore = token.balanceOf(curator);
    }

    function redeem(uint8 who, uint128 cumulative, uint40 settledThrough) external inTime {
        ILabelEscrow.Voucher memory voucher = ILabelEscrow.Voucher(
            jobId,
            _labelers[who % 3],
            uint128(between(cumulative, 0, cumulative % 8 == 0 ? 2 * uint256(BUDGET) : BUDGET / 5)),
            uint40(between(settledThrough, START, START + 60 days))
        );
        bytes memory signature = _sign(keccak256(abi.encode(VOUCHER, voucher)));
        uint256 before = token.balanceOf(voucher.labeler);
        try escrow.withdraw(voucher, signature) {
            if (voucher.cumulative > highestVoucher[voucher.labeler]) {
                highestVoucher[voucher.labeler] = voucher.cumulative;
            }
            _note(token.balanceOf(voucher.labeler) - before);
        } catch {}
    }

    function claimLease(uint8 who, uint8 task, uint128 price) external inTime {
        ILabelEscrow.Lease memory lease = ILabelEscrow.Lease(
            jobId,
            _labelers[who % 3],
            bytes32(uint256(task % 16)),
            uint128(between(price, 1, 20e6)),
            "rules",
            uint40(block.timestamp),
            uint40(block.timestamp)
        );
        bytes32 leaseHash = escrow.hashLease(lease);
        ILabelEscrow.CommitmentReceipt memory receipt = ILabelEscrow.CommitmentReceipt(
            leaseHash,
            "commitment",
            uint40(block.timestamp)
        );
        bytes memory signature = _sign(leaseHash);
        bytes memory receiptSignature = _sign(keccak256(abi.encode(RECEIPT, receipt)));
        try escrow.claimLease(lease, signature, receipt, receiptSignature) {
            _leases.push(lease);
        } catch {}
    }

    function finalize(uint8 which) external inTime {
        if (_leases.length == 0) return;
        ILabelEscrow.Lease memory lease = _leases[which % _leases.length];
        uint256 before = token.balanceOf(lease.labeler);
        try escrow.finalizeLease(escrow.hashLease(lease)) {
            uint256 paid = token.balanceOf(lease.labeler) - before;
            leasesPaid[lease.labeler] += paid;
            _note(paid);
        } catch {}
    }

    function rotate(bool back) external inTime {
        address next = back ? jobSigner : labeler;
        vm.prank(curator);
        try escrow.scheduleSigner(jobId, next) {} catch {}
    }

    function reject(uint8 which, bool byOther) external inTime {
        if (_leases.length == 0) return;
        ILabelEscrow.Lease memory lease = _leases[which % _leases.length];
        ILabelEscrow.LeaseRejection memory rejection = ILabelEscrow.LeaseRejection(
            jobId,
            lease.labeler,
            lease.taskId,
            1,
            "evidence"
        );
        uint256 key = byOther ? labelerKey : signerKey;
        bytes memory signature = sign(key, escrow.domainSeparator(), keccak256(abi.encode(REJECTION, rejection)));
        address claimedUnder = escrow.getLease(escrow.hashLease(lease)).signer;
        try escrow.rejectLease(rejection, signature) {
            if (claimedUnder != vm.addr(key)) wasRejectedByAStranger = true;
        } catch {}
    }

    function raiseReserved(uint128 amount) external inTime {
        amount = uint128(between(amount, 0, BUDGET));
        vm.prank(jobSigner);
        try escrow.raiseReserved(jobId, amount) {} catch {}
    }

    function close(uint8 chance) external inTime {
        if (chance % 3 != 0) return;
        vm.prank(curator);
        try escrow.closeJob(jobId) {
            closedAt = block.timestamp;
        } catch {}
    }

    function refund() external inTime {
        try escrow.refund(jobId) {} catch {}
    }

    function wait(uint24 duration) external {
        time += duration % 6 days;
    }

    function job() external view returns (ILabelEscrow.Job memory) {
        return escrow.getJob(jobId);
    }

    function held() external view returns (uint256) {
        return token.balanceOf(address(escrow));
    }

    function labelers() external view returns (address[3] memory) {
        return _labelers;
    }

    function paidOf(address account) external view returns (uint256) {
        return escrow.paidOf(jobId, account);
    }

    function balanceOf(address account) external view returns (uint256) {
        return token.balanceOf(account);
    }

    function refundedToRequester() external view returns (uint256) {
        return token.balanceOf(curator) - _requesterBefore;
    }

    function isFinal() external view returns (bool) {
        return closedAt != 0 && time >= closedAt + 30 days;
    }

    /// @dev The most that any run of days paid beyond a cap for each of them.
    function _note(uint256 amount) private {
        uint256 day = block.timestamp / 1 days;
        if (_lastDay == 0) {
            _beyondCaps = -int256(uint256(DAILY));
        } else if (day != _lastDay) {
            _beyondCaps -= int256(DAILY * (day - _lastDay - 1));
            if (_beyondCaps < 0) _beyondCaps = 0;
            _beyondCaps -= int256(uint256(DAILY));
        }
        _lastDay = day;
        _beyondCaps += int256(amount);
        if (_beyondCaps > mostBeyondCaps) mostBeyondCaps = _beyondCaps;
    }

    function _sign(bytes32 structHash) private view returns (bytes memory) {
        uint256 key = escrow.getJob(jobId).signer == jobSigner ? signerKey : labelerKey;
        return sign(key, escrow.domainSeparator(), structHash);
    }
}
