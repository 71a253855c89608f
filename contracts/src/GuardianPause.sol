// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGuardianPause} from "./interfaces/IGuardianPause.sol";

/// @title Guardian pause
abstract contract GuardianPause is IGuardianPause {
    uint40 private constant _MAX_PAUSE = 30 days;
    uint40 private constant _COOLDOWN = 30 days;

    /// @inheritdoc IGuardianPause
    address public immutable override guardian;

    /// @inheritdoc IGuardianPause
    uint40 public override pausedUntil;

    modifier onlyGuardian() {
        if (msg.sender != guardian) revert GuardianPauseNotGuardian(msg.sender);
        _;
    }

    modifier whenNotPaused() {
        if (block.timestamp < pausedUntil) revert GuardianPauseActive(pausedUntil);
        _;
    }

    constructor(address guardian_) {
        guardian = guardian_;
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
