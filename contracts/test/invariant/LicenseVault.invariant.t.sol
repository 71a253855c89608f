// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TestBase} from "../support/TestBase.sol";
import {VaultHandler} from "./handlers/VaultHandler.sol";

contract LicenseVaultInvariantTest is TestBase {
    VaultHandler private handler;

    function setUp() public {
        handler = new VaultHandler();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_VaultHoldsDepositsLessClaims() public view {
        assertEq(handler.held(), handler.deposited() - handler.claimed(), "balance");
    }

    function invariant_EverythingDueIsHeld() public view {
        uint256 owed = 0;
        for (uint32 version = 1; version <= handler.latest(); ++version) {
            owed += _earned(version, false) + _earned(version, true);
        }
        assertLe(owed, handler.deposited(), "earned by all leaves");
        assertLe(owed - handler.claimed(), handler.held(), "due to all leaves");
    }

    function invariant_EachTreeEarnsItsShareButDust() public view {
        for (uint32 version = 1; version <= handler.latest(); ++version) {
            _checkTree(version, handler.contributorsDeposited(version), false);
            _checkTree(version, handler.othersDeposited(version), true);
        }
    }

    function invariant_CappedLeavesEarnNothingMore() public view {
        for (uint32 version = 1; version <= handler.latest(); ++version) {
            for (uint256 i = 0; i < handler.leafCount(false); ++i) {
                if (!handler.isCapped(version, i)) continue;
                assertEq(handler.earned(version, i, false), handler.earnedWhenCapped(version, i), "capped");
            }
        }
    }

    function invariant_EachLeafEarnsItsShareButDust() public view {
        for (uint32 version = 1; version <= handler.latest(); ++version) {
            _checkLeaves(version, false);
            _checkLeaves(version, true);
        }
    }

    function invariant_NoVersionPaysMoreThanItsDeposits() public view {
        for (uint32 version = 1; version <= handler.latest(); ++version) {
            uint256 deposits = handler.contributorsDeposited(version) + handler.othersDeposited(version);
            assertLe(_earned(version, false) + _earned(version, true), deposits, "of one version");
        }
    }

    function _checkLeaves(uint32 version, bool others) private view {
        uint256 dust = handler.purchases(version) / 256 + 2;
        for (uint256 i = 0; i < handler.leafCount(others); ++i) {
            uint256 earned = handler.earned(version, i, others);
            uint256 share = handler.fairShare(version, others, i);
            assertLe(earned << 64, share, "never above the share");
            assertLe(share, (earned + dust) << 64, "never below it but dust");
        }
    }

    function _checkTree(uint32 version, uint256 deposited, bool others) private view {
        uint256 earned = _earned(version, others);
        uint256 dust = handler.leafCount(others) + handler.purchases(version) / 256 + 1;
        assertLe(earned, deposited, "never more than the share");
        assertLe(deposited, earned + dust, "never less but dust");
    }

    function _earned(uint32 version, bool others) private view returns (uint256 sum) {
        for (uint256 i = 0; i < handler.leafCount(others); ++i) sum += handler.earned(version, i, others);
    }
}
