// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Label escrow
/// @notice Budgets of labeling jobs, locked before any work is done. Labelers withdraw with cumulative vouchers of the
/// job's signer; when the signer is silent, a signed lease with a receipt is enough. The requester gets back only what
/// no labeler can claim.
interface ILabelEscrow {
    /// @notice Delays and limits, fixed at deployment.
    /// @param rejectionWindow The seconds a signer has to reject a claimed lease.
    /// @param reservedDelay The seconds after close until money that was never reserved is refunded.
    /// @param finalDelay The seconds after close until everything unpaid is refunded.
    /// @param signerDelay The seconds until a new signer takes over.
    /// @param depositCap The most the escrow may hold after a job is created.
    struct Settings {
        uint40 rejectionWindow;
        uint40 reservedDelay;
        uint40 finalDelay;
        uint40 signerDelay;
        uint128 depositCap;
    }

    /// @notice What a requester fixes when a job is created.
    /// @param datasetId The dataset.
    /// @param salt Any value not used before by this requester for the dataset.
    /// @param budget The money for labelers, in base units; below 2^79.
    /// @param dailyCap What may be paid per UTC day; unused, it carries over, but never more than 2 · dailyCap may be paid
    /// at once. Kept as the budget when larger.
    /// @param quizBudget The part of the budget meant for quiz pay; the signer keeps to it.
    /// @param signer The key that signs leases, receipts, rejections and vouchers.
    /// @param ruleHash The hash of the rules by which work is judged.
    struct JobParams {
        bytes32 datasetId;
        bytes32 salt;
        uint128 budget;
        uint128 dailyCap;
        uint128 quizBudget;
        address signer;
        bytes32 ruleHash;
    }

    /// @notice A job as stored.
    /// @param datasetId The dataset.
    /// @param requester The account that funded it.
    /// @param signer The signer now.
    /// @param createdAt When it was created.
    /// @param closedAt When it was closed, 0 while open.
    /// @param budget The money locked in.
    /// @param dailyCap What may be paid per UTC day.
    /// @param quizBudget The part meant for quiz pay.
    /// @param reserved The amount promised by leases, raised only.
    /// @param paid The amount paid to labelers.
    /// @param pending The amount of claimed leases that wait out their window.
    /// @param refunded The amount returned to the requester.
    /// @param ruleHash The hash of the rules.
    struct Job {
        bytes32 datasetId;
        address requester;
        address signer;
        uint40 createdAt;
        uint40 closedAt;
        uint128 budget;
        uint128 dailyCap;
        uint128 quizBudget;
        uint128 reserved;
        uint128 paid;
        uint128 pending;
        uint128 refunded;
        bytes32 ruleHash;
    }

    /// @notice A task leased to a labeler; signed by the job's signer. The field order is the EIP-712 type.
    struct Lease {
        bytes32 jobId;
        address labeler;
        bytes32 taskId;
        uint128 price;
        bytes32 ruleHash;
        uint40 deadline;
        uint40 autoApproveAt;
    }

    /// @notice The signer's receipt of an annotation's commitment. The field order is the EIP-712 type.
    struct CommitmentReceipt {
        bytes32 leaseHash;
        bytes32 commitment;
        uint40 receivedAt;
    }

    /// @notice The signer's rejection of a task's work. The field order is the EIP-712 type.
    struct LeaseRejection {
        bytes32 jobId;
        address labeler;
        bytes32 taskId;
        uint16 reason;
        bytes32 evidenceHash;
    }

    /// @notice A cumulative voucher; signed by the job's signer. The field order is the EIP-712 type.
    /// @dev `cumulative` counts leases that were claimed and paid. `settledThrough` says that every lease with an earlier
    /// or equal `autoApproveAt` is contained, so that it can no longer be claimed.
    struct Voucher {
        bytes32 jobId;
        address labeler;
        uint128 cumulative;
        uint40 settledThrough;
    }

    /// @notice The life of a claimed task.
    enum LeaseStatus {
        NONE,
        PENDING,
        REJECTED,
        PAID
    }

