// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IGuarded} from "./interfaces/IGuarded.sol";

/// @title Guarded
abstract contract Guarded is IGuarded, AccessManaged {
    /// @inheritdoc IGuarded
    address public override guardian;

    constructor(address guardian_, address manager) AccessManaged(manager) {
        _setGuardian(guardian_);
    }

    /// @inheritdoc IGuarded
    function setGuardian(address guardian_) external override restricted {
        _setGuardian(guardian_);
    }

    function _setGuardian(address guardian_) private {
        if (guardian_ == address(0)) revert GuardedZeroGuardian();
        guardian = guardian_;
        emit GuardianChanged(guardian_);
    }
}
