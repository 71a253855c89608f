// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

/// @title Parameter manager
/// @notice Owns the few parameters that can change: the guardian, the deposit caps and the keeper set. Its owner
/// schedules a change, which everybody sees, and carries it out after the delay; the delay also holds for changes of
/// owners and delays. No function it can call moves anybody's money.
contract ParameterManager is AccessManager {
    /// @param owner The account that may change parameters.
    /// @param delay The seconds between scheduling and change; 0 only in development.
    constructor(address owner, uint32 delay) AccessManager(owner) {
        _grantRole(ADMIN_ROLE, owner, 0, delay);
    }
}
