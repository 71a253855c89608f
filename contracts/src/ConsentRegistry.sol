// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IConsentRegistry} from "./interfaces/IConsentRegistry.sol";
import {Signatures} from "./libraries/Signatures.sol";

/// @title Consent registry
contract ConsentRegistry is IConsentRegistry, EIP712 {
    /// @dev The times of the last raises lie in the same slot and cost nothing more.
    struct Nonces {
        uint32 consent;
        uint32 grant;
        uint40 consentRaisedAt;
        uint40 grantRaisedAt;
    }

    /// @dev `effectiveAt` is 0 when nothing is scheduled; a scheduled change takes effect by itself.
    struct PayeeState {
        address payee;
        uint40 effectiveAt;
        bool byRecovery;
        uint32 changeNonce;
        address pending;
    }

    struct RecoveryState {
        address recovery;
        uint40 effectiveAt;
        address pending;
    }

    bytes32 private constant _WITHDRAWAL_TYPEHASH =
        keccak256("Withdrawal(address contributorRef,bytes32 datasetId,uint32 consentNonce,uint40 deadline)");
    bytes32 private constant _GRANT_REVOCATION_TYPEHASH =
        keccak256("GrantRevocation(address contributorRef,bytes32 datasetId,uint32 grantNonce,uint40 deadline)");
    bytes32 private constant _PAYEE_CHANGE_TYPEHASH =
        keccak256("PayeeChange(address contributorRef,address payee,uint32 nonce,uint40 deadline)");
    bytes32 private constant _RECOVERY_CHANGE_TYPEHASH =
        keccak256("RecoveryChange(address contributorRef,address recovery,uint32 nonce,uint40 deadline)");

    /// @inheritdoc IConsentRegistry
    uint40 public immutable override payeeDelay;

    mapping(address contributorRef => mapping(bytes32 datasetId => Nonces)) private _nonces;
    mapping(address contributorRef => PayeeState) private _payees;
    mapping(address contributorRef => RecoveryState) private _recoveries;

    constructor(uint40 payeeDelay_) EIP712("Allod", "1") {
        payeeDelay = payeeDelay_;
    }

    /// @inheritdoc IConsentRegistry
    function withdraw(bytes32 datasetId) external override {
        _withdraw(msg.sender, datasetId);
    }

    /// @inheritdoc IConsentRegistry
    function withdrawMany(bytes32[] calldata datasetIds) external override {
        for (uint256 i = 0; i < datasetIds.length; ++i) {
            _withdraw(msg.sender, datasetIds[i]);
        }
    }

    /// @inheritdoc IConsentRegistry
    function withdrawBySig(Withdrawal calldata withdrawal, bytes calldata signature) external override {
        uint32 current = _nonces[withdrawal.contributorRef][withdrawal.datasetId].consent;
        if (withdrawal.consentNonce != current) revert ConsentRegistryStaleNonce(withdrawal.consentNonce, current);
        _checkSigned(
            withdrawal.contributorRef,
            keccak256(abi.encode(_WITHDRAWAL_TYPEHASH, withdrawal)),
            withdrawal.deadline,
            signature
        );
        _withdraw(withdrawal.contributorRef, withdrawal.datasetId);
    }

    /// @inheritdoc IConsentRegistry
    function revokeGrants(bytes32 datasetId) external override {
        _revokeGrants(msg.sender, datasetId);
    }

    /// @inheritdoc IConsentRegistry
    function revokeGrantsBySig(GrantRevocation calldata revocation, bytes calldata signature) external override {
        uint32 current = _nonces[revocation.contributorRef][revocation.datasetId].grant;
        if (revocation.grantNonce != current) revert ConsentRegistryStaleNonce(revocation.grantNonce, current);
        _checkSigned(
            revocation.contributorRef,
            keccak256(abi.encode(_GRANT_REVOCATION_TYPEHASH, revocation)),
            revocation.deadline,
            signature
        );
        _revokeGrants(revocation.contributorRef, revocation.datasetId);
    }

    /// @inheritdoc IConsentRegistry
    function setPayee(address payee) external override {
        _setPayee(msg.sender, payee);
    }

    /// @inheritdoc IConsentRegistry
    function setPayeeBySig(PayeeChange calldata change, bytes calldata signature) external override {
        _checkChangeNonce(change.contributorRef, change.nonce);
        _checkSigned(
            change.contributorRef,
            keccak256(abi.encode(_PAYEE_CHANGE_TYPEHASH, change)),
            change.deadline,
            signature
        );
        _setPayee(change.contributorRef, change.payee);
    }

    /// @inheritdoc IConsentRegistry
    function setRecovery(address recovery) external override {
        _setRecovery(msg.sender, recovery);
    }

    /// @inheritdoc IConsentRegistry
    function setRecoveryBySig(RecoveryChange calldata change, bytes calldata signature) external override {
        _checkChangeNonce(change.contributorRef, change.nonce);
        _checkSigned(
            change.contributorRef,
            keccak256(abi.encode(_RECOVERY_CHANGE_TYPEHASH, change)),
            change.deadline,
            signature
        );
        _setRecovery(change.contributorRef, change.recovery);
    }

    /// @inheritdoc IConsentRegistry
    function setPayeeByRecovery(address contributorRef, address payee) external override {
        if (payee == address(0)) revert ConsentRegistryZeroPayee();
        _checkRecovery(contributorRef);
        PayeeState storage state = _settledPayee(contributorRef);
        _schedulePayee(state, contributorRef, payee, true);
    }

    /// @inheritdoc IConsentRegistry
    function veto(address contributorRef) external override {
        _checkRecovery(contributorRef);
        PayeeState storage state = _settledPayee(contributorRef);
        RecoveryState storage recoveryState = _settledRecovery(contributorRef);
        bool hasPayee = state.effectiveAt != 0 && !state.byRecovery;
        bool hasRecovery = recoveryState.effectiveAt != 0;
        if (!hasPayee && !hasRecovery) revert ConsentRegistryNothingPending(contributorRef);
        if (hasPayee) {
            address payee = state.pending;
            state.effectiveAt = 0;
            state.pending = address(0);
            emit PayeeChangeVetoed(contributorRef, payee);
        }
        if (hasRecovery) {
            address recovery = recoveryState.pending;
            recoveryState.effectiveAt = 0;
            recoveryState.pending = address(0);
            emit RecoveryChangeVetoed(contributorRef, recovery);
        }
    }

    /// @inheritdoc IConsentRegistry
    function noncesOf(
        address contributorRef,
        bytes32 datasetId
    ) external view override returns (uint32 consentNonce, uint32 grantNonce) {
        Nonces storage nonces = _nonces[contributorRef][datasetId];
        return (nonces.consent, nonces.grant);
    }

    /// @inheritdoc IConsentRegistry
    function raisedAtOf(
        address contributorRef,
        bytes32 datasetId
    ) external view override returns (uint40 consentRaisedAt, uint40 grantRaisedAt) {
        Nonces storage nonces = _nonces[contributorRef][datasetId];
        return (nonces.consentRaisedAt, nonces.grantRaisedAt);
    }

    /// @inheritdoc IConsentRegistry
    function payeeOf(address contributorRef) external view override returns (address payee) {
        PayeeState storage state = _payees[contributorRef];
        payee = _isDue(state.effectiveAt) ? state.pending : state.payee;
        if (payee == address(0)) payee = contributorRef;
    }

    /// @inheritdoc IConsentRegistry
    function recoveryOf(address contributorRef) public view override returns (address) {
        RecoveryState storage state = _recoveries[contributorRef];
        return _isDue(state.effectiveAt) ? state.pending : state.recovery;
    }

    /// @inheritdoc IConsentRegistry
    function pendingPayeeOf(
        address contributorRef
    ) external view override returns (address payee, uint40 effectiveAt, bool byRecovery) {
        PayeeState storage state = _payees[contributorRef];
        if (state.effectiveAt == 0 || _isDue(state.effectiveAt)) return (address(0), 0, false);
        return (state.pending, state.effectiveAt, state.byRecovery);
    }

    /// @inheritdoc IConsentRegistry
    function changeNonceOf(address contributorRef) external view override returns (uint32) {
        return _payees[contributorRef].changeNonce;
    }

    /// @inheritdoc IConsentRegistry
    function domainSeparator() external view override returns (bytes32) {
        return _domainSeparatorV4();
    }

    function _withdraw(address contributorRef, bytes32 datasetId) private {
        Nonces storage nonces = _nonces[contributorRef][datasetId];
        uint32 consentNonce = nonces.consent + 1;
        nonces.consent = consentNonce;
        nonces.consentRaisedAt = uint40(block.timestamp);
        emit ConsentWithdrawn(contributorRef, datasetId, consentNonce);
    }

    function _revokeGrants(address contributorRef, bytes32 datasetId) private {
        Nonces storage nonces = _nonces[contributorRef][datasetId];
        uint32 grantNonce = nonces.grant + 1;
        nonces.grant = grantNonce;
        nonces.grantRaisedAt = uint40(block.timestamp);
        emit GrantsRevoked(contributorRef, datasetId, grantNonce);
    }

    function _setPayee(address contributorRef, address payee) private {
        if (payee == address(0)) revert ConsentRegistryZeroPayee();
        PayeeState storage state = _settledPayee(contributorRef);
        if (state.effectiveAt != 0 && state.byRecovery) {
            revert ConsentRegistryRecoveryPending(contributorRef, state.effectiveAt);
        }
        if (state.payee != address(0)) {
            _schedulePayee(state, contributorRef, payee, false);
            return;
        }
        state.payee = payee;
        state.changeNonce += 1;
        emit PayeeChanged(contributorRef, payee);
    }

    function _schedulePayee(
        PayeeState storage state,
        address contributorRef,
        address payee,
        bool byRecovery
    ) private {
        uint40 effectiveAt = uint40(block.timestamp) + payeeDelay;
        state.pending = payee;
        state.effectiveAt = effectiveAt;
        state.byRecovery = byRecovery;
        state.changeNonce += 1;
        emit PayeeChangeScheduled(contributorRef, payee, effectiveAt, byRecovery);
    }

    function _setRecovery(address contributorRef, address recovery) private {
        _payees[contributorRef].changeNonce += 1;
        RecoveryState storage state = _settledRecovery(contributorRef);
        if (state.recovery == address(0)) {
            state.recovery = recovery;
            emit RecoveryChanged(contributorRef, recovery);
            return;
        }
        uint40 effectiveAt = uint40(block.timestamp) + payeeDelay;
        state.pending = recovery;
        state.effectiveAt = effectiveAt;
        emit RecoveryChangeScheduled(contributorRef, recovery, effectiveAt);
    }

    /// @dev Writes a change whose time has come into its place.
    function _settledPayee(address contributorRef) private returns (PayeeState storage state) {
        state = _payees[contributorRef];
        if (_isDue(state.effectiveAt)) {
            state.payee = state.pending;
            state.pending = address(0);
            state.effectiveAt = 0;
            state.byRecovery = false;
        }
    }

    /// @dev As `_settledPayee`.
    function _settledRecovery(address contributorRef) private returns (RecoveryState storage state) {
        state = _recoveries[contributorRef];
        if (_isDue(state.effectiveAt)) {
            state.recovery = state.pending;
            state.pending = address(0);
            state.effectiveAt = 0;
        }
    }

    function _checkRecovery(address contributorRef) private view {
        address recovery = recoveryOf(contributorRef);
        if (recovery == address(0) || recovery != msg.sender) {
            revert ConsentRegistryNotRecovery(contributorRef, msg.sender);
        }
    }

    function _checkChangeNonce(address contributorRef, uint32 nonce) private view {
        uint32 current = _payees[contributorRef].changeNonce;
        if (nonce != current) revert ConsentRegistryStaleNonce(nonce, current);
    }

    function _checkSigned(
        address contributorRef,
        bytes32 structHash,
        uint40 deadline,
        bytes calldata signature
    ) private view {
        if (block.timestamp > deadline) revert ConsentRegistryExpired(deadline);
        if (!Signatures.isValid(contributorRef, _hashTypedDataV4(structHash), signature)) {
            revert ConsentRegistryBadSignature(contributorRef);
        }
    }

    function _isDue(uint40 effectiveAt) private view returns (bool) {
        return effectiveAt != 0 && block.timestamp >= effectiveAt;
    }
}
