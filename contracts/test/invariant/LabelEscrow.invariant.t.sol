// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILabelEscrow} from "../../src/interfaces/ILabelEscrow.sol";
import {TestBase} from "../support/TestBase.sol";
import {EscrowHandler} from "./handlers/EscrowHandler.sol";

contract LabelEscrowInvariantTest is TestBase {
    EscrowHandler private handler;

    function setUp() public {
        handler = new EscrowHandler();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_NothingBeyondTheBudget() public view {
        ILabelEscrow.Job memory job = handler.job();
        assertLe(uint256(job.paid) + job.pending + job.refunded, job.budget, "paid, pending and refunded");
        assertLe(job.reserved, job.budget, "reserved");
    }

    function invariant_EscrowHoldsBudgetLessPaidAndRefunded() public view {
        ILabelEscrow.Job memory job = handler.job();
        assertEq(handler.held(), job.budget - job.paid - job.refunded, "balance");
        assertEq(handler.refundedToRequester(), job.refunded, "refunds arrive");
    }

    function invariant_PaidIsTheSumOverLabelers() public view {
        uint256 sum = 0;
        address[3] memory labelers = handler.labelers();
        for (uint256 i = 0; i < 3; ++i) {
            uint256 paid = handler.paidOf(labelers[i]);
            assertEq(handler.balanceOf(labelers[i]), paid, "received");
            sum += paid;
        }
        assertEq(handler.job().paid, sum, "sum");
    }

    function invariant_LabelersGetOnlyWhatWasSigned() public view {
        address[3] memory labelers = handler.labelers();
        for (uint256 i = 0; i < 3; ++i) {
            assertLe(
                handler.paidOf(labelers[i]),
                handler.highestVoucher(labelers[i]) + handler.leasesPaid(labelers[i]),
                "signed"
            );
        }
    }

    function invariant_NoRunOfDaysPaysMoreThanItsCapsAndOne() public view {
        int256 beyond = handler.mostBeyondCaps();
        assertTrue(beyond <= int256(uint256(handler.DAILY())), "one cap beyond a cap for each day");
    }

    function invariant_OnlyTheSignerOfALeaseRejectsItsClaim() public view {
        assertFalse(handler.wasRejectedByAStranger(), "rejected by another signer");
    }

    function invariant_ReservedMoneyStaysUntilTheEnd() public view {
        if (handler.isFinal()) return;
        ILabelEscrow.Job memory job = handler.job();
        if (job.refunded == 0) return;
        assertLe(job.reserved, job.budget - job.refunded, "reserved");
    }
}
