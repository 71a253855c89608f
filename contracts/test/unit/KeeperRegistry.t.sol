// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {ParameterManager} from "../../src/ParameterManager.sol";
import {KeeperRegistry} from "../../src/KeeperRegistry.sol";
import {IKeeperRegistry as I} from "../../src/interfaces/IKeeperRegistry.sol";
import {TestBase} from "../support/TestBase.sol";

contract KeeperRegistryTest is TestBase {
    KeeperRegistry private registry;
    bytes private key = new bytes(48);

    function setUp() public {
        registry = new KeeperRegistry(address(new ParameterManager(address(this), 0)));
        registry.setNetwork(key, 2, _keepers(3));
    }

    function test_SetNetwork_IsReadableInTheLitShape() public view {
        (I.Epoch memory epoch, uint256 minNodeCount, I.Validator[] memory validators) = registry
            .getActiveUnkickedValidatorStructsAndCounts();
        assertEq(epoch.number, 1, "epoch");
        assertEq(minNodeCount, 2, "threshold");
        assertEq(validators.length, 3, "keepers");
        assertEq(validators[2].ip, 0x7f000001, "ip");
        assertEq(validators[2].port, 7472, "port");
        assertEq(validators[2].nodeAddress, address(3), "name");
        assertEq(registry.getKeepers().length, 3, "all keepers");
        assertEq(keccak256(registry.networkKey()), keccak256(key), "network key");
    }

    function test_SetActive_DropsAKeeperAndStartsAnEpoch() public {
        registry.setActive(address(1), false);
        (I.Epoch memory epoch, , I.Validator[] memory validators) = registry
            .getActiveUnkickedValidatorStructsAndCounts();
        assertEq(epoch.number, 2, "epoch");
        assertEq(validators.length, 2, "active");
        assertEq(validators[0].nodeAddress, address(2), "the first is gone");
        vm.expectRevert(abi.encodeWithSelector(I.KeeperRegistryBadThreshold.selector, 2, 1));
        registry.setActive(address(2), false);
        vm.expectRevert(abi.encodeWithSelector(I.KeeperRegistryUnknownKeeper.selector, address(9)));
        registry.setActive(address(9), false);
    }

    function test_RevertWhen_TheNetworkKeyWouldChange() public {
        bytes memory other = new bytes(48);
        other[0] = 0x01;
        vm.expectRevert(abi.encodeWithSelector(I.KeeperRegistryNetworkKeyFixed.selector));
        registry.setNetwork(other, 2, _keepers(3));
    }

    function test_RevertWhen_KeysThresholdOrNamesAreBad() public {
        vm.expectRevert(abi.encodeWithSelector(I.KeeperRegistryBadKeyLength.selector, 47));
        registry.setNetwork(new bytes(47), 2, _keepers(3));
        I.Keeper[] memory keepers = _keepers(3);
        keepers[1].commitment = "";
        vm.expectRevert(abi.encodeWithSelector(I.KeeperRegistryBadKeyLength.selector, 0));
        registry.setNetwork(key, 2, keepers);
        KeeperRegistry fresh = new KeeperRegistry(address(new ParameterManager(address(this), 0)));
        vm.expectRevert(abi.encodeWithSelector(I.KeeperRegistryBadThreshold.selector, 0, 3));
        fresh.setNetwork(key, 0, _keepers(3));
        vm.expectRevert(abi.encodeWithSelector(I.KeeperRegistryBadThreshold.selector, 4, 3));
        fresh.setNetwork(key, 4, _keepers(3));
        keepers = _keepers(3);
        keepers[2].nodeAddress = address(1);
        vm.expectRevert(abi.encodeWithSelector(I.KeeperRegistryBadNode.selector, address(1)));
        registry.setNetwork(key, 2, keepers);
        keepers[2].nodeAddress = address(0);
        vm.expectRevert(abi.encodeWithSelector(I.KeeperRegistryBadNode.selector, address(0)));
        registry.setNetwork(key, 2, keepers);
    }

    function test_RevertWhen_CallerIsNotTheParameterManagersOwner() public {
        bytes memory reason = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(9));
        vm.startPrank(address(9));
        vm.expectRevert(reason);
        registry.setNetwork(key, 2, new I.Keeper[](0));
        vm.expectRevert(reason);
        registry.setActive(address(1), false);
    }

    function test_Resharing_NeedsEachActiveOldKeeper() public {
        registry.setActive(address(1), false);
        I.Keeper[] memory next = _keepers(4);
        bytes32 shareSet = registry.shareSetOf(3, next);
        vm.expectRevert(abi.encodeWithSelector(I.KeeperRegistryNotApproved.selector, address(2), shareSet));
        registry.setNetwork(key, 3, next);
        vm.prank(address(2));
        registry.approveResharing(shareSet);
        assertEq(registry.approvalOf(address(2)), shareSet, "approved");
        vm.expectRevert(abi.encodeWithSelector(I.KeeperRegistryNotApproved.selector, address(3), shareSet));
        registry.setNetwork(key, 3, next);
        vm.startPrank(address(3));
        registry.approveResharing("something else");
        registry.approveResharing(shareSet);
        vm.stopPrank();
        registry.setNetwork(key, 3, next);
        assertEq(registry.threshold(), 3, "a new set under the same key");
        assertEq(registry.approvalOf(address(2)), 0, "approvals end with the set");
    }

    function test_Resharing_BindsCommitmentsOrganizationsAndThreshold() public {
        I.Keeper[] memory next = _keepers(3);
        bytes32 same = registry.shareSetOf(2, next);
        assertTrue(registry.shareSetOf(1, next) != same, "threshold");
        next[1].organization = "other";
        assertTrue(registry.shareSetOf(2, next) != same, "organization");
        next = _keepers(3);
        next[1].commitment[0] = 0x01;
        assertTrue(registry.shareSetOf(2, next) != same, "commitment");
        bytes32 other = registry.shareSetOf(2, next);
        vm.expectRevert(abi.encodeWithSelector(I.KeeperRegistryNotApproved.selector, address(1), other));
        registry.setNetwork(key, 2, next);
    }

    function test_Endpoints_ChangeWithoutApproval() public {
        I.Keeper[] memory next = _keepers(3);
        next[0].url = "https://keeper.example";
        next[0].port = 443;
        next[0].tlsKeyHash = keccak256("tls");
        registry.setNetwork(key, 2, next);
        assertEq(registry.getKeepers()[0].tlsKeyHash, keccak256("tls"), "new address");
    }

    function test_RevertWhen_ApprovedByNoActiveKeeper() public {
        vm.expectRevert(abi.encodeWithSelector(I.KeeperRegistryUnknownKeeper.selector, address(9)));
        vm.prank(address(9));
        registry.approveResharing("set");
        registry.setActive(address(1), false);
        vm.expectRevert(abi.encodeWithSelector(I.KeeperRegistryUnknownKeeper.selector, address(1)));
        vm.prank(address(1));
        registry.approveResharing("set");
    }

    function _keepers(uint256 count) private pure returns (I.Keeper[] memory keepers) {
        keepers = new I.Keeper[](count);
        for (uint256 i = 0; i < count; ++i) {
            keepers[i] = I.Keeper({
                url: "http://127.0.0.1:7470",
                ip: 0x7f000001,
                port: uint32(7470 + i),
                nodeAddress: address(uint160(i + 1)),
                commitment: new bytes(48),
                organization: "one",
                tlsKeyHash: 0,
                active: true
            });
        }
    }
}
