// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGuarded} from "./IGuarded.sol";

/// @title Guardian pause
/// @notice A guardian may stop new money from coming in for at most 30 days, and then not again for 30 days. Money
/// that is in can always leave. What may come in is capped; the parameter manager may raise the cap, never lower it.
interface IGuardianPause is IGuarded {
    /// @notice Emitted when the deposit cap is set or raised.
    /// @param depositCap The most the contract may hold after money comes in.
    event DepositCapRaised(uint128 depositCap);

    /// @notice Emitted when the guardian stops or resumes.
    /// @param pausedUntil The first second at which new money is accepted again.
    event PauseChanged(uint40 pausedUntil);

    /// @notice Thrown while stopped.
    /// @param pausedUntil The first second at which new money is accepted again.
    error GuardianPauseActive(uint40 pausedUntil);

    /// @notice Thrown when the caller is not the guardian.
    /// @param caller The caller.
    error GuardianPauseNotGuardian(address caller);

    /// @notice Thrown when a pause would be empty or longer than 30 days.
    /// @param duration The seconds asked for.
    error GuardianPauseTooLong(uint40 duration);

    /// @notice Thrown when the last pause is too recent.
    /// @param availableAt The first second at which the guardian may stop again.
    error GuardianPauseTooSoon(uint40 availableAt);

    /// @notice Thrown when a deposit cap is not above the present one, or more than ten times it.
    /// @param given The cap given.
    /// @param current The cap now.
    error GuardianPauseBadDepositCap(uint128 given, uint128 current);

    /// @notice Raises the deposit cap, at most tenfold at a time. Parameter manager only, after its delay.
    /// @param depositCap The most the contract may hold after money comes in.
    function raiseDepositCap(uint128 depositCap) external;

    /// @notice Stops new money for `duration` seconds. Guardian only.
    /// @param duration 1 second to 30 days.
    function pause(uint40 duration) external;

    /// @notice Resumes at once. Guardian only.
    function resume() external;

    /// @notice The most the contract may hold after money comes in.
    function depositCap() external view returns (uint128);

    /// @notice The first second at which new money is accepted; in the past when not stopped.
    function pausedUntil() external view returns (uint40);
}
