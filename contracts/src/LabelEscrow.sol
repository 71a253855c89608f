// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {GuardianPause} from "./GuardianPause.sol";
import {IDatasetRegistry} from "./interfaces/IDatasetRegistry.sol";
import {IEntitlementSource} from "./interfaces/IEntitlementSource.sol";
import {ILabelEscrow} from "./interfaces/ILabelEscrow.sol";
import {Ids} from "./libraries/Ids.sol";
import {Signatures} from "./libraries/Signatures.sol";

/// @title Label escrow
/// @dev Invariant of every job: available + paid + pending + refunded = budget.
contract LabelEscrow is ILabelEscrow, IEntitlementSource, GuardianPause, EIP712, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @dev What each payment reads and writes: the money that is neither paid, pending nor refunded, and what of it may
    /// be paid, `credit` as of the day `day` since 1970.
    struct Pot {
        uint80 available;
        uint80 credit;
        uint80 dailyCap;
        uint16 day;
    }

    /// @dev Packed so that a voucher reads two slots, the signer's and the pot's. Amounts fit 80 bits because the budget
    /// does, and it bounds all others.
    struct StoredJob {
        bytes32 datasetId;
        address requester;
        uint40 createdAt;
        uint40 closedAt;
        address signer;
        uint80 reserved;
        bool isSignerScheduled;
        Pot pot;
        uint80 budget;
        uint80 pending;
        uint80 refunded;
        uint80 quizBudget;
        bytes32 ruleHash;
    }

    /// @dev `pending` are the labeler's claimed leases, which vouchers pay around.
    struct LabelerState {
        uint80 paid;
        uint80 pending;
        uint40 settledThrough;
        bool qualified;
    }

    /// @dev `signer` is who signed the lease: only he may reject it.
    struct StoredLease {
        bytes32 jobId;
        bytes32 taskId;
        address labeler;
        uint80 price;
        LeaseStatus status;
        address signer;
        uint40 claimedAt;
        uint40 autoApproveAt;
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
    uint256 private constant _MOST_DAYS = 2;
    uint128 private constant _MAX_BUDGET = type(uint80).max / 2;
    /// @dev In place of a lease hash: the task was rejected before anybody claimed it.
    bytes32 private constant _REJECTED_UNCLAIMED = bytes32(uint256(1));
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

    mapping(bytes32 jobId => StoredJob) private _jobs;
    mapping(bytes32 jobId => SignerChange) private _signerChanges;
    mapping(bytes32 jobId => mapping(address labeler => LabelerState)) private _labelers;
    mapping(bytes32 leaseHash => StoredLease) private _leases;
    mapping(bytes32 jobId => mapping(address labeler => mapping(bytes32 taskId => bytes32 leaseHash))) private _tasks;
    mapping(bytes32 leaseHash => mapping(address labeler => AnchoredCommitment)) private _commitments;
    mapping(bytes32 datasetId => bytes32[]) private _openJobs;
    mapping(bytes32 datasetId => mapping(bytes32 packId => uint8 holders)) private _held;

    constructor(
        address token_,
        address datasetRegistry_,
        address guardian_,
        Settings memory settings_,
        address manager
    ) EIP712("Allod", "1") GuardianPause(guardian_, settings_.depositCap, manager) {
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
    }

    /// @inheritdoc ILabelEscrow
    function createJob(
        JobParams calldata params,
        uint40 approvalDeadline,
        bytes calldata curatorSignature
    ) external override nonReentrant whenNotPaused returns (bytes32 jobId) {
        jobId = jobIdOf(params.datasetId, msg.sender, params.salt);
        if (_jobs[jobId].signer != address(0)) revert LabelEscrowJobExists(jobId);
        if (
            params.budget == 0 ||
            params.budget > _MAX_BUDGET ||
            params.dailyCap == 0 ||
            params.quizBudget > params.budget
        ) {
            revert LabelEscrowBadBudget(params.budget, params.dailyCap, params.quizBudget);
        }
        if (params.signer == address(0)) revert LabelEscrowZeroSigner();
        bytes32[] storage openJobs = _openJobs[params.datasetId];
        if (openJobs.length == _MAX_OPEN_JOBS) revert LabelEscrowTooManyJobs(params.datasetId);
        _checkApproval(jobId, params.datasetId, approvalDeadline, curatorSignature);

        uint80 budget = uint80(params.budget);
        uint80 dailyCap = params.dailyCap < budget ? uint80(params.dailyCap) : budget;
        StoredJob storage job = _jobs[jobId];
        job.datasetId = params.datasetId;
        job.requester = msg.sender;
        job.createdAt = uint40(block.timestamp);
        job.signer = params.signer;
        job.pot = Pot({available: budget, credit: dailyCap, dailyCap: dailyCap, day: _today()});
        job.budget = budget;
        job.quizBudget = uint80(params.quizBudget);
        job.ruleHash = params.ruleHash;
        openJobs.push(jobId);
        emit JobCreated(jobId, params.datasetId, msg.sender, params);

        uint256 expected = IERC20(token).balanceOf(address(this)) + params.budget;
        IERC20(token).safeTransferFrom(msg.sender, address(this), params.budget);
        uint256 held = IERC20(token).balanceOf(address(this));
        if (held < expected) revert LabelEscrowUnderfunded(held, expected);
        uint128 cap = depositCap;
        if (held > cap) revert LabelEscrowDepositCapExceeded(held, cap);
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
        Pot memory pot = job.pot;
        LabelerState storage stored = _labelers[voucher.jobId][voucher.labeler];
        LabelerState memory state = stored;
        uint80 amount = _payableNow(voucher, state, pot);
        if (amount == 0) _revertNothingPayable(voucher, state, pot);
        uint80 paid = _redeem(voucher, stored, state, job.pot, pot, amount);
        IERC20(token).safeTransfer(voucher.labeler, amount);
        emit VoucherRedeemed(voucher.jobId, voucher.labeler, amount, paid);
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
        _bookLease(lease, leaseHash, signer, job);
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
        bytes32 leaseHash = _tasks[rejection.jobId][rejection.labeler][rejection.taskId];
        bool isClaimed = leaseHash != 0 && leaseHash != _REJECTED_UNCLAIMED;
        StoredLease storage stored = _leases[leaseHash];
        _checkSignature(
            isClaimed ? stored.signer : _signerOf(rejection.jobId, job),
            keccak256(abi.encode(_LEASE_REJECTION_TYPEHASH, rejection)),
            signature
        );
        if (isClaimed) {
            if (stored.status != LeaseStatus.PENDING) revert LabelEscrowWrongStatus(stored.status);
            uint40 endsAt = stored.claimedAt + _rejectionWindow;
            if (block.timestamp >= endsAt) revert LabelEscrowWindowOver(endsAt);
            _endLease(job, stored, LeaseStatus.REJECTED);
            job.pot.available += stored.price;
        } else {
            if (leaseHash != 0) revert LabelEscrowWrongStatus(LeaseStatus.REJECTED);
            _tasks[rejection.jobId][rejection.labeler][rejection.taskId] = _REJECTED_UNCLAIMED;
        }
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
        StoredLease storage stored = _leases[leaseHash];
        if (stored.status != LeaseStatus.PENDING) revert LabelEscrowWrongStatus(stored.status);
        uint40 payableAt = stored.claimedAt + _rejectionWindow;
        if (block.timestamp < payableAt) revert LabelEscrowTooEarly(payableAt);
        bytes32 jobId = stored.jobId;
        address labeler = stored.labeler;
        uint80 price = stored.price;
        StoredJob storage job = _jobs[jobId];
        Pot memory pot = job.pot;
        uint80 credit = _creditOf(pot);
        if (price > credit) revert LabelEscrowDailyCapReached(credit);

        _endLease(job, stored, LeaseStatus.PAID);
        _writePot(job.pot, pot.available, credit - price, _today());
        _labelers[jobId][labeler].paid += price;
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
        uint80 amount = job.pot.available;
        if (block.timestamp < job.closedAt + _finalDelay) {
            uint80 unreserved = job.budget - job.reserved;
            unreserved = unreserved > job.refunded ? unreserved - job.refunded : 0;
            if (amount > unreserved) amount = unreserved;
        }
        if (amount == 0) revert LabelEscrowNothingToRefund(jobId);
        job.pot.available -= amount;
        job.refunded += amount;
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
            if (_labelers[jobId][user].qualified && _jobs[jobId].pot.available != 0) return true;
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
                depositCap: depositCap
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
                dailyCap: job.pot.dailyCap,
                quizBudget: job.quizBudget,
                reserved: job.reserved,
                paid: job.budget - job.pot.available - job.pending - job.refunded,
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
        return _job(jobId).pot.available;
    }

    /// @inheritdoc ILabelEscrow
    function dailyAvailableOf(bytes32 jobId) external view override returns (uint128) {
        return _creditOf(_job(jobId).pot);
    }

    /// @inheritdoc ILabelEscrow
    function getLease(bytes32 leaseHash) external view override returns (LeaseClaim memory) {
        StoredLease storage stored = _leases[leaseHash];
        return
            LeaseClaim({
                jobId: stored.jobId,
                labeler: stored.labeler,
                claimedAt: stored.claimedAt,
                status: stored.status,
                price: stored.price,
                autoApproveAt: stored.autoApproveAt,
                signer: stored.signer
            });
    }

    /// @inheritdoc ILabelEscrow
    function taskStatusOf(
        bytes32 jobId,
        address labeler,
        bytes32 taskId
    ) public view override returns (LeaseStatus) {
        bytes32 leaseHash = _tasks[jobId][labeler][taskId];
        return leaseHash == _REJECTED_UNCLAIMED ? LeaseStatus.REJECTED : _leases[leaseHash].status;
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
        if (job.signer == address(0)) return false;
        bytes32 structHash = keccak256(abi.encode(_VOUCHER_TYPEHASH, voucher));
        if (!_isSigned(_signerOf(voucher.jobId, job), structHash, signature)) return false;
        Pot memory pot = job.pot;
        LabelerState storage stored = _labelers[voucher.jobId][voucher.labeler];
        LabelerState memory state = stored;
        uint80 amount = _payableNow(voucher, state, pot);
        if (amount == 0) return false;

        uint80 paid = _redeem(voucher, stored, state, job.pot, pot, amount);
        if (IERC20(token).trySafeTransfer(voucher.labeler, amount)) {
            emit VoucherRedeemed(voucher.jobId, voucher.labeler, amount, paid);
            return true;
        }
        stored.paid = state.paid;
        stored.settledThrough = state.settledThrough;
        _writePot(job.pot, pot.available, pot.credit, pot.day);
        return false;
    }

    /// @dev Books a payment in `storedState` and `storedPot`; `state` and `pot` are what they were before.
    function _redeem(
        Voucher calldata voucher,
        LabelerState storage storedState,
        LabelerState memory state,
        Pot storage storedPot,
        Pot memory pot,
        uint80 amount
    ) private returns (uint80 paid) {
        paid = state.paid + amount;
        uint40 settledThrough = state.settledThrough;
        if (voucher.settledThrough > settledThrough) settledThrough = voucher.settledThrough;
        storedState.paid = paid;
        storedState.settledThrough = settledThrough;
        _writePot(storedPot, pot.available - amount, _creditOf(pot) - amount, _today());
    }

    /// @dev Field by field in a row, which the compiler joins to one store.
    function _writePot(Pot storage stored, uint80 available, uint80 credit, uint16 day) private {
        stored.available = available;
        stored.credit = credit;
        stored.day = day;
    }

    /// @dev Sets the price of a lease aside.
    function _bookLease(Lease calldata lease, bytes32 leaseHash, address signer, StoredJob storage job) private {
        LeaseStatus status = taskStatusOf(lease.jobId, lease.labeler, lease.taskId);
        if (status != LeaseStatus.NONE) revert LabelEscrowWrongStatus(status);
        LabelerState storage state = _labelers[lease.jobId][lease.labeler];
        if (lease.autoApproveAt <= state.settledThrough) {
            revert LabelEscrowAlreadySettled(lease.autoApproveAt, state.settledThrough);
        }
        Pot storage pot = job.pot;
        if (lease.price > pot.available) revert LabelEscrowBudgetExhausted(lease.price, pot.available);
        if (lease.price > pot.dailyCap) revert LabelEscrowDailyCapReached(pot.dailyCap);

        uint80 price = uint80(lease.price);
        pot.available -= price;
        job.pending += price;
        state.pending += price;
        _tasks[lease.jobId][lease.labeler][lease.taskId] = leaseHash;
        _leases[leaseHash] = StoredLease({
            jobId: lease.jobId,
            taskId: lease.taskId,
            labeler: lease.labeler,
            price: price,
            status: LeaseStatus.PENDING,
            signer: signer,
            claimedAt: uint40(block.timestamp),
            autoApproveAt: lease.autoApproveAt
        });
    }

    /// @dev Ends a pending lease; where its money goes is the caller's to book.
    function _endLease(StoredJob storage job, StoredLease storage stored, LeaseStatus status) private {
        uint80 price = stored.price;
        stored.status = status;
        job.pending -= price;
        _labelers[stored.jobId][stored.labeler].pending -= price;
    }

    function _job(bytes32 jobId) private view returns (StoredJob storage job) {
        job = _jobs[jobId];
        if (job.signer == address(0)) revert LabelEscrowUnknownJob(jobId);
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
        return Signatures.isValid(expected, _hashTypedDataV4(structHash), signature);
    }

    function _signerOf(bytes32 jobId, StoredJob storage job) private view returns (address) {
        if (!job.isSignerScheduled) return job.signer;
        SignerChange storage change = _signerChanges[jobId];
        return block.timestamp >= change.effectiveAt ? change.signer : job.signer;
    }

    /// @dev What may be paid today: the credit of the last payment's day and a cap for each day since, never more than
    /// `_MOST_DAYS` caps.
    function _creditOf(Pot memory pot) private view returns (uint80) {
        uint256 most = _MOST_DAYS * pot.dailyCap;
        uint256 credit = uint256(pot.credit) + uint256(pot.dailyCap) * (_today() - pot.day);
        return uint80(credit < most ? credit : most);
    }

    /// @dev What a voucher adds to what is paid and to what claimed leases will pay, cut to the credit and the budget.
    function _payableNow(
        Voucher calldata voucher,
        LabelerState memory state,
        Pot memory pot
    ) private view returns (uint80) {
        uint256 counted = uint256(state.paid) + state.pending;
        if (voucher.cumulative <= counted) return 0;
        uint256 amount = voucher.cumulative - counted;
        uint256 credit = _creditOf(pot);
        if (amount > credit) amount = credit;
        if (amount > pot.available) amount = pot.available;
        return uint80(amount);
    }

    function _revertNothingPayable(
        Voucher calldata voucher,
        LabelerState memory state,
        Pot memory pot
    ) private pure {
        uint128 counted = uint128(state.paid) + state.pending;
        if (voucher.cumulative <= counted) revert LabelEscrowNothingDue(voucher.cumulative, counted);
        if (pot.available == 0) revert LabelEscrowBudgetExhausted(voucher.cumulative - counted, 0);
        revert LabelEscrowDailyCapReached(0);
    }

    /// @dev Days since 1970; 16 bits last until 2149.
    function _today() private view returns (uint16) {
        return uint16(block.timestamp / 1 days);
    }
}
