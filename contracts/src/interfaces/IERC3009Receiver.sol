// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title EIP-3009 receipt with a bytes signature
/// @notice The one call of EIP-3009 that the vault makes, in the form that also takes ERC-1271 signatures.
interface IERC3009Receiver {
    /// @notice Pulls `value` from `from` to the caller with the signature of `from`.
    /// @param from The payer.
    /// @param to The receiver, who must be the caller.
    /// @param value The amount.
    /// @param validAfter The authorization holds after this time.
    /// @param validBefore The authorization holds before this time.
    /// @param nonce The nonce, used once.
    /// @param signature The payer's signature.
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external;
}
