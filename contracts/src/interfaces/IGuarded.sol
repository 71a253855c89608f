// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Guarded
/// @notice Names the guardian, whose powers the inheriting contract lists and bounds. The parameter manager may name
/// another one, after its delay.
interface IGuarded {
    /// @notice Emitted when the guardian is named.
    /// @param guardian The guardian from now on.
    event GuardianChanged(address indexed guardian);

    /// @notice Thrown when the guardian would be the zero address.
    error GuardedZeroGuardian();

    /// @notice Names the guardian. Parameter manager only, after its delay.
    /// @param guardian The guardian.
    function setGuardian(address guardian) external;

    /// @notice The guardian.
    function guardian() external view returns (address);
}
