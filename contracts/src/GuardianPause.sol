// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Guarded} from "./Guarded.sol";
import {IGuardianPause} from "./interfaces/IGuardianPause.sol";

/// @title Guardian pause
/// @dev Both values lie in one slot, which every deposit reads once.
abstract contract GuardianPause is IGuardianPause, Guarded {
    uint40 private constant _MAX_PAUSE = 30 days;
    uint40 private constant _COOLDOWN = 30 days;
    uint128 private constant _MOST_RAISE = 10;

    /// @inheritdoc IGuardianPause
    uint40 public override pausedUntil;
    /// @inheritdoc IGuardianPause
    uint128 public override depositCap;

    modifier onlyGuardian() {
        if (msg.sender != guardian) revert GuardianPauseNotGuardian(msg.sender);
        _;
    }

    modifier whenNotPaused() {
        if (block.timestamp < pausedUntil) revert GuardianPauseActive(pausedUntil);
        _;
    }

    constructor(address guardian_, uint128 depositCap_, address manager) Guarded(guardian_, manager) {
        depositCap = depositCap_;
        emit DepositCapRaised(depositCap_);
    }

    /// @inheritdoc IGuardianPause
    function raiseDepositCap(uint128 depositCap_) external override restricted {
        uint128 current = depositCap;
        if (depositCap_ <= current || depositCap_ / _MOST_RAISE > current) {
            revert GuardianPauseBadDepositCap(depositCap_, current);
        }
        depositCap = depositCap_;
        emit DepositCapRaised(depositCap_);
    }

    /// @inheritdoc IGuardianPause
    function pause(uint40 duration) external override onlyGuardian {
        if (duration == 0 || duration > _MAX_PAUSE) revert GuardianPauseTooLong(duration);
        uint40 availableAt = pausedUntil == 0 ? 0 : pausedUntil + _COOLDOWN;
        if (block.timestamp < availableAt) revert GuardianPauseTooSoon(availableAt);
        pausedUntil = uint40(block.timestamp) + duration;
        emit PauseChanged(pausedUntil);
    }

    /// @inheritdoc IGuardianPause
    function resume() external override onlyGuardian {
        if (block.timestamp >= pausedUntil) return;
        pausedUntil = uint40(block.timestamp);
        emit PauseChanged(pausedUntil);
    }
}
