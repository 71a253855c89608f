// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ILabelEscrow} from "../../src/interfaces/ILabelEscrow.sol";
import {ILicenseVault} from "../../src/interfaces/ILicenseVault.sol";
import {FeeToken, MoodyToken, PhantomToken, PlainToken, SilentToken} from "../mocks/HostileTokens.sol";
import {TestUSD} from "../../src/TestUSD.sol";
import {TokenWorld} from "../support/TokenWorld.sol";

contract HostileTokensTest is TokenWorld {
    uint256 private constant ALICE = 35e6;
    uint256 private constant BOB = 21e6;

    // No return value: works in full.

    function test_NoReturnValue_EveryPathWorks() public {
        useToken(address(new SilentToken()));
        buy();
        assertTrue(hasLicense(), "license");
        assertEq(claimAll(), 100e6, "claimed");
        assertEq(held(alice), ALICE, "alice");
        bytes32 jobId = openJob("job", jobSigner);
        settle(jobId, labeler, stranger, 10e6);
        assertEq(held(labeler), 10e6 + 18e6, "labeler: voucher and leaf");
        vm.prank(curator);
        escrow.closeJob(jobId);
        vm.warp(block.timestamp + 30 days);
        escrow.refund(jobId);
        assertEq(held(address(escrow)), 0, "all is paid out");
    }

    // Returning false, 2 or reverting: nothing is sold, nothing is lost.

    function test_FailingToken_SellsNothingAndOpensNoJob() public {
        MoodyToken moody = new MoodyToken();
        useToken(address(moody));
        for (uint8 mood = 1; mood <= 4; ++mood) {
            moody.setMood(MoodyToken.Mood(mood));
            vm.prank(licensee);
            (bool sold, ) = attempt(address(vault), abi.encodeCall(vault.purchase, (terms())));
            assertFalse(sold, "sold");
            assertFalse(hasLicense(), "license");
            bytes memory create = abi.encodeCall(escrow.createJob, (jobParams("job", jobSigner), 0, ""));
            vm.prank(curator);
            (bool opened, ) = attempt(address(escrow), create);
            assertFalse(opened, "opened");
        }
        (uint128 contributors, uint128 others, ) = vault.accumulatorsOf(datasetId, version);
        assertEq(contributors + others, 0, "nothing is owed for what was not paid");
        assertEq(escrow.openJobsOf(datasetId).length, 0, "open jobs");
    }

    function test_FailingToken_ClaimsAndRelayedVouchersAreSkippedAndKept() public {
        MoodyToken moody = new MoodyToken();
        useToken(address(moody));
        buy();
        bytes32 jobId = openJob("job", jobSigner);
        for (uint8 mood = 1; mood <= 4; ++mood) {
            moody.setMood(MoodyToken.Mood(mood));
            assertEq(claimOne(contributorClaim(0)), 0, "skipped");
            assertEq(vault.dueOf(datasetId, version, contributorLeaves()[0]), ALICE, "kept");
            settle(jobId, labeler, stranger, 10e6);
            assertEq(escrow.paidOf(jobId, labeler), 0, "voucher kept");
            assertEq(escrow.getJob(jobId).paid, 0, "job");
            assertEq(escrow.dailyAvailableOf(jobId), BUDGET, "day");
        }
        moody.setMood(MoodyToken.Mood.KIND);
        assertEq(claimOne(contributorClaim(0)), ALICE, "paid later");
        settle(jobId, labeler, stranger, 10e6);
        assertEq(held(labeler), 10e6, "labeler paid later");
    }

    function test_FailingToken_SingleVoucherAndRefundRevertAndAreKept() public {
        MoodyToken moody = new MoodyToken();
        useToken(address(moody));
        bytes32 jobId = openJob("job", jobSigner);
        vm.prank(curator);
        escrow.closeJob(jobId);
        vm.warp(block.timestamp + 7 days);
        moody.setMood(MoodyToken.Mood.RETURNS_FALSE);
        (ILabelEscrow.Voucher memory voucher, bytes memory signature) = voucherFor(jobId, labeler, 10e6);
        bytes4 failed = SafeERC20.SafeERC20FailedOperation.selector;
        bytes memory withdraw = abi.encodeCall(escrow.withdraw, (voucher, signature));
        assertRefused(address(escrow), withdraw, failed, "voucher");
        assertRefused(address(escrow), abi.encodeCall(escrow.refund, (jobId)), failed, "refund");
        assertEq(escrow.getJob(jobId).refunded, 0, "not refunded");
        moody.setMood(MoodyToken.Mood.KIND);
        escrow.withdraw(voucher, signature);
        escrow.refund(jobId);
        assertEq(held(labeler), 10e6, "labeler");
        assertEq(held(address(escrow)), 0, "requester has the rest");
    }

    // Blacklists: of a payee, a labeler, a requester, a buyer and of the contracts themselves.

    function test_Blacklist_StopsOnlyWhoIsOnIt() public {
        useToken(address(new TestUSD()));
        TestUSD usd = TestUSD(address(money));
        buy();
        bytes32 jobId = openJob("job", jobSigner);
        usd.setBlacklisted(alice, true);
        usd.setBlacklisted(labeler, true);
        usd.setBlacklisted(curator, true);
        claimAll();
        assertEq(held(bob), BOB, "bob is paid");
        assertEq(held(alice), 0, "alice is not");
        assertEq(vault.dueOf(datasetId, version, contributorLeaves()[0]), ALICE, "alice keeps her claim");
        settle(jobId, labeler, stranger, 10e6);
        assertEq(held(stranger), 10e6, "the other labeler is paid");
        assertEq(escrow.paidOf(jobId, labeler), 0, "the blacklisted one keeps the voucher");
        vm.prank(curator);
        escrow.closeJob(jobId);
        vm.warp(block.timestamp + 7 days);
        bytes4 blacklisted = bytes4(keccak256("TestUSDBlacklisted(address)"));
        assertRefused(address(escrow), abi.encodeCall(escrow.refund, (jobId)), blacklisted, "refund");
        settle(jobId, address(0xbeef), stranger, 20e6);
        assertEq(held(address(0xbeef)), 20e6, "a requester on the list stops nobody's pay");
        vm.prank(alice);
        consents.setPayee(address(0xa11ce));
        assertEq(claimOne(contributorClaim(0)), ALICE, "alice is paid to another address");
    }

    function test_Blacklist_OfVaultAndEscrowDelaysButLosesNothing() public {
        useToken(address(new TestUSD()));
        TestUSD usd = TestUSD(address(money));
        buy();
        bytes32 jobId = openJob("job", jobSigner);
        usd.setBlacklisted(address(vault), true);
        usd.setBlacklisted(address(escrow), true);
        assertEq(claimAll(), 0, "nothing moves");
        settle(jobId, labeler, stranger, 10e6);
        assertEq(escrow.getJob(jobId).paid, 0, "nothing is booked");
        usd.setBlacklisted(address(vault), false);
        usd.setBlacklisted(address(escrow), false);
        assertEq(claimAll(), 100e6, "all is there");
        settle(jobId, labeler, stranger, 10e6);
        assertEq(escrow.getJob(jobId).paid, 20e6, "vouchers are there");
    }

    // Without permit and EIP-3009: the allowance counts, and nothing is sold without money.

    function test_WithoutPermit_TheAllowanceCounts() public {
        useToken(address(new PlainToken()));
        vm.prank(licensee);
        vault.purchaseWithPermit(terms(), type(uint256).max, 27, "r", "s");
        assertTrue(hasLicense(), "license by allowance");
        assertEq(held(address(vault)), 100e6, "paid");
        vm.prank(stranger);
        (bool sold, ) = attempt(
            address(vault),
            abi.encodeCall(vault.purchaseWithPermit, (terms(), type(uint256).max, 27, "r", "s"))
        );
        assertFalse(sold, "without allowance");
    }

    function test_WithoutAuthorization_NothingIsSold() public {
        useToken(address(new PlainToken()));
        (bool sold, ) = attempt(address(vault), _authorized());
        assertFalse(sold, "sold");
        assertFalse(hasLicense(), "license");
    }

    function _authorized() private view returns (bytes memory) {
        return
            abi.encodeCall(vault.purchaseWithAuthorization, (terms(), licensee, 0, type(uint256).max, "salt", "sig"));
    }

    // A token that accepts every call, and one that takes a fee: what the vault does not receive, it does not sell.

    function test_PhantomAuthorization_NothingIsSoldWithoutMoney() public {
        useToken(address(new PhantomToken()));
        assertRefused(address(vault), _authorized(), ILicenseVault.LicenseVaultUnderpaid.selector, "sold");
        assertFalse(hasLicense(), "license");
    }

    function test_PhantomPermit_TheAllowanceCounts() public {
        useToken(address(new PhantomToken()));
        vm.prank(stranger);
        (bool sold, ) = attempt(
            address(vault),
            abi.encodeCall(vault.purchaseWithPermit, (terms(), type(uint256).max, 27, "r", "s"))
        );
        assertFalse(sold, "sold without money");
    }

    function test_FeeOnTransfer_NothingIsSoldBelowItsPrice() public {
        useToken(address(new FeeToken()));
        bytes memory purchase = abi.encodeCall(vault.purchase, (terms()));
        vm.prank(licensee);
        assertRefused(address(vault), purchase, ILicenseVault.LicenseVaultUnderpaid.selector, "sold");
        assertFalse(hasLicense(), "license");
        bytes memory create = abi.encodeCall(escrow.createJob, (jobParams("job", jobSigner), 0, ""));
        vm.prank(curator);
        assertRefused(address(escrow), create, ILabelEscrow.LabelEscrowUnderfunded.selector, "opened");
    }
}
