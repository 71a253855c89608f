// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {GuardianPause} from "./GuardianPause.sol";
import {IDatasetRegistry} from "./interfaces/IDatasetRegistry.sol";
import {IEntitlementSource} from "./interfaces/IEntitlementSource.sol";
import {ILabelEscrow} from "./interfaces/ILabelEscrow.sol";
import {Ids} from "./libraries/Ids.sol";

/// @title Label escrow
/// @dev Invariant of every job: paid + pending + refunded ≤ budget.
contract LabelEscrow is ILabelEscrow, IEntitlementSource, GuardianPause, EIP712, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @dev A job packed for vouchers: amounts fit 80 bits because the budget does, and it bounds all others.
    struct StoredJob {
        bytes32 datasetId;
        address requester;
        uint80 reserved;
        address signer;
        uint40 createdAt;
        uint40 closedAt;
        bool isSignerScheduled;
        uint80 budget;
        uint80 dailyCap;
        uint80 quizBudget;
        uint80 paid;
        uint80 pending;
        uint80 refunded;
        bytes32 ruleHash;
    }

    struct LabelerState {
        uint128 paid;
        uint40 settledThrough;
        bool qualified;
    }

    struct DaySpending {
        uint40 day;
        uint128 spent;
    }

    struct SignerChange {
        address signer;
        uint40 effectiveAt;
    }

    struct AnchoredCommitment {
        bytes32 commitment;
        uint40 anchoredAt;
    }

    uint256 private constant _MAX_OPEN_JOBS = 8;
    uint8 private constant _HELD_BY_CURATOR = 1;
    uint8 private constant _HELD_BY_GUARDIAN = 2;

    bytes32 private constant _JOB_APPROVAL_TYPEHASH =
        keccak256("JobApproval(bytes32 jobId,bytes32 datasetId,address requester,uint40 deadline)");
    bytes32 private constant _LEASE_TYPEHASH =
        keccak256(
            "Lease(bytes32 jobId,address labeler,bytes32 taskId,uint128 price,bytes32 ruleHash,uint40 deadline,uint40 autoApproveAt)"
        );
    bytes32 private constant _COMMITMENT_RECEIPT_TYPEHASH =
        keccak256("CommitmentReceipt(bytes32 leaseHash,bytes32 commitment,uint40 receivedAt)");
    bytes32 private constant _LEASE_REJECTION_TYPEHASH =
        keccak256("LeaseRejection(bytes32 jobId,address labeler,bytes32 taskId,uint16 reason,bytes32 evidenceHash)");
    bytes32 private constant _VOUCHER_TYPEHASH =
        keccak256("Voucher(bytes32 jobId,address labeler,uint128 cumulative,uint40 settledThrough)");

    /// @inheritdoc ILabelEscrow
    address public immutable override token;
    /// @notice The registry of datasets and their curators.
    IDatasetRegistry public immutable datasetRegistry;

    uint40 private immutable _rejectionWindow;
    uint40 private immutable _reservedDelay;
    uint40 private immutable _finalDelay;
    uint40 private immutable _signerDelay;
    uint128 private immutable _depositCap;

    mapping(bytes32 jobId => StoredJob) private _jobs;
    mapping(bytes32 jobId => SignerChange) private _signerChanges;
    mapping(bytes32 jobId => DaySpending) private _spending;
    mapping(bytes32 jobId => mapping(address labeler => LabelerState)) private _labelers;
    mapping(bytes32 jobId => mapping(address labeler => mapping(bytes32 taskId => LeaseStatus))) private _tasks;
    mapping(bytes32 leaseHash => LeaseClaim) private _leases;
    mapping(bytes32 leaseHash => bytes32 taskId) private _leaseTasks;
    mapping(bytes32 jobId => mapping(address labeler => mapping(bytes32 taskId => bytes32 leaseHash)))
        private _pendingLeases;
    mapping(bytes32 leaseHash => mapping(address labeler => AnchoredCommitment)) private _commitments;
    mapping(bytes32 datasetId => bytes32[]) private _openJobs;
    mapping(bytes32 datasetId => mapping(bytes32 packId => uint8 holders)) private _held;

    constructor(
        address token_,
        address datasetRegistry_,
        address guardian_,
        Settings memory settings_
    ) EIP712("Allod", "1") GuardianPause(guardian_) {
        if (token_.code.length == 0) revert LabelEscrowNoCode(token_);
        if (datasetRegistry_.code.length == 0) revert LabelEscrowNoCode(datasetRegistry_);
        if (
            settings_.rejectionWindow == 0 ||
            settings_.reservedDelay < settings_.rejectionWindow ||
            settings_.finalDelay < settings_.reservedDelay ||
            settings_.signerDelay == 0
        ) revert LabelEscrowBadSettings();
        token = token_;
        datasetRegistry = IDatasetRegistry(datasetRegistry_);
        _rejectionWindow = settings_.rejectionWindow;
        _reservedDelay = settings_.reservedDelay;
        _finalDelay = settings_.finalDelay;
        _signerDelay = settings_.signerDelay;
        _depositCap = settings_.depositCap;
    }

    /// @inheritdoc ILabelEscrow
    function createJob(
        JobParams calldata params,
        uint40 approvalDeadline,
        bytes calldata curatorSignature
    ) external override nonReentrant whenNotPaused returns (bytes32 jobId) {
        jobId = jobIdOf(params.datasetId, msg.sender, params.salt);
        if (_jobs[jobId].createdAt != 0) revert LabelEscrowJobExists(jobId);
        if (
            params.budget == 0 ||
            params.budget > type(uint80).max ||
            params.dailyCap == 0 ||
            params.quizBudget > params.budget
        ) {
            revert LabelEscrowBadBudget(params.budget, params.dailyCap, params.quizBudget);
        }
        if (params.signer == address(0)) revert LabelEscrowZeroSigner();
        bytes32[] storage openJobs = _openJobs[params.datasetId];
        if (openJobs.length == _MAX_OPEN_JOBS) revert LabelEscrowTooManyJobs(params.datasetId);
        _checkApproval(jobId, params.datasetId, approvalDeadline, curatorSignature);

        StoredJob storage job = _jobs[jobId];
        job.datasetId = params.datasetId;
        job.requester = msg.sender;
        job.signer = params.signer;
        job.createdAt = uint40(block.timestamp);
        job.budget = uint80(params.budget);
        job.dailyCap = uint80(params.dailyCap < params.budget ? params.dailyCap : params.budget);
        job.quizBudget = uint80(params.quizBudget);
        job.ruleHash = params.ruleHash;
        openJobs.push(jobId);
        emit JobCreated(jobId, params.datasetId, msg.sender, params);

        uint256 expected = IERC20(token).balanceOf(address(this)) + params.budget;
        IERC20(token).safeTransferFrom(msg.sender, address(this), params.budget);
        uint256 held = IERC20(token).balanceOf(address(this));
        if (held < expected) revert LabelEscrowUnderfunded(held, expected);
        if (held > _depositCap) revert LabelEscrowDepositCapExceeded(held, _depositCap);
    }

    /// @inheritdoc ILabelEscrow
    function qualify(bytes32 jobId, address[] calldata labelers) external override {
        StoredJob storage job = _job(jobId);
        _checkOpen(jobId, job);
        _checkCallerIsSigner(jobId, job);
        for (uint256 i = 0; i < labelers.length; ++i) {
            _labelers[jobId][labelers[i]].qualified = true;
        }
        emit LabelersQualified(jobId, labelers);
    }

    /// @inheritdoc ILabelEscrow
    function disqualify(bytes32 jobId, address[] calldata labelers) external override {
        _checkCallerIsSigner(jobId, _job(jobId));
        for (uint256 i = 0; i < labelers.length; ++i) {
            _labelers[jobId][labelers[i]].qualified = false;
        }
        emit LabelersDisqualified(jobId, labelers);
    }

    /// @inheritdoc ILabelEscrow
    function raiseReserved(bytes32 jobId, uint128 newReserved) external override {
        StoredJob storage job = _job(jobId);
        _checkOpen(jobId, job);
        _checkCallerIsSigner(jobId, job);
        if (newReserved <= job.reserved || newReserved > job.budget) {
            revert LabelEscrowBadReserved(newReserved, job.reserved, job.budget);
        }
        job.reserved = uint80(newReserved);
        emit ReservedRaised(jobId, newReserved);
    }

    /// @inheritdoc ILabelEscrow
    function withdraw(Voucher calldata voucher, bytes calldata signature) external override nonReentrant {
        StoredJob storage job = _job(voucher.jobId);
        _checkSignature(
            _signerOf(voucher.jobId, job),
            keccak256(abi.encode(_VOUCHER_TYPEHASH, voucher)),
            signature
        );
        uint128 amount = _payableNow(voucher, job);
        if (amount == 0) _revertNothingPayable(voucher, job);
        _redeem(voucher, job, amount);
        IERC20(token).safeTransfer(voucher.labeler, amount);
        emit VoucherRedeemed(voucher.jobId, voucher.labeler, amount, paidOf(voucher.jobId, voucher.labeler));
    }

    /// @inheritdoc ILabelEscrow
    function withdrawMany(
        Voucher[] calldata vouchers,
        bytes[] calldata signatures
    ) external override nonReentrant {
        if (vouchers.length != signatures.length) {
            revert LabelEscrowLengthMismatch(vouchers.length, signatures.length);
        }
        for (uint256 i = 0; i < vouchers.length; ++i) {
            Voucher calldata voucher = vouchers[i];
            if (!_tryWithdraw(voucher, signatures[i])) emit VoucherSkipped(voucher.jobId, voucher.labeler);
        }
    }

    /// @inheritdoc ILabelEscrow
    function anchorCommitment(bytes32 leaseHash, bytes32 commitment) external override {
        AnchoredCommitment storage stored = _commitments[leaseHash][msg.sender];
        if (stored.anchoredAt != 0) revert LabelEscrowAlreadyAnchored(leaseHash);
        stored.commitment = commitment;
        stored.anchoredAt = uint40(block.timestamp);
        emit CommitmentAnchored(leaseHash, msg.sender, commitment);
    }

    /// @inheritdoc ILabelEscrow
    function claimLease(
        Lease calldata lease,
        bytes calldata leaseSignature,
        CommitmentReceipt calldata receipt,
        bytes calldata receiptSignature
    ) external override {
        StoredJob storage job = _job(lease.jobId);
        bytes32 leaseHash = hashLease(lease);
        address signer = _signerOf(lease.jobId, job);
        _checkSignature(signer, leaseHash, leaseSignature);
        _checkCommitted(lease, leaseHash, signer, receipt, receiptSignature);
        if (block.timestamp < lease.autoApproveAt) revert LabelEscrowTooEarly(lease.autoApproveAt);
        LeaseStatus status = _tasks[lease.jobId][lease.labeler][lease.taskId];
        if (status != LeaseStatus.NONE) revert LabelEscrowWrongStatus(status);
        uint40 settledThrough = _labelers[lease.jobId][lease.labeler].settledThrough;
        if (lease.autoApproveAt <= settledThrough) {
            revert LabelEscrowAlreadySettled(lease.autoApproveAt, settledThrough);
        }
        uint128 available = _available(job);
        if (lease.price > available) revert LabelEscrowBudgetExhausted(lease.price, available);
        if (lease.price > job.dailyCap) revert LabelEscrowDailyCapReached(job.dailyCap);

        job.pending += uint80(lease.price);
        _tasks[lease.jobId][lease.labeler][lease.taskId] = LeaseStatus.PENDING;
        _leaseTasks[leaseHash] = lease.taskId;
        _leases[leaseHash] = LeaseClaim({
            jobId: lease.jobId,
            labeler: lease.labeler,
            claimedAt: uint40(block.timestamp),
            status: LeaseStatus.PENDING,
            price: lease.price,
            autoApproveAt: lease.autoApproveAt
        });
        _pendingLeases[lease.jobId][lease.labeler][lease.taskId] = leaseHash;
        emit LeaseClaimed(
            lease.jobId,
            leaseHash,
            lease.labeler,
            lease.price,
            uint40(block.timestamp) + _rejectionWindow
        );
    }

    /// @inheritdoc ILabelEscrow
    function rejectLease(LeaseRejection calldata rejection, bytes calldata signature) external override {
        StoredJob storage job = _job(rejection.jobId);
        _checkSignature(
            _signerOf(rejection.jobId, job),
            keccak256(abi.encode(_LEASE_REJECTION_TYPEHASH, rejection)),
            signature
        );
        LeaseStatus status = _tasks[rejection.jobId][rejection.labeler][rejection.taskId];
        if (status == LeaseStatus.PENDING) {
            bytes32 leaseHash = _pendingLeases[rejection.jobId][rejection.labeler][rejection.taskId];
            LeaseClaim storage stored = _leases[leaseHash];
            uint40 endsAt = stored.claimedAt + _rejectionWindow;
            if (block.timestamp >= endsAt) revert LabelEscrowWindowOver(endsAt);
            stored.status = LeaseStatus.REJECTED;
            job.pending -= uint80(stored.price);
        } else if (status != LeaseStatus.NONE) {
            revert LabelEscrowWrongStatus(status);
        }
        _tasks[rejection.jobId][rejection.labeler][rejection.taskId] = LeaseStatus.REJECTED;
        emit LeaseRejected(
            rejection.jobId,
            rejection.labeler,
            rejection.taskId,
            rejection.reason,
            rejection.evidenceHash
        );
    }

    /// @inheritdoc ILabelEscrow
    function finalizeLease(bytes32 leaseHash) external override nonReentrant {
        LeaseClaim storage stored = _leases[leaseHash];
        if (stored.status != LeaseStatus.PENDING) revert LabelEscrowWrongStatus(stored.status);
        uint40 payableAt = stored.claimedAt + _rejectionWindow;
        if (block.timestamp < payableAt) revert LabelEscrowTooEarly(payableAt);
        bytes32 jobId = stored.jobId;
        address labeler = stored.labeler;
        uint128 price = stored.price;
        StoredJob storage job = _jobs[jobId];
        LabelerState storage state = _labelers[jobId][labeler];

        if (state.settledThrough >= stored.autoApproveAt) {
            _endLease(job, leaseHash, stored, LeaseStatus.SETTLED);
            emit LeaseFinalized(jobId, leaseHash, labeler, 0);
            return;
        }
        uint128 today = _dailyAvailable(jobId, job);
        if (price > today) revert LabelEscrowDailyCapReached(today);
        _endLease(job, leaseHash, stored, LeaseStatus.PAID);
        _spend(jobId, job, price);
        state.paid += price;
        emit LeaseFinalized(jobId, leaseHash, labeler, price);
        IERC20(token).safeTransfer(labeler, price);
    }

    /// @inheritdoc ILabelEscrow
    function scheduleSigner(bytes32 jobId, address signer) external override {
        StoredJob storage job = _job(jobId);
        if (msg.sender != job.requester) revert LabelEscrowNotAuthorized(msg.sender);
        if (signer == address(0)) revert LabelEscrowZeroSigner();
        job.signer = _signerOf(jobId, job);
        uint40 effectiveAt = uint40(block.timestamp) + _signerDelay;
        job.isSignerScheduled = true;
        _signerChanges[jobId] = SignerChange({signer: signer, effectiveAt: effectiveAt});
        emit SignerChangeScheduled(jobId, signer, effectiveAt);
    }

    /// @inheritdoc ILabelEscrow
    function closeJob(bytes32 jobId) external override {
        StoredJob storage job = _job(jobId);
        _checkOpen(jobId, job);
        if (msg.sender != job.requester && msg.sender != _signerOf(jobId, job)) {
            revert LabelEscrowNotAuthorized(msg.sender);
        }
        job.closedAt = uint40(block.timestamp);
        bytes32[] storage openJobs = _openJobs[job.datasetId];
        uint256 last = openJobs.length - 1;
        for (uint256 i = 0; i <= last; ++i) {
            if (openJobs[i] != jobId) continue;
            openJobs[i] = openJobs[last];
            openJobs.pop();
            break;
        }
        emit JobClosed(jobId);
    }

    /// @inheritdoc ILabelEscrow
    function refund(bytes32 jobId) external override nonReentrant {
        StoredJob storage job = _job(jobId);
        if (job.closedAt == 0) revert LabelEscrowJobOpen(jobId);
        uint40 firstAt = job.closedAt + _reservedDelay;
        if (block.timestamp < firstAt) revert LabelEscrowTooEarly(firstAt);
        uint256 kept = uint256(job.paid) + job.pending;
        if (block.timestamp < job.closedAt + _finalDelay && job.reserved > kept) kept = job.reserved;
        uint256 gone = kept + job.refunded;
        if (gone >= job.budget) revert LabelEscrowNothingToRefund(jobId);
        uint128 amount = uint128(job.budget - gone);
        job.refunded += uint80(amount);
        emit Refunded(jobId, job.requester, amount);
        IERC20(token).safeTransfer(job.requester, amount);
    }

    /// @inheritdoc ILabelEscrow
    function holdPack(bytes32 datasetId, bytes32 packId, bool held) external override {
        uint8 mine = 0;
        if (msg.sender == datasetRegistry.curatorOf(datasetId)) mine |= _HELD_BY_CURATOR;
        if (msg.sender == guardian) mine |= _HELD_BY_GUARDIAN;
        if (mine == 0) revert LabelEscrowNotAuthorized(msg.sender);
        uint8 holders = _held[datasetId][packId];
        _held[datasetId][packId] = held ? holders | mine : holders & ~mine;
        emit PackHeld(datasetId, packId, msg.sender, held);
    }

    /// @inheritdoc IEntitlementSource
    function mayDecrypt(address, bytes32, uint256, uint256) external pure override returns (bool) {
        return false;
    }

    /// @inheritdoc IEntitlementSource
    function mayLabel(address user, bytes32 datasetId, bytes32 packId) external view override returns (bool) {
        if (isHeld(datasetId, packId)) return false;
        bytes32[] storage openJobs = _openJobs[datasetId];
        for (uint256 i = 0; i < openJobs.length; ++i) {
            bytes32 jobId = openJobs[i];
            if (_labelers[jobId][user].qualified && _available(_jobs[jobId]) != 0) return true;
        }
        return false;
    }

    /// @inheritdoc ILabelEscrow
    function settings() external view override returns (Settings memory) {
        return
            Settings({
                rejectionWindow: _rejectionWindow,
                reservedDelay: _reservedDelay,
                finalDelay: _finalDelay,
                signerDelay: _signerDelay,
                depositCap: _depositCap
            });
    }

    /// @inheritdoc ILabelEscrow
    function jobIdOf(
        bytes32 datasetId,
        address requester,
        bytes32 salt
    ) public view override returns (bytes32) {
        return Ids.job(block.chainid, address(this), datasetId, requester, salt);
    }

    /// @inheritdoc ILabelEscrow
    function getJob(bytes32 jobId) external view override returns (Job memory) {
        StoredJob storage job = _job(jobId);
        return
            Job({
                datasetId: job.datasetId,
                requester: job.requester,
                signer: _signerOf(jobId, job),
                createdAt: job.createdAt,
                closedAt: job.closedAt,
                budget: job.budget,
                dailyCap: job.dailyCap,
                quizBudget: job.quizBudget,
                reserved: job.reserved,
                paid: job.paid,
                pending: job.pending,
                refunded: job.refunded,
                ruleHash: job.ruleHash
            });
    }

    /// @inheritdoc ILabelEscrow
    function paidOf(bytes32 jobId, address labeler) public view override returns (uint128) {
        return _labelers[jobId][labeler].paid;
    }

    /// @inheritdoc ILabelEscrow
    function settledThroughOf(bytes32 jobId, address labeler) external view override returns (uint40) {
        return _labelers[jobId][labeler].settledThrough;
    }

    /// @inheritdoc ILabelEscrow
    function isQualified(bytes32 jobId, address labeler) external view override returns (bool) {
        return _labelers[jobId][labeler].qualified;
    }

    /// @inheritdoc ILabelEscrow
    function openJobsOf(bytes32 datasetId) external view override returns (bytes32[] memory) {
        return _openJobs[datasetId];
    }

    /// @inheritdoc ILabelEscrow
    function availableOf(bytes32 jobId) external view override returns (uint128) {
        return _available(_job(jobId));
    }

    /// @inheritdoc ILabelEscrow
    function dailyAvailableOf(bytes32 jobId) external view override returns (uint128) {
        return _dailyAvailable(jobId, _job(jobId));
    }

    /// @inheritdoc ILabelEscrow
    function getLease(bytes32 leaseHash) external view override returns (LeaseClaim memory) {
        return _leases[leaseHash];
    }

    /// @inheritdoc ILabelEscrow
    function taskStatusOf(
        bytes32 jobId,
        address labeler,
        bytes32 taskId
    ) external view override returns (LeaseStatus) {
        return _tasks[jobId][labeler][taskId];
    }

    /// @inheritdoc ILabelEscrow
    function isHeld(bytes32 datasetId, bytes32 packId) public view override returns (bool) {
        return _held[datasetId][packId] != 0;
    }

    /// @inheritdoc ILabelEscrow
    function hashLease(Lease calldata lease) public pure override returns (bytes32) {
        return keccak256(abi.encode(_LEASE_TYPEHASH, lease));
    }

    /// @inheritdoc ILabelEscrow
    function domainSeparator() external view override returns (bytes32) {
        return _domainSeparatorV4();
    }

    /// @dev `withdraw` that answers false where that reverts.
    function _tryWithdraw(Voucher calldata voucher, bytes calldata signature) private returns (bool) {
        StoredJob storage job = _jobs[voucher.jobId];
        if (job.createdAt == 0) return false;
        bytes32 structHash = keccak256(abi.encode(_VOUCHER_TYPEHASH, voucher));
        if (!_isSigned(_signerOf(voucher.jobId, job), structHash, signature)) return false;
        uint128 amount = _payableNow(voucher, job);
        if (amount == 0) return false;

        LabelerState memory stateBefore = _labelers[voucher.jobId][voucher.labeler];
        DaySpending memory spendingBefore = _spending[voucher.jobId];
        uint80 paidBefore = job.paid;
        _redeem(voucher, job, amount);
        if (IERC20(token).trySafeTransfer(voucher.labeler, amount)) {
            emit VoucherRedeemed(voucher.jobId, voucher.labeler, amount, stateBefore.paid + amount);
            return true;
        }
        _labelers[voucher.jobId][voucher.labeler] = stateBefore;
        _spending[voucher.jobId] = spendingBefore;
        job.paid = paidBefore;
        return false;
    }

    function _redeem(Voucher calldata voucher, StoredJob storage job, uint128 amount) private {
        _spend(voucher.jobId, job, amount);
        LabelerState storage state = _labelers[voucher.jobId][voucher.labeler];
        state.paid += amount;
        if (voucher.settledThrough > state.settledThrough) state.settledThrough = voucher.settledThrough;
    }

    function _spend(bytes32 jobId, StoredJob storage job, uint128 amount) private {
        DaySpending storage spending = _spending[jobId];
        uint40 today = _today();
        if (spending.day == today) {
            spending.spent += amount;
        } else {
            _spending[jobId] = DaySpending({day: today, spent: amount});
        }
        job.paid += uint80(amount);
    }

    function _endLease(StoredJob storage job, bytes32 leaseHash, LeaseClaim storage stored, LeaseStatus status) private {
        stored.status = status;
        job.pending -= uint80(stored.price);
        _tasks[stored.jobId][stored.labeler][_leaseTasks[leaseHash]] = status;
    }

    function _job(bytes32 jobId) private view returns (StoredJob storage job) {
        job = _jobs[jobId];
        if (job.createdAt == 0) revert LabelEscrowUnknownJob(jobId);
    }

    function _checkOpen(bytes32 jobId, StoredJob storage job) private view {
        if (job.closedAt != 0) revert LabelEscrowJobClosed(jobId);
    }

    function _checkCallerIsSigner(bytes32 jobId, StoredJob storage job) private view {
        if (msg.sender != _signerOf(jobId, job)) revert LabelEscrowNotAuthorized(msg.sender);
    }

    function _checkApproval(
        bytes32 jobId,
        bytes32 datasetId,
        uint40 deadline,
        bytes calldata signature
    ) private view {
        address curator = datasetRegistry.curatorOf(datasetId);
        if (curator == address(0)) revert LabelEscrowUnknownDataset(datasetId);
        if (curator == msg.sender) return;
        if (block.timestamp > deadline) revert LabelEscrowExpired(deadline);
        _checkSignature(
            curator,
            keccak256(abi.encode(_JOB_APPROVAL_TYPEHASH, jobId, datasetId, msg.sender, deadline)),
            signature
        );
    }

    function _checkCommitted(
        Lease calldata lease,
        bytes32 leaseHash,
        address signer,
        CommitmentReceipt calldata receipt,
        bytes calldata receiptSignature
    ) private view {
        if (receipt.leaseHash != leaseHash) revert LabelEscrowReceiptMismatch(leaseHash);
        uint40 committedAt = receipt.receivedAt;
        if (receiptSignature.length == 0) {
            AnchoredCommitment storage stored = _commitments[leaseHash][lease.labeler];
            committedAt = stored.anchoredAt;
            if (committedAt == 0) revert LabelEscrowNoCommitment(leaseHash);
            if (stored.commitment != receipt.commitment) revert LabelEscrowReceiptMismatch(leaseHash);
        } else {
            _checkSignature(
                signer,
                keccak256(abi.encode(_COMMITMENT_RECEIPT_TYPEHASH, receipt)),
                receiptSignature
            );
        }
        if (committedAt > lease.deadline) revert LabelEscrowExpired(lease.deadline);
    }

    function _checkSignature(address expected, bytes32 structHash, bytes calldata signature) private view {
        if (!_isSigned(expected, structHash, signature)) revert LabelEscrowBadSignature(expected);
    }

    function _isSigned(address expected, bytes32 structHash, bytes calldata signature) private view returns (bool) {
        return SignatureChecker.isValidSignatureNowCalldata(expected, _hashTypedDataV4(structHash), signature);
    }

    function _signerOf(bytes32 jobId, StoredJob storage job) private view returns (address) {
        if (!job.isSignerScheduled) return job.signer;
        SignerChange storage change = _signerChanges[jobId];
        return block.timestamp >= change.effectiveAt ? change.signer : job.signer;
    }

    function _available(StoredJob storage job) private view returns (uint128) {
        return uint128(job.budget) - job.paid - job.pending - job.refunded;
    }

    function _dailyAvailable(bytes32 jobId, StoredJob storage job) private view returns (uint128) {
        DaySpending storage spending = _spending[jobId];
        uint128 spent = spending.day == _today() ? spending.spent : 0;
        return uint128(job.dailyCap) - spent;
    }

    /// @dev What a voucher adds, cut to the day's limit and the budget.
    function _payableNow(Voucher calldata voucher, StoredJob storage job) private view returns (uint128 amount) {
        uint128 paid = _labelers[voucher.jobId][voucher.labeler].paid;
        if (voucher.cumulative <= paid) return 0;
        amount = voucher.cumulative - paid;
        uint128 limit = _dailyAvailable(voucher.jobId, job);
        if (amount > limit) amount = limit;
        limit = _available(job);
        if (amount > limit) amount = limit;
    }

    function _revertNothingPayable(Voucher calldata voucher, StoredJob storage job) private view {
        uint128 paid = _labelers[voucher.jobId][voucher.labeler].paid;
        if (voucher.cumulative <= paid) revert LabelEscrowNothingDue(voucher.cumulative, paid);
        if (_available(job) == 0) revert LabelEscrowBudgetExhausted(voucher.cumulative - paid, 0);
        revert LabelEscrowDailyCapReached(0);
    }

    function _today() private view returns (uint40) {
        return uint40(block.timestamp / 1 days);
    }
}