    /// @notice A claimed lease as stored.
    /// @param jobId The job.
    /// @param labeler The labeler.
    /// @param claimedAt When it was claimed.
    /// @param status Its status.
    /// @param price Its price.
    /// @param autoApproveAt When it could be claimed at the earliest.
    /// @param signer The job's signer when it was claimed; only he can reject it.
    struct LeaseClaim {
        bytes32 jobId;
        address labeler;
        uint40 claimedAt;
        LeaseStatus status;
        uint128 price;
        uint40 autoApproveAt;
        address signer;
    }

    /// @notice Emitted when a job is created and funded.
    /// @param jobId The job.
    /// @param datasetId The dataset.
    /// @param requester The account that funded it.
    /// @param params Its terms.
    event JobCreated(
        bytes32 indexed jobId,
        bytes32 indexed datasetId,
        address indexed requester,
        JobParams params
    );

    /// @notice Emitted when labelers pass a job's qualification.
    /// @param jobId The job.
    /// @param labelers The labelers.
    event LabelersQualified(bytes32 indexed jobId, address[] labelers);

    /// @notice Emitted when labelers lose a job's qualification.
    /// @param jobId The job.
    /// @param labelers The labelers.
    event LabelersDisqualified(bytes32 indexed jobId, address[] labelers);

    /// @notice Emitted when the reserved amount rises.
    /// @param jobId The job.
    /// @param reserved The new amount.
    event ReservedRaised(bytes32 indexed jobId, uint128 reserved);

    /// @notice Emitted when a voucher is paid, in full or up to the day's or the budget's limit.
    /// @param jobId The job.
    /// @param labeler The labeler.
    /// @param amount The amount paid now.
    /// @param cumulative The amount paid to the labeler on this job in total.
    event VoucherRedeemed(bytes32 indexed jobId, address indexed labeler, uint128 amount, uint128 cumulative);

    /// @notice Emitted when one voucher of `withdrawMany` could not be paid.
    /// @param jobId The job.
    /// @param labeler The labeler.
    event VoucherSkipped(bytes32 indexed jobId, address indexed labeler);

    /// @notice Emitted when a labeler puts a commitment on chain because the signer gave no receipt.
    /// @param leaseHash The lease.
    /// @param labeler The labeler.
    /// @param commitment The commitment.
    event CommitmentAnchored(bytes32 indexed leaseHash, address indexed labeler, bytes32 commitment);

    /// @notice Emitted when a lease is claimed without a verdict.
    /// @param jobId The job.
    /// @param leaseHash The lease.
    /// @param labeler The labeler.
    /// @param price The price.
    /// @param payableAt The first second at which it is paid unless rejected.
    event LeaseClaimed(
        bytes32 indexed jobId,
        bytes32 indexed leaseHash,
        address indexed labeler,
        uint128 price,
        uint40 payableAt
    );

    /// @notice Emitted when the signer's rejection is submitted, before or inside the window of a claim.
    /// @param jobId The job.
    /// @param labeler The labeler.
    /// @param taskId The task.
    /// @param reason The reason code.
    /// @param evidenceHash The hash of the evidence.
    event LeaseRejected(
        bytes32 indexed jobId,
        address indexed labeler,
        bytes32 indexed taskId,
        uint16 reason,
        bytes32 evidenceHash
    );

    /// @notice Emitted when a claimed lease is paid.
    /// @param jobId The job.
    /// @param leaseHash The lease.
    /// @param labeler The labeler.
    /// @param amount The amount paid, its price.
    event LeaseFinalized(
        bytes32 indexed jobId,
        bytes32 indexed leaseHash,
        address indexed labeler,
        uint128 amount
    );

    /// @notice Emitted when a new signer is scheduled. It takes over by itself.
    /// @param jobId The job.
    /// @param signer The signer to be.
    /// @param effectiveAt The first second at which it counts.
    event SignerChangeScheduled(bytes32 indexed jobId, address indexed signer, uint40 effectiveAt);

