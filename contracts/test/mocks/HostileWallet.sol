// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @notice A contract account that answers to every signature in the way it is set to.
contract HostileWallet is IERC1271 {
    enum Answer {
        YES,
        NO,
        REVERTS,
        NOTHING,
        SHORT,
        DIRTY,
        HUGE,
        BURNS_GAS,
        REENTERS
    }

    Answer public answer;
    address private _target;
    bytes private _call;

    error Refused();

    function set(Answer answer_) external {
        answer = answer_;
    }

    /// @notice What `REENTERS` calls before it says yes.
    function setCall(address target, bytes calldata call_) external {
        (_target, _call) = (target, call_);
    }

    /// @notice Acts as this account.
    function execute(address target, bytes calldata call_) external returns (bytes memory) {
        (bool success, bytes memory result) = target.call(call_);
        if (!success) {
            assembly {
                revert(add(result, 32), mload(result))
            }
        }
        return result;
    }

    function isValidSignature(bytes32, bytes calldata) external view override returns (bytes4) {
        Answer mode = answer;
        if (mode == Answer.REVERTS) revert Refused();
        if (mode == Answer.NO) return 0xffffffff;
        if (mode == Answer.NOTHING) {
            assembly {
                return(0, 0)
            }
        }
        if (mode == Answer.SHORT) {
            bytes4 magic = IERC1271.isValidSignature.selector;
            assembly {
                mstore(0, magic)
                return(0, 4)
            }
        }
        if (mode == Answer.DIRTY) {
            bytes4 magic = IERC1271.isValidSignature.selector;
            assembly {
                mstore(0, or(magic, 1))
                return(0, 32)
            }
        }
        if (mode == Answer.HUGE) {
            assembly {
                return(0, 500000)
            }
        }
        if (mode == Answer.BURNS_GAS) {
            assembly {
                invalid()
            }
        }
        if (mode == Answer.REENTERS) {
            // The caller asks with a static call: whatever changes state fails here.
            (bool success, ) = _target.staticcall(_call);
            if (!success) revert Refused();
        }
        return IERC1271.isValidSignature.selector;
    }
}
