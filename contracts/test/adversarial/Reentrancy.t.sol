// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ILabelEscrow} from "../../src/interfaces/ILabelEscrow.sol";
import {ILicenseVault} from "../../src/interfaces/ILicenseVault.sol";
import {HookToken} from "../mocks/HookToken.sol";
import {HostileWallet} from "../mocks/HostileWallet.sol";
import {TokenWorld} from "../support/TokenWorld.sol";

/// @dev The token calls an account of the attacker in the middle of each transfer; the account calls back.
contract ReentrancyTest is TokenWorld {
    bytes4 private constant GUARD = ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector;

    HookToken private hooked;
    HostileWallet private attacker;

    function setUp() public override {
        super.setUp();
        hooked = new HookToken();
        useToken(address(hooked));
        attacker = new HostileWallet();
        money.mint(address(attacker), 1000e6);
        attacker.execute(address(hooked), abi.encodeCall(hooked.approve, (address(vault), type(uint256).max)));
        attacker.execute(address(hooked), abi.encodeCall(hooked.approve, (address(escrow), type(uint256).max)));
    }

    function test_Purchase_CannotBeEnteredFromItsPayment() public {
        _callBack(address(vault), abi.encodeCall(vault.purchase, (terms())));
        bytes memory purchase = abi.encodeCall(vault.purchase, (terms()));
        vm.prank(licensee);
        assertRefused(address(vault), purchase, GUARD, "purchase in purchase");
        _callBack(address(vault), abi.encodeCall(vault.claim, (_claims())));
        vm.prank(licensee);
        assertRefused(address(vault), purchase, GUARD, "claim in purchase");
        assertFalse(hasLicense(), "license");
        assertEq(held(address(vault)), 0, "vault");
    }

    function test_Claim_CannotBeEnteredFromItsPayment() public {
        buy();
        _callBack(address(vault), abi.encodeCall(vault.claim, (_claims())));
        assertEq(vault.claim(_claims()), 0, "claim in claim: skipped");
        _callBack(address(vault), abi.encodeCall(vault.purchase, (terms())));
        assertEq(vault.claim(_claims()), 0, "purchase in claim: skipped");
        _calm();
        assertEq(claimAll(), 100e6, "everybody still gets the share");
        assertEq(held(alice), 35e6, "alice");
    }

    function test_Claim_CapLeafFromItsPaymentChangesNothingThatIsPaid() public {
        buy();
        vm.prank(alice);
        consents.withdraw(datasetId);
        ILicenseVault.Claim memory item = contributorClaim(0);
        uint256[] memory none = new uint256[](0);
        _callBack(address(vault), abi.encodeCall(vault.capLeaf, (datasetId, version, item.leaf, 0, none)));
        claimOne(item);
        _calm();
        claimOne(item);
        assertEq(held(alice), 35e6, "alice is paid once");
        buy();
        assertEq(claimAll(), 165e6, "the second sale goes to the others in full");
        assertEq(held(alice), 35e6, "a capped leaf earns nothing more");
    }

    function test_Voucher_CannotBeEnteredFromItsPayment() public {
        bytes32 jobId = openJob("job", jobSigner);
        (ILabelEscrow.Voucher memory voucher, bytes memory signature) = voucherFor(jobId, labeler, 10e6);
        bytes memory withdraw = abi.encodeCall(escrow.withdraw, (voucher, signature));
        _callBack(address(escrow), withdraw);
        assertRefused(address(escrow), withdraw, GUARD, "voucher in voucher");
        settle(jobId, labeler, stranger, 10e6);
        assertEq(escrow.getJob(jobId).paid, 0, "voucher in round: skipped");
        _calm();
        settle(jobId, labeler, stranger, 10e6);
        assertEq(held(labeler), 10e6, "paid once");
    }

    function test_Refund_CannotBeEnteredFromItsPayment() public {
        bytes32 jobId = _jobOfAttacker();
        attacker.execute(address(escrow), abi.encodeCall(escrow.closeJob, (jobId)));
        vm.warp(block.timestamp + 7 days);
        bytes memory refund = abi.encodeCall(escrow.refund, (jobId));
        _callBack(address(escrow), refund);
        assertRefused(address(escrow), refund, GUARD, "refund in refund");
        (ILabelEscrow.Voucher memory voucher, bytes memory signature) = voucherFor(jobId, labeler, 10e6);
        _callBack(address(escrow), abi.encodeCall(escrow.withdraw, (voucher, signature)));
        assertRefused(address(escrow), refund, GUARD, "voucher in refund");
        _calm();
        escrow.refund(jobId);
        assertEq(held(address(attacker)), 1000e6, "the budget once");
        assertEq(held(address(escrow)), 0, "escrow");
    }

    function test_CreateJob_CannotBeRefundedFromItsPayment() public {
        bytes32 jobId = escrow.jobIdOf(datasetId, address(attacker), "job");
        _callBack(address(escrow), abi.encodeCall(escrow.refund, (jobId)));
        uint40 deadline = uint40(block.timestamp) + 1;
        bytes memory create = abi.encodeCall(
            escrow.createJob,
            (jobParams("job", jobSigner), deadline, _approval(jobId, deadline))
        );
        bytes memory execute = abi.encodeCall(attacker.execute, (address(escrow), create));
        assertRefused(address(attacker), execute, GUARD, "refund in createJob");
        assertEq(held(address(escrow)), 0, "escrow");
    }

    /// @dev Closing is no payment and not guarded: the job is funded first and closed then, and its budget is all there.
    function test_CreateJob_ClosedFromItsPaymentIsAJobThatIsClosed() public {
        bytes32 jobId = escrow.jobIdOf(datasetId, address(attacker), "job");
        _callBack(address(escrow), abi.encodeCall(escrow.closeJob, (jobId)));
        _jobOfAttacker();
        assertTrue(escrow.getJob(jobId).closedAt != 0, "closed");
        assertEq(escrow.openJobsOf(datasetId).length, 0, "open jobs");
        _calm();
        vm.warp(block.timestamp + 7 days);
        escrow.refund(jobId);
        assertEq(held(address(attacker)), 1000e6, "the budget once");
    }

    function _jobOfAttacker() private returns (bytes32 jobId) {
        jobId = escrow.jobIdOf(datasetId, address(attacker), "job");
        uint40 deadline = uint40(block.timestamp) + 1;
        attacker.execute(
            address(escrow),
            abi.encodeCall(escrow.createJob, (jobParams("job", jobSigner), deadline, _approval(jobId, deadline)))
        );
    }

    function _approval(bytes32 jobId, uint40 deadline) private view returns (bytes memory) {
        bytes32 typeHash = keccak256(
            "JobApproval(bytes32 jobId,bytes32 datasetId,address requester,uint40 deadline)"
        );
        bytes32 structHash = keccak256(abi.encode(typeHash, jobId, datasetId, address(attacker), deadline));
        return sign(curatorKey, escrow.domainSeparator(), structHash);
    }

    function _claims() private view returns (ILicenseVault.Claim[] memory claims) {
        claims = new ILicenseVault.Claim[](1);
        claims[0] = contributorClaim(0);
    }

    function _callBack(address target, bytes memory call_) private {
        hooked.setHook(address(attacker), abi.encodeCall(attacker.execute, (target, call_)));
    }

    function _calm() private {
        hooked.setHook(address(0), "");
    }
}
