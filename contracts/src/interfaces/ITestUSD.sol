// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Test USD
/// @notice A stablecoin for development and tests: 6 decimals, ERC-2612, EIP-3009 and a blacklist, as USDC has them.
/// Anyone may mint; it must never be used where money is meant.
interface ITestUSD {
    /// @notice Emitted when an account is put on or off the blacklist.
    /// @param account The account.
    /// @param blacklisted Whether it is on it.
    event BlacklistChanged(address indexed account, bool blacklisted);

    /// @notice Thrown when a blacklisted account sends or receives.
    /// @param account The account.
    error TestUSDBlacklisted(address account);

    /// @notice Thrown when there would be 2^255 base units or more.
    /// @param value The amount asked for.
    error TestUSDSupplyExceeded(uint256 value);

    /// @notice Creates money out of nothing.
    /// @param to The receiver.
    /// @param amount The amount in base units (6 decimals).
    function mint(address to, uint256 amount) external;

    /// @notice Puts an account on or off the blacklist.
    /// @param account The account.
    /// @param blacklisted Whether it shall be on it.
    function setBlacklisted(address account, bool blacklisted) external;

    /// @notice Whether an account is on the blacklist.
    /// @param account The account.
    function isBlacklisted(address account) external view returns (bool);
}
