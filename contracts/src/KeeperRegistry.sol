// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IKeeperRegistry} from "./interfaces/IKeeperRegistry.sol";

/// @title Keeper registry
contract KeeperRegistry is IKeeperRegistry, AccessManaged {
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
    bytes32 private _shareSet;
    mapping(bytes32 shareSet => mapping(address nodeAddress => bytes32 next)) private _approvals;

    constructor(address manager) AccessManaged(manager) {}

    /// @inheritdoc IKeeperRegistry
    function approveResharing(bytes32 shareSet) external override {
        if (!_keepers[_indexOf(msg.sender)].active) revert KeeperRegistryUnknownKeeper(msg.sender);
        _approvals[_shareSet][msg.sender] = shareSet;
        emit ResharingApproved(msg.sender, shareSet);
    }

    /// @inheritdoc IKeeperRegistry
    function setNetwork(
        bytes calldata networkKey_,
        uint256 threshold_,
        Keeper[] calldata keepers
    ) external override restricted {
        if (networkKey_.length != _KEY_LENGTH) revert KeeperRegistryBadKeyLength(networkKey_.length);
        if (networkKey.length == 0) {
            networkKey = networkKey_;
            emit NetworkKeySet(networkKey_);
        } else if (keccak256(networkKey) != keccak256(networkKey_)) {
            revert KeeperRegistryNetworkKeyFixed();
        }

        _checkKeepers(keepers);
        _replaceShareSet(shareSetOf(threshold_, keepers));
        delete _keepers;
        for (uint256 i = 0; i < keepers.length; ++i) _keepers.push(keepers[i]);
        threshold = threshold_;
        _requireQuorum();
        _startEpoch();
    }

    /// @inheritdoc IKeeperRegistry
    function setActive(address nodeAddress, bool active) external override restricted {
        _keepers[_indexOf(nodeAddress)].active = active;
        _requireQuorum();
        emit KeeperActiveChanged(nodeAddress, active);
        _startEpoch();
    }

    /// @inheritdoc IKeeperRegistry
    function shareSetOf(uint256 threshold_, Keeper[] calldata keepers) public pure override returns (bytes32 shareSet) {
        shareSet = keccak256(abi.encode(threshold_, keepers.length));
        for (uint256 i = 0; i < keepers.length; ++i) {
            Keeper calldata keeper = keepers[i];
            shareSet = keccak256(abi.encode(shareSet, keeper.nodeAddress, keeper.commitment, keeper.organization));
        }
    }

    /// @inheritdoc IKeeperRegistry
    function approvalOf(address nodeAddress) external view override returns (bytes32) {
        return _approvals[_shareSet][nodeAddress];
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

    /// @dev Approvals are kept per set that they replace, so that none outlives its set.
    function _replaceShareSet(bytes32 shareSet) private {
        bytes32 present = _shareSet;
        if (shareSet == present) return;
        for (uint256 i = 0; i < _keepers.length; ++i) {
            address nodeAddress = _keepers[i].nodeAddress;
            if (_keepers[i].active && _approvals[present][nodeAddress] != shareSet) {
                revert KeeperRegistryNotApproved(nodeAddress, shareSet);
            }
        }
        _shareSet = shareSet;
    }

    function _startEpoch() private {
        _epoch += 1;
        _epochStart = block.timestamp;
        emit KeepersChanged(_epoch, threshold, _keepers.length);
        emit StateChanged(0);
    }

    function _indexOf(address nodeAddress) private view returns (uint256 index) {
        uint256 count = _keepers.length;
        while (index < count && _keepers[index].nodeAddress != nodeAddress) ++index;
        if (index == count) revert KeeperRegistryUnknownKeeper(nodeAddress);
    }

    function _checkKeepers(Keeper[] calldata keepers) private pure {
        for (uint256 i = 0; i < keepers.length; ++i) {
            uint256 length = keepers[i].commitment.length;
            if (length != _KEY_LENGTH) revert KeeperRegistryBadKeyLength(length);
            address nodeAddress = keepers[i].nodeAddress;
            if (nodeAddress == address(0)) revert KeeperRegistryBadNode(nodeAddress);
            for (uint256 j = 0; j < i; ++j) {
                if (keepers[j].nodeAddress == nodeAddress) revert KeeperRegistryBadNode(nodeAddress);
            }
        }
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
