// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEntitlementSource} from "../../src/interfaces/IEntitlementSource.sol";

/// @notice A source that says yes to everything.
contract YesSource is IEntitlementSource {
    function mayDecrypt(address, bytes32, uint256, uint256) external pure override returns (bool) {
        return true;
    }

    function mayLabel(address, bytes32, bytes32) external pure override returns (bool) {
        return true;
    }
}

/// @notice A source that always reverts.
contract RevertingSource {
    error Broken();

    fallback() external {
        revert Broken();
    }
}

/// @notice A source that answers with nothing.
contract SilentSource {
    fallback() external {}
}

/// @notice A source that answers 2, which is no boolean.
contract OddSource {
    fallback(bytes calldata) external returns (bytes memory) {
        return abi.encode(uint256(2));
    }
}

/// @notice A source that burns all gas it is given.
contract BurningSource {
    fallback() external {
        assembly {
            invalid()
        }
    }
}
