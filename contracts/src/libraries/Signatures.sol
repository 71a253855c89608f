// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title Signatures of keys and of contract accounts
library Signatures {
    /// @notice Whether `signature` of `digest` is that of `signer`: by its key, else by ERC-1271.
    /// @dev The key comes first, so that an ordinary account is not read from the state. No contract has a key, and an
    /// account that delegates its code (EIP-7702) still signs with it. A wallet that reverts, answers something else or
    /// has no code says no.
    /// @param signer The account that must have signed.
    /// @param digest The EIP-712 digest.
    /// @param signature The signature.
    function isValid(address signer, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        (address recovered, ECDSA.RecoverError problem, ) = ECDSA.tryRecoverCalldata(digest, signature);
        if (problem == ECDSA.RecoverError.NoError && recovered == signer) return true;
        return SignatureChecker.isValidERC1271SignatureNowCalldata(signer, digest, signature);
    }
}