    /// @notice Emitted when a job is closed.
    /// @param jobId The job.
    event JobClosed(bytes32 indexed jobId);

    /// @notice Emitted when money returns to the requester.
    /// @param jobId The job.
    /// @param requester The requester.
    /// @param amount The amount.
    event Refunded(bytes32 indexed jobId, address indexed requester, uint128 amount);

    /// @notice Emitted when a pack is held or released.
    /// @param datasetId The dataset.
    /// @param packId The pack.
    /// @param by The curator or the guardian.
    /// @param held Whether `by` holds it now.
    event PackHeld(bytes32 indexed datasetId, bytes32 indexed packId, address indexed by, bool held);

    /// @notice Thrown when a constructor argument has no code.
    /// @param account The offending address.
    error LabelEscrowNoCode(address account);

    /// @notice Thrown when the delays are zero or out of order.
    error LabelEscrowBadSettings();

    /// @notice Thrown when no job has this id.
    /// @param jobId The id.
    error LabelEscrowUnknownJob(bytes32 jobId);

    /// @notice Thrown when the job exists already.
    /// @param jobId The id.
    error LabelEscrowJobExists(bytes32 jobId);

    /// @notice Thrown when the dataset is unknown.
    /// @param datasetId The dataset.
    error LabelEscrowUnknownDataset(bytes32 datasetId);

    /// @notice Thrown when a budget or daily cap is zero, the budget is 2^79 or more, or the quiz budget exceeds it.
    /// @param budget The budget given.
    /// @param dailyCap The daily cap given.
    /// @param quizBudget The quiz budget given.
    error LabelEscrowBadBudget(uint128 budget, uint128 dailyCap, uint128 quizBudget);

    /// @notice Thrown when the signer is the zero address.
    error LabelEscrowZeroSigner();

    /// @notice Thrown when the dataset has 8 open jobs already.
    /// @param datasetId The dataset.
    error LabelEscrowTooManyJobs(bytes32 datasetId);

    /// @notice Thrown when the escrow would hold more than its cap.
    /// @param held The amount it would hold.
    /// @param depositCap The cap.
    error LabelEscrowDepositCapExceeded(uint256 held, uint128 depositCap);

    /// @notice Thrown when a transfer did not bring in the budget.
    /// @param held What the escrow holds after the transfer.
    /// @param expected What it would hold with the budget.
    error LabelEscrowUnderfunded(uint256 held, uint256 expected);

    /// @notice Thrown when a signature is not that of the account that must sign.
    /// @param expected The account that must sign.
    error LabelEscrowBadSignature(address expected);

    /// @notice Thrown when a signed message or a lease comes too late.
    /// @param deadline The last second at which it could be used.
    error LabelEscrowExpired(uint40 deadline);

    /// @notice Thrown when the caller may not do this.
    /// @param caller The caller.
    error LabelEscrowNotAuthorized(address caller);

    /// @notice Thrown when the job is closed.
    /// @param jobId The job.
    error LabelEscrowJobClosed(bytes32 jobId);

    /// @notice Thrown when the job is open.
    /// @param jobId The job.
    error LabelEscrowJobOpen(bytes32 jobId);

    /// @notice Thrown when the reserved amount would not rise or would exceed the budget.
    /// @param given The amount given.
    /// @param current The amount now.
    /// @param budget The budget.
    error LabelEscrowBadReserved(uint128 given, uint128 current, uint128 budget);

    /// @notice Thrown when a voucher adds nothing to what was paid or will be by claimed leases.
    /// @param cumulative The amount of the voucher.
    /// @param paid The amount paid already.
    error LabelEscrowNothingDue(uint128 cumulative, uint128 paid);

    /// @notice Thrown when the day's limit is used up.
    /// @param available What is left of it.
    error LabelEscrowDailyCapReached(uint128 available);

    /// @notice Thrown when the budget does not cover a payment.
    /// @param wanted The amount wanted.
    /// @param available What is left of it.
    error LabelEscrowBudgetExhausted(uint128 wanted, uint128 available);

