// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConsentRegistry as I} from "../../src/interfaces/IConsentRegistry.sol";
import {ProtocolFixture} from "../support/ProtocolFixture.sol";
import {MockContractAccount} from "../mocks/MockAccounts.sol";

contract ConsentRegistryTest is ProtocolFixture {
    bytes32 private constant WITHDRAWAL =
        keccak256("Withdrawal(address contributorRef,bytes32 datasetId,uint32 consentNonce,uint40 deadline)");
    bytes32 private constant REVOCATION =
        keccak256("GrantRevocation(address contributorRef,bytes32 datasetId,uint32 grantNonce,uint40 deadline)");
    bytes32 private constant PAYEE =
        keccak256("PayeeChange(address contributorRef,address payee,uint32 nonce,uint40 deadline)");
    bytes32 private constant RECOVERY =
        keccak256("RecoveryChange(address contributorRef,address recovery,uint32 nonce,uint40 deadline)");

    function test_Withdraw_RaisesOnlyThatNonce() public {
        vm.prank(alice);
        consents.withdraw(datasetId);
        (uint32 consentNonce, uint32 grantNonce) = consents.noncesOf(alice, datasetId);
        assertEq(consentNonce, 1, "consent nonce");
        assertEq(grantNonce, 0, "grant nonce");
        (consentNonce, ) = consents.noncesOf(alice, "other");
        assertEq(consentNonce, 0, "other dataset");
        (consentNonce, ) = consents.noncesOf(bob, datasetId);
        assertEq(consentNonce, 0, "other contributor");
    }

    function test_WithdrawMany_RaisesEach() public {
        bytes32[] memory ids = new bytes32[](2);
        ids[0] = datasetId;
        ids[1] = "other";
        vm.prank(alice);
        consents.withdrawMany(ids);
        for (uint256 i = 0; i < 2; ++i) {
            (uint32 consentNonce, ) = consents.noncesOf(alice, ids[i]);
            assertEq(consentNonce, 1, "nonce");
        }
    }

    function test_WithdrawBySig_WorksForAnyRelayerOnce() public {
        I.Withdrawal memory message = I.Withdrawal(alice, datasetId, 0, START + 30 days);
        bytes memory signature = _sign(aliceKey, keccak256(abi.encode(WITHDRAWAL, message)));
        vm.prank(stranger);
        consents.withdrawBySig(message, signature);
        (uint32 consentNonce, ) = consents.noncesOf(alice, datasetId);
        assertEq(consentNonce, 1, "nonce");
        vm.expectRevert(abi.encodeWithSelector(I.ConsentRegistryStaleNonce.selector, 0, 1));
        consents.withdrawBySig(message, signature);
    }

    function test_WithdrawBySig_TakesContractAccounts() public {
        address account = address(new MockContractAccount(alice));
        I.Withdrawal memory message = I.Withdrawal(account, datasetId, 0, START + 30 days);
        consents.withdrawBySig(message, _sign(aliceKey, keccak256(abi.encode(WITHDRAWAL, message))));
        (uint32 consentNonce, ) = consents.noncesOf(account, datasetId);
        assertEq(consentNonce, 1, "nonce");
    }

    function test_RevertWhen_SignatureIsAnothersOrLate() public {
        I.Withdrawal memory message = I.Withdrawal(bob, datasetId, 0, START + 30 days);
        bytes memory signature = _sign(aliceKey, keccak256(abi.encode(WITHDRAWAL, message)));
        vm.expectRevert(abi.encodeWithSelector(I.ConsentRegistryBadSignature.selector, bob));
        consents.withdrawBySig(message, signature);
        message = I.Withdrawal(alice, datasetId, 0, START);
        signature = _sign(aliceKey, keccak256(abi.encode(WITHDRAWAL, message)));
        vm.expectRevert(abi.encodeWithSelector(I.ConsentRegistryExpired.selector, START));
        consents.withdrawBySig(message, signature);
    }

    function test_RevokeGrants_ByTransactionAndBySignature() public {
        vm.prank(alice);
        consents.revokeGrants(datasetId);
        I.GrantRevocation memory message = I.GrantRevocation(alice, datasetId, 1, START + 30 days);
        bytes memory signature = _sign(aliceKey, keccak256(abi.encode(REVOCATION, message)));
        consents.revokeGrantsBySig(message, signature);
        (uint32 consentNonce, uint32 grantNonce) = consents.noncesOf(alice, datasetId);
        assertEq(consentNonce, 0, "consent nonce");
        assertEq(grantNonce, 2, "grant nonce");
        vm.expectRevert(abi.encodeWithSelector(I.ConsentRegistryStaleNonce.selector, 1, 2));
        consents.revokeGrantsBySig(message, signature);
    }

    function test_PayeeOf_IsTheContributorUntilSet() public view {
        assertEq(consents.payeeOf(alice), alice, "payee");
    }

    function test_SetPayee_FirstAtOnceLaterDelayed() public {
        vm.prank(alice);
        consents.setPayee(bob);
        assertEq(consents.payeeOf(alice), bob, "first at once");
        vm.prank(alice);
        consents.setPayee(carol);
        assertEq(consents.payeeOf(alice), bob, "old during the delay");
        (address payee, uint40 effectiveAt, bool byRecovery) = consents.pendingPayeeOf(alice);
        assertEq(payee, carol, "pending");
        assertEq(effectiveAt, block.timestamp + PAYEE_DELAY, "effective");
        assertFalse(byRecovery, "by the contributor");
        vm.warp(effectiveAt);
        assertEq(consents.payeeOf(alice), carol, "new after it");
        (payee, effectiveAt, ) = consents.pendingPayeeOf(alice);
        assertEq(payee, address(0), "nothing pending");
        vm.prank(alice);
        consents.setPayee(bob);
        assertEq(consents.payeeOf(alice), carol, "settled, then delayed again");
        assertEq(consents.changeNonceOf(alice), 3, "change nonce");
    }

    function test_SetPayeeBySig_ConsumesTheChangeNonce() public {
        I.PayeeChange memory message = I.PayeeChange(alice, bob, 0, START + 30 days);
        bytes memory signature = _sign(aliceKey, keccak256(abi.encode(PAYEE, message)));
        consents.setPayeeBySig(message, signature);
        assertEq(consents.payeeOf(alice), bob, "payee");
        vm.expectRevert(abi.encodeWithSelector(I.ConsentRegistryStaleNonce.selector, 0, 1));
        consents.setPayeeBySig(message, signature);
    }

    function test_RevertWhen_PayeeIsZero() public {
        vm.expectRevert(abi.encodeWithSelector(I.ConsentRegistryZeroPayee.selector));
        vm.prank(alice);
        consents.setPayee(address(0));
        vm.prank(alice);
        consents.setRecovery(carol);
        vm.expectRevert(abi.encodeWithSelector(I.ConsentRegistryZeroPayee.selector));
        vm.prank(carol);
        consents.setPayeeByRecovery(alice, address(0));
    }

    function test_SetRecovery_FirstAtOnceLaterDelayed() public {
        I.RecoveryChange memory message = I.RecoveryChange(alice, carol, 0, START + 30 days);
        consents.setRecoveryBySig(message, _sign(aliceKey, keccak256(abi.encode(RECOVERY, message))));
        assertEq(consents.recoveryOf(alice), carol, "first at once");
        vm.prank(alice);
        consents.setRecovery(bob);
        assertEq(consents.recoveryOf(alice), carol, "old during the delay");
        vm.warp(block.timestamp + PAYEE_DELAY);
        assertEq(consents.recoveryOf(alice), bob, "new after it");
        vm.expectRevert(abi.encodeWithSelector(I.ConsentRegistryNotRecovery.selector, alice, carol));
        vm.prank(carol);
        consents.veto(alice);
        vm.prank(alice);
        consents.setRecovery(stranger);
        assertEq(consents.recoveryOf(alice), bob, "settled, then delayed again");
    }

    function test_Recovery_VetoesTheContributorButNotTheReverse() public {
        vm.startPrank(alice);
        consents.setPayee(alice);
        consents.setRecovery(carol);
        consents.setPayee(stranger);
        consents.setRecovery(stranger);
        vm.stopPrank();
        vm.prank(carol);
        consents.veto(alice);
        vm.warp(block.timestamp + PAYEE_DELAY);
        assertEq(consents.payeeOf(alice), alice, "payee stays");
        assertEq(consents.recoveryOf(alice), carol, "recovery stays");

        vm.prank(carol);
        consents.setPayeeByRecovery(alice, carol);
        uint40 effectiveAt = uint40(block.timestamp) + PAYEE_DELAY;
        assertEq(consents.payeeOf(alice), alice, "delayed as well");
        vm.expectRevert(abi.encodeWithSelector(I.ConsentRegistryRecoveryPending.selector, alice, effectiveAt));
        vm.prank(alice);
        consents.setPayee(stranger);
        vm.expectRevert(abi.encodeWithSelector(I.ConsentRegistryNothingPending.selector, alice));
        vm.prank(carol);
        consents.veto(alice);
        vm.warp(effectiveAt);
        assertEq(consents.payeeOf(alice), carol, "recovered");
    }

    function test_RevertWhen_CallerIsNotRecovery() public {
        bytes memory reason = abi.encodeWithSelector(I.ConsentRegistryNotRecovery.selector, alice, stranger);
        vm.startPrank(stranger);
        vm.expectRevert(reason);
        consents.setPayeeByRecovery(alice, stranger);
        vm.expectRevert(reason);
        consents.veto(alice);
    }

    function test_RevertWhen_ThereIsNoRecoveryAndTheZeroAddressCalls() public {
        vm.expectRevert(abi.encodeWithSelector(I.ConsentRegistryNotRecovery.selector, alice, address(0)));
        vm.prank(address(0));
        consents.veto(alice);
    }

    function testFuzz_NoncesOnlyRise(uint8 withdrawals, uint8 revocations) public {
        vm.startPrank(alice);
        for (uint256 i = 0; i < withdrawals; ++i) consents.withdraw(datasetId);
        for (uint256 i = 0; i < revocations; ++i) consents.revokeGrants(datasetId);
        (uint32 consentNonce, uint32 grantNonce) = consents.noncesOf(alice, datasetId);
        assertEq(consentNonce, withdrawals, "consent nonce");
        assertEq(grantNonce, revocations, "grant nonce");
    }

    function _sign(uint256 key, bytes32 structHash) private view returns (bytes memory) {
        return sign(key, consents.domainSeparator(), structHash);
    }
}
