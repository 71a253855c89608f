// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDatasetRegistry} from "../../../src/interfaces/IDatasetRegistry.sol";
import {ILicenseVault} from "../../../src/interfaces/ILicenseVault.sol";
import {CapTables} from "../../support/CapTables.sol";
import {ProtocolFixture} from "../../support/ProtocolFixture.sol";

/// @notice Random buyers, contributors and labelers of one dataset, and the books an honest accountant would keep.
contract VaultHandler is ProtocolFixture {
    uint32 internal constant MAX_VERSIONS = 4;

    uint256 public time;
    uint256 public deposited;
    uint256 public claimed;
    mapping(uint32 version => uint256) public contributorsDeposited;
    mapping(uint32 version => uint256) public othersDeposited;
    mapping(uint32 version => uint256) public purchases;
    mapping(uint32 version => mapping(uint256 index => bool)) public isCapped;
    mapping(uint32 version => mapping(uint256 index => uint256)) public earnedWhenCapped;
    /// @dev What each leaf may have at most, in 2^-64 base units, rounded up at each purchase.
    mapping(uint32 version => mapping(bool others => mapping(uint256 index => uint256))) public fairShare;
    uint32[] private _offers;
    uint128[] private _prices;

    /// @dev Each call of a run starts at the time of the fixture, so the handler keeps its own clock.
    modifier inTime() {
        vm.warp(time);
        _;
    }

    constructor() {
        setUp();
        time = block.timestamp;
    }

    function setUp() public override {
        if (address(vault) != address(0)) return;
        super.setUp();
        _prices = [PRICE, 33_333_333, 10_000_001];
        _offers.push(offer);
        vm.startPrank(curator);
        _offers.push(datasets.createOffer(datasetId, offerParams(_prices[1])));
        _offers.push(datasets.createOffer(datasetId, offerParams(_prices[2])));
        vm.stopPrank();
    }

    function purchase(uint8 which, uint8 slot, uint8 versionSeed) external inTime {
        ILicenseVault.Purchase memory wanted = terms();
        uint256 chosen = which % 3;
        wanted.offerIndex = _offers[chosen];
        wanted.slot = slot % 8;
        wanted.version = 1 + (versionSeed % datasets.latestVersion(datasetId));
        uint256 balanceBefore = token.balanceOf(address(vault));
        vm.prank(licensee);
        try vault.purchase(wanted) {
            uint256 price = token.balanceOf(address(vault)) - balanceBefore;
            assertEq(price, _prices[chosen], "the price is paid in full");
            uint256 share = (price * SHARE) / 10_000;
            deposited += price;
            contributorsDeposited[wanted.version] += share;
            othersDeposited[wanted.version] += price - share;
            purchases[wanted.version] += 1;
            _share(wanted.version, share, false);
            _share(wanted.version, price - share, true);
        } catch {}
    }

    function claim(uint8 which, uint8 versionSeed, bool others) external inTime {
        (ILicenseVault.Claim memory item, ) = _item(which, versionSeed, others);
        claimed += claimOne(item);
    }

    function withdrawAndCap(uint8 which, uint8 versionSeed) external inTime {
        (ILicenseVault.Claim memory item, uint256 index) = _item(which, versionSeed, false);
        if (isCapped[item.version][index] || index == 0) return;
        vm.prank(item.leaf.account);
        consents.withdraw(datasetId);
        vault.capLeaf(datasetId, item.version, item.leaf, item.index, item.proof);
        isCapped[item.version][index] = true;
        earnedWhenCapped[item.version][index] = earned(item.version, index, false);
    }

    function toggleBlacklist(uint8 which) external inTime {
        address account = contributorLeaves()[which % contributorLeaves().length].account;
        token.setBlacklisted(account, !token.isBlacklisted(account));
    }

    function setPayee(uint8 which, address payee) external inTime {
        if (payee == address(0) || payee == address(vault)) return;
        vm.prank(contributorLeaves()[which % contributorLeaves().length].account);
        try consents.setPayee(payee) {} catch {}
    }

    function publish() external inTime {
        if (datasets.latestVersion(datasetId) == MAX_VERSIONS) return;
        IDatasetRegistry.VersionParams memory params = versionParams();
        vm.prank(curator);
        datasets.publishVersion(datasetId, params);
    }

    function wait(uint24 duration) external {
        time += duration % 20 days;
    }

    /// @notice What a leaf earned so far: paid and due.
    function earned(uint32 version_, uint256 index, bool others) public view returns (uint256) {
        ILicenseVault.Leaf memory leaf = others ? otherLeaves()[index] : contributorLeaves()[index];
        (, uint88 paid, ) = vault.leafStateOf(datasetId, version_, leaf);
        return paid + vault.dueOf(datasetId, version_, leaf);
    }

    function latest() external view returns (uint32) {
        return datasets.latestVersion(datasetId);
    }

    function held() external view returns (uint256) {
        return token.balanceOf(address(vault));
    }

    function leafCount(bool others) external view returns (uint256) {
        return others ? otherLeaves().length : contributorLeaves().length;
    }

    /// @dev Weights that do not divide anything evenly, up to the largest there is.
    function contributorLeaves() internal pure override returns (ILicenseVault.Leaf[] memory leaves) {
        leaves = new ILicenseVault.Leaf[](5);
        uint40[5] memory weights = [uint40(1), 3, 333_333_333_333, 7, 549_755_813_887];
        for (uint256 i = 0; i < 5; ++i) {
            leaves[i] = ILicenseVault.Leaf(0, address(uint160(0x1000 + i)), weights[i], START + 3650 days, 0);
        }
    }

    function otherLeaves() internal view override returns (ILicenseVault.Leaf[] memory leaves) {
        leaves = new ILicenseVault.Leaf[](3);
        leaves[0] = ILicenseVault.Leaf(1, labeler, 999_999_999_989, 0, 0);
        leaves[1] = ILicenseVault.Leaf(2, curator, 11, 0, 0);
        leaves[2] = ILicenseVault.Leaf(3, guardian, 2, 0, 0);
    }

    function _share(uint32 version_, uint256 amount, bool others) private {
        ILicenseVault.Leaf[] memory leaves = others ? otherLeaves() : contributorLeaves();
        uint256 active = 0;
        for (uint256 i = 0; i < leaves.length; ++i) {
            if (others || !isCapped[version_][i]) active += leaves[i].weight;
        }
        for (uint256 i = 0; i < leaves.length; ++i) {
            if (!others && isCapped[version_][i]) continue;
            fairShare[version_][others][i] += ((amount * leaves[i].weight) << 64) / active + 1;
        }
    }

    function _item(
        uint8 which,
        uint8 versionSeed,
        bool others
    ) private view returns (ILicenseVault.Claim memory item, uint256 index) {
        ILicenseVault.Leaf[] memory leaves = others ? otherLeaves() : contributorLeaves();
        index = which % leaves.length;
        item = ILicenseVault.Claim(
            datasetId,
            1 + (versionSeed % datasets.latestVersion(datasetId)),
            leaves[index],
            uint32(index),
            CapTables.proof(leaves, index)
        );
    }
}