    /// @notice Thrown when a lease is claimed before its time.
    /// @param availableAt The first second at which it may be.
    error LabelEscrowTooEarly(uint40 availableAt);

    /// @notice Thrown when a receipt does not belong to the lease.
    /// @param leaseHash The lease.
    error LabelEscrowReceiptMismatch(bytes32 leaseHash);

    /// @notice Thrown when there is neither a receipt nor an anchored commitment.
    /// @param leaseHash The lease.
    error LabelEscrowNoCommitment(bytes32 leaseHash);

    /// @notice Thrown when a commitment for the lease is anchored already.
    /// @param leaseHash The lease.
    error LabelEscrowAlreadyAnchored(bytes32 leaseHash);

    /// @notice Thrown when a lease or task is not in the status that this needs.
    /// @param status Its status.
    error LabelEscrowWrongStatus(LeaseStatus status);

    /// @notice Thrown when a redeemed voucher contains the lease already.
    /// @param autoApproveAt The lease's time.
    /// @param settledThrough The voucher's time.
    error LabelEscrowAlreadySettled(uint40 autoApproveAt, uint40 settledThrough);

    /// @notice Thrown when the window for rejections is over.
    /// @param endedAt When it ended.
    error LabelEscrowWindowOver(uint40 endedAt);

    /// @notice Thrown when there is nothing to refund now.
    /// @param jobId The job.
    error LabelEscrowNothingToRefund(bytes32 jobId);

    /// @notice Thrown when two lists differ in length.
    /// @param vouchers The number of vouchers.
    /// @param signatures The number of signatures.
    error LabelEscrowLengthMismatch(uint256 vouchers, uint256 signatures);

    /// @notice Creates and funds a job; the caller is the requester and pays the budget by allowance.
    /// @param params The terms.
    /// @param approvalDeadline The deadline of the curator's approval.
    /// @param curatorSignature The curator's signature of `JobApproval`; empty when the caller is the curator.
    /// @return jobId The id.
    function createJob(
        JobParams calldata params,
        uint40 approvalDeadline,
        bytes calldata curatorSignature
    ) external returns (bytes32 jobId);

    /// @notice Adds labelers to a job. Signer only, while open.
    /// @param jobId The job.
    /// @param labelers The labelers.
    function qualify(bytes32 jobId, address[] calldata labelers) external;

    /// @notice Removes labelers from a job: they get no further label keys. Earned money is not affected. Signer only.
    /// @param jobId The job.
    /// @param labelers The labelers.
    function disqualify(bytes32 jobId, address[] calldata labelers) external;

    /// @notice Raises the amount promised by leases. Signer only, while open.
    /// @param jobId The job.
    /// @param newReserved The new amount, above the old one and within the budget.
    function raiseReserved(bytes32 jobId, uint128 newReserved) external;

    /// @notice Pays a voucher to its labeler, as far as the day's limit and the budget allow; the rest stays due. The
    /// price of a lease that waits out its window is left to that lease. Anyone may.
    /// @param voucher The voucher.
    /// @param signature The signer's signature.
    function withdraw(Voucher calldata voucher, bytes calldata signature) external;

    /// @notice Pays several vouchers; those that cannot be paid are skipped. Anyone may.
    /// @param vouchers The vouchers.
    /// @param signatures The signatures.
    function withdrawMany(Voucher[] calldata vouchers, bytes[] calldata signatures) external;

    /// @notice Puts a commitment on chain when the signer gives no receipt. The caller is the labeler.
    /// @param leaseHash The EIP-712 struct hash of the lease.
    /// @param commitment The salted commitment of the annotation.
    function anchorCommitment(bytes32 leaseHash, bytes32 commitment) external;

    /// @notice Claims a lease without a verdict, from its `autoApproveAt` on. Anyone may.
    /// @param lease The lease.
    /// @param leaseSignature The signer's signature of it.
    /// @param receipt The receipt; with an empty signature the anchored commitment is used.
    /// @param receiptSignature The signer's signature of the receipt.
    function claimLease(
        Lease calldata lease,
        bytes calldata leaseSignature,
        CommitmentReceipt calldata receipt,
        bytes calldata receiptSignature
    ) external;

