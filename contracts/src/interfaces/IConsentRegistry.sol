// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Consent registry
/// @notice Withdrawal of consent and of device grants, and the accounts that receive a contributor's money. All of it
/// works by transaction or by signature, so that a contributor needs neither gas nor any server of ours.
interface IConsentRegistry {
    /// @notice A signed withdrawal of consent.
    /// @param contributorRef The contributor.
    /// @param datasetId The dataset.
    /// @param consentNonce The current nonce, which the withdrawal ends.
    /// @param deadline The last second at which it may be submitted.
    struct Withdrawal {
        address contributorRef;
        bytes32 datasetId;
        uint32 consentNonce;
        uint40 deadline;
    }

    /// @notice A signed revocation of all device grants.
    /// @param contributorRef The contributor.
    /// @param datasetId The dataset.
    /// @param grantNonce The current nonce, which the revocation ends.
    /// @param deadline The last second at which it may be submitted.
    struct GrantRevocation {
        address contributorRef;
        bytes32 datasetId;
        uint32 grantNonce;
        uint40 deadline;
    }

    /// @notice A signed change of payee.
    /// @param contributorRef The contributor.
    /// @param payee The account that shall receive the money.
    /// @param nonce The current change nonce.
    /// @param deadline The last second at which it may be submitted.
    struct PayeeChange {
        address contributorRef;
        address payee;
        uint32 nonce;
        uint40 deadline;
    }

    /// @notice A signed change of the recovery account.
    /// @param contributorRef The contributor.
    /// @param recovery The account that may veto and replace the payee; the zero address removes it.
    /// @param nonce The current change nonce.
    /// @param deadline The last second at which it may be submitted.
    struct RecoveryChange {
        address contributorRef;
        address recovery;
        uint32 nonce;
        uint40 deadline;
    }

    /// @notice Emitted when consent is withdrawn for a dataset.
    /// @param contributorRef The contributor.
    /// @param datasetId The dataset.
    /// @param consentNonce The new current nonce; consents with a lower one are over.
    event ConsentWithdrawn(address indexed contributorRef, bytes32 indexed datasetId, uint32 consentNonce);

    /// @notice Emitted when all device grants for a dataset are revoked.
    /// @param contributorRef The contributor.
    /// @param datasetId The dataset.
    /// @param grantNonce The new current nonce; grants with a lower one are over.
    event GrantsRevoked(address indexed contributorRef, bytes32 indexed datasetId, uint32 grantNonce);

    /// @notice Emitted when the first payee is set.
    /// @param contributorRef The contributor.
    /// @param payee The payee.
    event PayeeChanged(address indexed contributorRef, address indexed payee);

    /// @notice Emitted when a later payee is scheduled. It takes effect by itself.
    /// @param contributorRef The contributor.
    /// @param payee The payee to be.
    /// @param effectiveAt The first second at which it receives.
    /// @param byRecovery Whether the recovery account scheduled it.
    event PayeeChangeScheduled(
        address indexed contributorRef,
        address indexed payee,
        uint40 effectiveAt,
        bool byRecovery
    );

    /// @notice Emitted when the recovery account vetoes a scheduled payee.
    /// @param contributorRef The contributor.
    /// @param payee The payee that will not be.
    event PayeeChangeVetoed(address indexed contributorRef, address indexed payee);

    /// @notice Emitted when the first recovery account is set.
    /// @param contributorRef The contributor.
    /// @param recovery The recovery account.
    event RecoveryChanged(address indexed contributorRef, address indexed recovery);

    /// @notice Emitted when a later recovery account is scheduled. It takes effect by itself.
    /// @param contributorRef The contributor.
    /// @param recovery The recovery account to be.
    /// @param effectiveAt The first second at which it counts.
    event RecoveryChangeScheduled(address indexed contributorRef, address indexed recovery, uint40 effectiveAt);

    /// @notice Emitted when the recovery account vetoes its own replacement.
    /// @param contributorRef The contributor.
    /// @param recovery The recovery account that will not be.
    event RecoveryChangeVetoed(address indexed contributorRef, address indexed recovery);

    /// @notice Thrown when a signature is not the contributor's.
    /// @param contributorRef The contributor named in the message.
    error ConsentRegistryBadSignature(address contributorRef);

    /// @notice Thrown when a signed message comes too late.
    /// @param deadline The last second at which it could be submitted.
    error ConsentRegistryExpired(uint40 deadline);

    /// @notice Thrown when a signed message does not name the current nonce.
    /// @param given The nonce in the message.
    /// @param current The current nonce.
    error ConsentRegistryStaleNonce(uint32 given, uint32 current);

    /// @notice Thrown when the payee is the zero address.
    error ConsentRegistryZeroPayee();

