// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Keeper registry
/// @notice The keeper set of one key network, readable by our SDK and, through one method, by the Lit SDK. The network
/// key never changes. The shares, their holders, their organizations and the threshold change only when every active
/// keeper has approved the new set; addresses and TLS keys may change without.
interface IKeeperRegistry {
    /// @notice One keeper.
    /// @param url The public address, for clients that need host names or TLS.
    /// @param ip The IPv4 address as a number, for the Lit SDK.
    /// @param port The port, for the Lit SDK.
    /// @param nodeAddress The account of its operator, which approves resharing and names the keeper.
    /// @param commitment The public key of its share: 48 bytes, compressed G1 of BLS12-381.
    /// @param organization Who runs it.
    /// @param tlsKeyHash The SHA-256 of its TLS public key, 0 without TLS.
    /// @param active Whether clients shall ask it.
    struct Keeper {
        string url;
        uint32 ip;
        uint32 port;
        address nodeAddress;
        bytes commitment;
        string organization;
        bytes32 tlsKeyHash;
        bool active;
    }

    /// @notice The epoch as the Lit SDK reads it.
    struct Epoch {
        uint256 epochLength;
        uint256 number;
        uint256 endTime;
        uint256 retries;
        uint256 timeout;
    }

    /// @notice A node as the Lit SDK reads it.
    struct Validator {
        uint32 ip;
        uint128 ipv6;
        uint32 port;
        address nodeAddress;
        uint256 reward;
        uint256 senderPubKey;
        uint256 receiverPubKey;
    }

    /// @notice Emitted when the network key is fixed.
    /// @param networkKey The public key: 48 bytes, compressed G1 of BLS12-381.
    event NetworkKeySet(bytes networkKey);

    /// @notice Emitted when the set changes.
    /// @param epoch The number of the new epoch.
    /// @param threshold The number of shares that open a key.
    /// @param count The number of keepers.
    event KeepersChanged(uint256 indexed epoch, uint256 threshold, uint256 count);

    /// @notice Emitted when a keeper approves a new set of shares.
    /// @param nodeAddress The keeper.
    /// @param shareSet The hash of the set.
    event ResharingApproved(address indexed nodeAddress, bytes32 indexed shareSet);

    /// @notice Emitted when a keeper is switched on or off.
    /// @param nodeAddress The keeper.
    /// @param active Whether clients shall ask it.
    event KeeperActiveChanged(address indexed nodeAddress, bool active);

    /// @notice Emitted with 0 (active) after each change; the Lit SDK listens to it.
    /// @param newState Always 0.
    event StateChanged(uint8 newState);

    /// @notice Thrown when a key is not 48 bytes.
    /// @param length The length given.
    error KeeperRegistryBadKeyLength(uint256 length);

    /// @notice Thrown when the network key is set and another is given.
    error KeeperRegistryNetworkKeyFixed();

    /// @notice Thrown when the threshold is 0 or above the number of active keepers.
    /// @param threshold The threshold.
    /// @param active The number of active keepers.
    error KeeperRegistryBadThreshold(uint256 threshold, uint256 active);

    /// @notice Thrown when a keeper is named twice or by the zero address.
    /// @param nodeAddress The name.
    error KeeperRegistryBadNode(address nodeAddress);

    /// @notice Thrown when no keeper has this name.
    /// @param nodeAddress The name.
    error KeeperRegistryUnknownKeeper(address nodeAddress);

    /// @notice Thrown when an active keeper has not approved the new set of shares.
    /// @param nodeAddress The keeper.
    /// @param shareSet The hash of the set.
    error KeeperRegistryNotApproved(address nodeAddress, bytes32 shareSet);

    /// @notice Approves a new set of shares in place of the present one. An active keeper's operator only; a later
    /// approval replaces an earlier one, and all end when the set changes.
    /// @param shareSet The hash of the set, from `shareSetOf`.
    function approveResharing(bytes32 shareSet) external;

    /// @notice Sets the keeper set, and the network key on the first call. Parameter manager only, after its delay; the
    /// key can never change, and shares, holders, organizations and threshold need each active keeper's approval.
    /// @param networkKey The public key of the network.
    /// @param threshold The number of shares that open a key.
    /// @param keepers The keepers.
    function setNetwork(bytes calldata networkKey, uint256 threshold, Keeper[] calldata keepers) external;

    /// @notice Switches a keeper on or off. Parameter manager only, after its delay; at least `threshold` stay on, so
    /// that at least so many must approve a resharing.
    /// @param nodeAddress The keeper.
    /// @param active Whether clients shall ask it.
    function setActive(address nodeAddress, bool active) external;

    /// @notice The public key of the network, empty until it is set.
    function networkKey() external view returns (bytes memory);

    /// @notice The number of shares that open a key.
    function threshold() external view returns (uint256);

    /// @notice The hash of a set of shares: threshold, and of each keeper account, commitment and organization.
    /// @param threshold The number of shares that open a key.
    /// @param keepers The keepers; addresses and TLS keys do not count.
    function shareSetOf(uint256 threshold, Keeper[] calldata keepers) external pure returns (bytes32);

    /// @notice The set of shares that a keeper approved in place of the present one, 0 if none.
    /// @param nodeAddress The keeper.
    function approvalOf(address nodeAddress) external view returns (bytes32);

    /// @notice All keepers.
    function getKeepers() external view returns (Keeper[] memory);

    /// @notice The active keepers in the shape that the Lit SDK reads.
    /// @return epoch The epoch.
    /// @return minNodeCount The number of shares that the client combines: the threshold.
    /// @return validators The active keepers.
    function getActiveUnkickedValidatorStructsAndCounts()
        external
        view
        returns (Epoch memory epoch, uint256 minNodeCount, Validator[] memory validators);
}