    /// @notice Submits the signer's rejection: before a claim it prevents it, inside the window it ends it. Anyone may.
    /// @param rejection The message.
    /// @param signature Of a claimed lease, the signature of the signer it was claimed under; else of the signer now.
    function rejectLease(LeaseRejection calldata rejection, bytes calldata signature) external;

    /// @notice Pays a claimed lease after its window, under the same daily cap as vouchers. Anyone may.
    /// @param leaseHash The lease.
    function finalizeLease(bytes32 leaseHash) external;

    /// @notice Schedules a new signer. Requester only; labelers have the delay to redeem.
    /// @param jobId The job.
    /// @param signer The signer to be.
    function scheduleSigner(bytes32 jobId, address signer) external;

    /// @notice Closes a job: no more qualifications, reservations or label keys. Requester or signer.
    /// @param jobId The job.
    function closeJob(bytes32 jobId) external;

    /// @notice Returns to the requester what no labeler can claim any more. Anyone may.
    /// @param jobId The job.
    function refund(bytes32 jobId) external;

    /// @notice Holds or releases a pack: held packs open for no labeler. Curator and guardian hold independently.
    /// @param datasetId The dataset.
    /// @param packId The pack.
    /// @param held Whether the caller holds it.
    function holdPack(bytes32 datasetId, bytes32 packId, bool held) external;

    /// @notice The payment token.
    function token() external view returns (address);

    /// @notice The delays and limits.
    function settings() external view returns (Settings memory);

    /// @notice The id of a job.
    /// @param datasetId The dataset.
    /// @param requester The requester.
    /// @param salt The salt.
    function jobIdOf(bytes32 datasetId, address requester, bytes32 salt) external view returns (bytes32);

    /// @notice A job. Reverts when unknown.
    /// @param jobId The job.
    function getJob(bytes32 jobId) external view returns (Job memory);

    /// @notice The amount paid to a labeler on a job.
    /// @param jobId The job.
    /// @param labeler The labeler.
    function paidOf(bytes32 jobId, address labeler) external view returns (uint128);

    /// @notice The newest `settledThrough` of a labeler's redeemed vouchers.
    /// @param jobId The job.
    /// @param labeler The labeler.
    function settledThroughOf(bytes32 jobId, address labeler) external view returns (uint40);

    /// @notice Whether a labeler is qualified for a job.
    /// @param jobId The job.
    /// @param labeler The labeler.
    function isQualified(bytes32 jobId, address labeler) external view returns (bool);

    /// @notice The open jobs of a dataset, at most 8.
    /// @param datasetId The dataset.
    function openJobsOf(bytes32 datasetId) external view returns (bytes32[] memory);

    /// @notice What the budget can still pay, without claimed leases.
    /// @param jobId The job.
    function availableOf(bytes32 jobId) external view returns (uint128);

    /// @notice What the day's limit can still pay.
    /// @param jobId The job.
    function dailyAvailableOf(bytes32 jobId) external view returns (uint128);

    /// @notice A claimed lease; status NONE when never claimed.
    /// @param leaseHash The lease.
    function getLease(bytes32 leaseHash) external view returns (LeaseClaim memory);

    /// @notice The status of a labeler's work on a task.
    /// @param jobId The job.
    /// @param labeler The labeler.
    /// @param taskId The task.
    function taskStatusOf(bytes32 jobId, address labeler, bytes32 taskId) external view returns (LeaseStatus);

    /// @notice Whether a pack is held by the curator or the guardian.
    /// @param datasetId The dataset.
    /// @param packId The pack.
    function isHeld(bytes32 datasetId, bytes32 packId) external view returns (bool);

    /// @notice The EIP-712 struct hash of a lease.
    /// @param lease The lease.
    function hashLease(Lease calldata lease) external pure returns (bytes32);

    /// @notice The EIP-712 domain separator of every labeling message.
    function domainSeparator() external view returns (bytes32);
}