    /// @notice Thrown when the caller is not the recovery account.
    /// @param contributorRef The contributor.
    /// @param caller The caller.
    error ConsentRegistryNotRecovery(address contributorRef, address caller);

    /// @notice Thrown when the contributor tries to overrule a change that the recovery account scheduled.
    /// @param contributorRef The contributor.
    /// @param effectiveAt When the recovery account's change takes effect.
    error ConsentRegistryRecoveryPending(address contributorRef, uint40 effectiveAt);

    /// @notice Thrown when there is no change of the contributor's to veto.
    /// @param contributorRef The contributor.
    error ConsentRegistryNothingPending(address contributorRef);

    /// @notice Withdraws the caller's consent for a dataset: keepers refuse from this block on.
    /// @param datasetId The dataset.
    function withdraw(bytes32 datasetId) external;

    /// @notice Withdraws the caller's consent for several datasets.
    /// @param datasetIds The datasets.
    function withdrawMany(bytes32[] calldata datasetIds) external;

    /// @notice Submits a signed withdrawal. Anyone may.
    /// @param withdrawal The message.
    /// @param signature The contributor's signature (EOA or ERC-1271).
    function withdrawBySig(Withdrawal calldata withdrawal, bytes calldata signature) external;

    /// @notice Revokes all of the caller's device grants for a dataset.
    /// @param datasetId The dataset.
    function revokeGrants(bytes32 datasetId) external;

    /// @notice Submits a signed revocation of grants. Anyone may.
    /// @param revocation The message.
    /// @param signature The contributor's signature.
    function revokeGrantsBySig(GrantRevocation calldata revocation, bytes calldata signature) external;

    /// @notice Sets the caller's payee: the first at once, a later one after the delay.
    /// @param payee The payee.
    function setPayee(address payee) external;

    /// @notice Submits a signed change of payee. Anyone may.
    /// @param change The message.
    /// @param signature The contributor's signature.
    function setPayeeBySig(PayeeChange calldata change, bytes calldata signature) external;

    /// @notice Sets the caller's recovery account: the first at once, a later one after the delay.
    /// @param recovery The recovery account; the zero address removes it.
    function setRecovery(address recovery) external;

    /// @notice Submits a signed change of the recovery account. Anyone may.
    /// @param change The message.
    /// @param signature The contributor's signature.
    function setRecoveryBySig(RecoveryChange calldata change, bytes calldata signature) external;

    /// @notice Schedules a payee for a contributor who lost the account. Recovery account only, always delayed.
    /// @param contributorRef The contributor.
    /// @param payee The payee.
    function setPayeeByRecovery(address contributorRef, address payee) external;

    /// @notice Cancels the changes that the contributor scheduled. Recovery account only; the reverse does not exist.
    /// @param contributorRef The contributor.
    function veto(address contributorRef) external;

    /// @notice The delay of later changes in seconds.
    function payeeDelay() external view returns (uint40);

    /// @notice The current nonces of one contributor and dataset.
    /// @param contributorRef The contributor.
    /// @param datasetId The dataset.
    /// @return consentNonce Consents with another nonce are not valid.
    /// @return grantNonce Device grants with another nonce are not valid.
    function noncesOf(
        address contributorRef,
        bytes32 datasetId
    ) external view returns (uint32 consentNonce, uint32 grantNonce);

    /// @notice When the current nonces of one contributor and dataset became current.
    /// @param contributorRef The contributor.
    /// @param datasetId The dataset.
    /// @return consentRaisedAt The time of the last withdrawal, 0 if none.
    /// @return grantRaisedAt The time of the last revocation of grants, 0 if none.
    function raisedAtOf(
        address contributorRef,
        bytes32 datasetId
    ) external view returns (uint40 consentRaisedAt, uint40 grantRaisedAt);

    /// @notice The account that receives the contributor's money now; the contributor itself when none is set.
    /// @param contributorRef The contributor.
    function payeeOf(address contributorRef) external view returns (address);

    /// @notice The recovery account now, the zero address if none.
    /// @param contributorRef The contributor.
    function recoveryOf(address contributorRef) external view returns (address);

    /// @notice The scheduled payee, if any.
    /// @param contributorRef The contributor.
    /// @return payee The payee to be, the zero address if none.
    /// @return effectiveAt The first second at which it receives, 0 if none.
    /// @return byRecovery Whether the recovery account scheduled it.
    function pendingPayeeOf(
        address contributorRef
    ) external view returns (address payee, uint40 effectiveAt, bool byRecovery);

    /// @notice The nonce that the next signed change of payee or recovery must name.
    /// @param contributorRef The contributor.
    function changeNonceOf(address contributorRef) external view returns (uint32);

    /// @notice The EIP-712 domain separator of every contributor's message.
    function domainSeparator() external view returns (bytes32);
}
