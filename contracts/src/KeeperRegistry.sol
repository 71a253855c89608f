// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IKeeperRegistry} from "./interfaces/IKeeperRegistry.sol";

/// @title Keeper registry
/// @dev The owner names keepers; it cannot change the network key, and so cannot make clients seal to another one.
contract KeeperRegistry is IKeeperRegistry, Ownable2Step {
    uint256 private constant _KEY_LENGTH = 48;
    uint256 private constant _EPOCH_LENGTH = 365 days;
    uint256 private constant _NODE_TIMEOUT = 60;

    /// @inheritdoc IKeeperRegistry
    bytes public override networkKey;
    /// @inheritdoc IKeeperRegistry
    uint256 public override threshold;

    uint256 private _epoch;
    uint256 private _epochStart;
    Keeper[] private _keepers;

    constructor(address owner_) Ownable(owner_) {}

    /// @inheritdoc IKeeperRegistry
    function setNetwork(
        bytes calldata networkKey_,
        uint256 threshold_,
        Keeper[] calldata keepers
    ) external override onlyOwner {
        if (networkKey_.length != _KEY_LENGTH) revert KeeperRegistryBadKeyLength(networkKey_.length);
        if (networkKey.length == 0) {
            networkKey = networkKey_;
            emit NetworkKeySet(networkKey_);
        } else if (keccak256(networkKey) != keccak256(networkKey_)) {
            revert KeeperRegistryNetworkKeyFixed();
        }

        delete _keepers;
        for (uint256 i = 0; i < keepers.length; ++i) {
            Keeper calldata keeper = keepers[i];
            if (keeper.commitment.length != _KEY_LENGTH) revert KeeperRegistryBadKeyLength(keeper.commitment.length);
            for (uint256 j = 0; j < i; ++j) {
                if (_keepers[j].nodeAddress == keeper.nodeAddress) revert KeeperRegistryBadNode(keeper.nodeAddress);
            }
            if (keeper.nodeAddress == address(0)) revert KeeperRegistryBadNode(address(0));
            _keepers.push(keeper);
        }
        threshold = threshold_;
        _requireQuorum();
        _startEpoch();
    }

    /// @inheritdoc IKeeperRegistry
    function setActive(address nodeAddress, bool active) external override onlyOwner {
        uint256 count = _keepers.length;
        uint256 i = 0;
        while (i < count && _keepers[i].nodeAddress != nodeAddress) ++i;
        if (i == count) revert KeeperRegistryUnknownKeeper(nodeAddress);
        _keepers[i].active = active;
        _requireQuorum();
        emit KeeperActiveChanged(nodeAddress, active);
        _startEpoch();
    }

    /// @inheritdoc IKeeperRegistry
    function getKeepers() external view override returns (Keeper[] memory) {
        return _keepers;
    }

    /// @inheritdoc IKeeperRegistry
    function getActiveUnkickedValidatorStructsAndCounts()
        external
        view
        override
        returns (Epoch memory epoch, uint256 minNodeCount, Validator[] memory validators)
    {
        epoch = Epoch({
            epochLength: _EPOCH_LENGTH,
            number: _epoch,
            endTime: _epochStart + _EPOCH_LENGTH,
            retries: 0,
            timeout: _NODE_TIMEOUT
        });
        minNodeCount = threshold;
        validators = new Validator[](_activeCount());
        uint256 next = 0;
        for (uint256 i = 0; i < _keepers.length; ++i) {
            Keeper storage keeper = _keepers[i];
            if (!keeper.active) continue;
            Validator memory validator = validators[next++];
            validator.ip = keeper.ip;
            validator.port = keeper.port;
            validator.nodeAddress = keeper.nodeAddress;
        }
    }

    function _startEpoch() private {
        _epoch += 1;
        _epochStart = block.timestamp;
        emit KeepersChanged(_epoch, threshold, _keepers.length);
        emit StateChanged(0);
    }

    function _requireQuorum() private view {
        uint256 active = _activeCount();
        if (threshold == 0 || threshold > active) revert KeeperRegistryBadThreshold(threshold, active);
    }

    function _activeCount() private view returns (uint256 count) {
        for (uint256 i = 0; i < _keepers.length; ++i) {
            if (_keepers[i].active) ++count;
        }
    }
}
