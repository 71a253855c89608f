// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDatasetRegistry as I} from "../../src/interfaces/IDatasetRegistry.sol";
import {ProtocolFixture} from "../support/ProtocolFixture.sol";
import {YesSource} from "../mocks/MockSources.sol";

contract DatasetRegistryTest is ProtocolFixture {
    function test_CreateDataset_StoresTheRules() public view {
        I.Dataset memory dataset = datasets.getDataset(datasetId);
        assertEq(dataset.curator, curator, "curator");
        assertEq(dataset.purposes, TRAIN | EVALUATE | LABEL, "purposes");
        assertEq(dataset.contributorsBps, SHARE, "share");
        assertEq(dataset.latestVersion, 1, "latest version");
        assertEq(dataset.offerCount, 1, "offer count");
        assertEq(dataset.token, address(token), "token");
        assertEq(dataset.floorPrice, 10e6, "floor");
        assertEq(dataset.schemaHash, keccak256("schema"), "schema");
        assertEq(datasets.curatorOf(datasetId), curator, "curatorOf");
        assertEq(datasets.sourcesOf(datasetId).length, 2, "sources");
    }

    function test_CreateDataset_DerivesTheId() public view {
        bytes32 expected = keccak256(
            abi.encode(keccak256("allod.dataset.v1"), block.chainid, address(datasets), curator, bytes32("salt"))
        );
        assertEq(datasetId, expected, "id");
        assertEq(datasets.datasetIdOf(curator, "salt"), expected, "datasetIdOf");
    }

    function test_RevertWhen_SaltIsUsedAgain() public {
        I.DatasetParams memory params = datasetParams();
        vm.expectRevert(abi.encodeWithSelector(I.DatasetRegistryDatasetExists.selector, datasetId));
        vm.prank(curator);
        datasets.createDataset(params, "salt");
    }

    function test_RevertWhen_DatasetPurposesAreEmptyOrUnknown() public {
        I.DatasetParams memory params = datasetParams();
        params.purposes = 0;
        vm.expectRevert(abi.encodeWithSelector(I.DatasetRegistryBadPurposes.selector, 0, 127));
        datasets.createDataset(params, "other");
        params.purposes = 128;
        vm.expectRevert(abi.encodeWithSelector(I.DatasetRegistryBadPurposes.selector, 128, 127));
        datasets.createDataset(params, "other");
    }

    function test_RevertWhen_ShareIsOutOfRange() public {
        I.DatasetParams memory params = datasetParams();
        params.contributorsBps = 0;
        vm.expectRevert(abi.encodeWithSelector(I.DatasetRegistryBadShare.selector, 0));
        datasets.createDataset(params, "other");
        params.contributorsBps = 10_001;
        vm.expectRevert(abi.encodeWithSelector(I.DatasetRegistryBadShare.selector, 10_001));
        datasets.createDataset(params, "other");
    }

    function test_RevertWhen_TokenHasNoCode() public {
        I.DatasetParams memory params = datasetParams();
        params.token = stranger;
        vm.expectRevert(abi.encodeWithSelector(I.DatasetRegistryNoCode.selector, stranger));
        datasets.createDataset(params, "other");
    }

    function test_RevertWhen_MetadataCidIsMissing() public {
        I.DatasetParams memory params = datasetParams();
        params.metadataCid = "";
        vm.expectRevert(abi.encodeWithSelector(I.DatasetRegistryEmptyCid.selector));
        datasets.createDataset(params, "other");
    }

    function test_RevertWhen_ThereAreNoSources() public {
        I.DatasetParams memory params = datasetParams();
        params.sources = new address[](0);
        vm.expectRevert(abi.encodeWithSelector(I.DatasetRegistryBadSourceCount.selector, 0));
        datasets.createDataset(params, "other");
    }

    function test_AddSource_AppendsUpToFour() public {
        address third = address(new YesSource());
        address fourth = address(new YesSource());
        address fifth = address(new YesSource());
        vm.startPrank(curator);
        datasets.addSource(datasetId, third);
        datasets.addSource(datasetId, fourth);
        address[] memory sources = datasets.sourcesOf(datasetId);
        assertEq(sources.length, 4, "count");
        assertEq(sources[0], address(vault), "the order stays");
        assertEq(sources[3], fourth, "appended");
        vm.expectRevert(abi.encodeWithSelector(I.DatasetRegistryBadSourceCount.selector, 5));
        datasets.addSource(datasetId, fifth);
    }

    function test_RevertWhen_SourceIsListedOrHasNoCode() public {
        vm.startPrank(curator);
        vm.expectRevert(abi.encodeWithSelector(I.DatasetRegistryDuplicateSource.selector, address(vault)));
        datasets.addSource(datasetId, address(vault));
        vm.expectRevert(abi.encodeWithSelector(I.DatasetRegistryNoCode.selector, stranger));
        datasets.addSource(datasetId, stranger);
    }

    function test_RevertWhen_CallerIsNotTheCurator() public {
        bytes memory reason = abi.encodeWithSelector(I.DatasetRegistryNotCurator.selector, datasetId, stranger);
        I.OfferParams memory newOffer = offerParams(PRICE);
        I.VersionParams memory newVersion = versionParams();
        vm.startPrank(stranger);
        vm.expectRevert(reason);
        datasets.addSource(datasetId, address(token));
        vm.expectRevert(reason);
        datasets.createOffer(datasetId, newOffer);
        vm.expectRevert(reason);
        datasets.setOfferActive(datasetId, offer, false);
        vm.expectRevert(reason);
        datasets.publishVersion(datasetId, newVersion);
    }

    function test_RevertWhen_DatasetIsUnknown() public {
        bytes memory reason = abi.encodeWithSelector(I.DatasetRegistryUnknownDataset.selector, bytes32("none"));
        I.OfferParams memory newOffer = offerParams(PRICE);
        vm.expectRevert(reason);
        datasets.createOffer("none", newOffer);
        vm.expectRevert(reason);
        datasets.getDataset("none");
        vm.expectRevert(abi.encodeWithSelector(I.DatasetRegistryUnknownOffer.selector, bytes32("none"), 0));
        datasets.saleOf("none", 0, 1);
        assertEq(datasets.curatorOf("none"), address(0), "curatorOf");
        assertEq(datasets.sourcesOf("none").length, 0, "sourcesOf");
        assertEq(datasets.latestVersion("none"), 0, "latestVersion");
        assertFalse(datasets.isOpen("none", 1), "isOpen");
    }

    function test_CreateOffer_NumbersFromZero() public {
        I.OfferParams memory params = offerParams(PRICE);
        params.purposes = TRAIN | EVALUATE;
        vm.prank(curator);
        uint32 next = datasets.createOffer(datasetId, params);
        assertEq(offer, 0, "first");
        assertEq(next, 1, "second");
        I.Offer memory stored = datasets.getOffer(datasetId, next);
        assertEq(stored.price, PRICE, "price");
        assertEq(stored.purposes, TRAIN | EVALUATE, "purposes");
        assertTrue(stored.active, "active");
    }

    function test_RevertWhen_OfferContainsLabelOrForeignPurposes() public {
        I.OfferParams memory params = offerParams(PRICE);
        vm.startPrank(curator);
        params.purposes = TRAIN | LABEL;
        vm.expectRevert(
            abi.encodeWithSelector(I.DatasetRegistryBadPurposes.selector, TRAIN | LABEL, TRAIN | EVALUATE)
        );
        datasets.createOffer(datasetId, params);
        params.purposes = 8;
        vm.expectRevert(abi.encodeWithSelector(I.DatasetRegistryBadPurposes.selector, 8, TRAIN | EVALUATE));
        datasets.createOffer(datasetId, params);
        params.purposes = 0;
        vm.expectRevert(abi.encodeWithSelector(I.DatasetRegistryBadPurposes.selector, 0, TRAIN | EVALUATE));
        datasets.createOffer(datasetId, params);
    }

    function test_RevertWhen_OfferLastsNoTimeOrHasTooManySeats() public {
        I.OfferParams memory params = offerParams(PRICE);
        vm.startPrank(curator);
        params.duration = 0;
        vm.expectRevert(abi.encodeWithSelector(I.DatasetRegistryZeroDuration.selector));
        datasets.createOffer(datasetId, params);
        params.duration = 1;
        params.seats = 257;
        vm.expectRevert(abi.encodeWithSelector(I.DatasetRegistryTooManySeats.selector, 257));
        datasets.createOffer(datasetId, params);
    }

    function testFuzz_OfferPriceHoldsTheFloor(uint128 price, uint32 duration) public {
        duration = uint32(between(duration, 1, type(uint32).max));
        price = uint128(between(price, 0, 1e12));
        I.OfferParams memory params = offerParams(price);
        params.duration = duration;
        uint256 least = (uint256(10e6) * duration + 30 days - 1) / 30 days;
        if (price < least) {
            vm.expectRevert(abi.encodeWithSelector(I.DatasetRegistryBelowFloor.selector, price, least));
        }
        vm.prank(curator);
        datasets.createOffer(datasetId, params);
    }

    function test_SetOfferActive_StopsSales() public {
        vm.prank(curator);
        datasets.setOfferActive(datasetId, offer, false);
        vm.expectRevert(abi.encodeWithSelector(I.DatasetRegistryOfferInactive.selector, datasetId, offer));
        datasets.saleOf(datasetId, offer, version);
        vm.prank(curator);
        datasets.setOfferActive(datasetId, offer, true);
        assertEq(datasets.saleOf(datasetId, offer, version).price, PRICE, "price");
    }

    function test_RevertWhen_OfferIsUnknown() public {
        bytes memory reason = abi.encodeWithSelector(I.DatasetRegistryUnknownOffer.selector, datasetId, 9);
        vm.expectRevert(reason);
        datasets.getOffer(datasetId, 9);
        vm.expectRevert(reason);
        datasets.saleOf(datasetId, 9, version);
        vm.expectRevert(reason);
        vm.prank(curator);
        datasets.setOfferActive(datasetId, 9, true);
    }

    function test_PublishVersion_OpensAfterTheWindow() public {
        I.VersionParams memory params = versionParams();
        params.parent = 1;
        vm.prank(curator);
        uint32 second = datasets.publishVersion(datasetId, params);
        assertEq(second, 2, "number");
        assertEq(datasets.latestVersion(datasetId), 2, "latest");
        I.Version memory stored = datasets.getVersion(datasetId, second);
        assertEq(stored.opensAt, uint40(block.timestamp) + REVIEW_WINDOW, "opensAt");
        assertEq(stored.parent, 1, "parent");
        assertEq(stored.publishedBlock, block.number, "block");
        assertEq(datasets.rootOf(datasetId, second, true), params.contributorRoot, "contributor root");
        assertEq(datasets.rootOf(datasetId, second, false), params.otherRoot, "other root");
        assertFalse(datasets.isOpen(datasetId, second), "closed in the window");
        vm.expectRevert(
            abi.encodeWithSelector(
                I.DatasetRegistryVersionNotOpen.selector,
                datasetId,
                second,
                stored.opensAt,
                false
            )
        );
        datasets.saleOf(datasetId, offer, second);
        vm.warp(stored.opensAt);
        assertTrue(datasets.isOpen(datasetId, second), "open after it");
    }

    function test_RevertWhen_ATreeThatMustBePaidIsEmpty() public {
        I.VersionParams memory params = versionParams();
        params.otherRoot = 0;
        vm.startPrank(curator);
        vm.expectRevert(
            abi.encodeWithSelector(I.DatasetRegistryEmptyTree.selector, params.contributorRoot, 0)
        );
        datasets.publishVersion(datasetId, params);
        params = versionParams();
        params.contributorRoot = 0;
        vm.expectRevert(abi.encodeWithSelector(I.DatasetRegistryEmptyTree.selector, 0, params.otherRoot));
        datasets.publishVersion(datasetId, params);
    }

    function test_PublishVersion_AllowsNoOthersWhenContributorsGetEverything() public {
        I.DatasetParams memory rules = datasetParams();
        rules.contributorsBps = 10_000;
        I.VersionParams memory params = versionParams();
        params.otherRoot = 0;
        vm.startPrank(curator);
        bytes32 id = datasets.createDataset(rules, "all");
        assertEq(datasets.publishVersion(id, params), 1, "number");
    }

    function test_RevertWhen_ParentIsNotEarlier() public {
        I.VersionParams memory params = versionParams();
        params.parent = 2;
        vm.expectRevert(abi.encodeWithSelector(I.DatasetRegistryBadParent.selector, 2, 1));
        vm.prank(curator);
        datasets.publishVersion(datasetId, params);
    }

    function test_RevertWhen_ManifestCidIsMissing() public {
        I.VersionParams memory params = versionParams();
        params.manifestCid = "";
        vm.expectRevert(abi.encodeWithSelector(I.DatasetRegistryEmptyCid.selector));
        vm.prank(curator);
        datasets.publishVersion(datasetId, params);
    }

    function test_RevertWhen_ThereAre1023VersionsAlready() public {
        I.VersionParams memory params = versionParams();
        vm.startPrank(curator);
        for (uint256 i = 1; i < 1023; ++i) datasets.publishVersion(datasetId, params);
        assertEq(datasets.latestVersion(datasetId), 1023, "latest");
        vm.expectRevert(abi.encodeWithSelector(I.DatasetRegistryTooManyVersions.selector, datasetId));
        datasets.publishVersion(datasetId, params);
    }

    function test_ObjectVersion_KeepsItClosedForEver() public {
        I.VersionParams memory params = versionParams();
        vm.prank(curator);
        uint32 second = datasets.publishVersion(datasetId, params);
        vm.prank(guardian);
        datasets.objectVersion(datasetId, second, 7);
        I.Version memory stored = datasets.getVersion(datasetId, second);
        assertTrue(stored.objected, "objected");
        assertEq(stored.objection, 7, "reason");
        vm.warp(uint256(stored.opensAt) + 365 days);
        assertFalse(datasets.isOpen(datasetId, second), "never opens");
        assertTrue(datasets.isOpen(datasetId, version), "nothing else changes");
        vm.expectRevert(
            abi.encodeWithSelector(I.DatasetRegistryVersionNotOpen.selector, datasetId, second, stored.opensAt, true)
        );
        datasets.saleOf(datasetId, offer, second);
        vm.expectRevert(abi.encodeWithSelector(I.DatasetRegistryAlreadyObjected.selector, datasetId, second));
        vm.prank(guardian);
        datasets.objectVersion(datasetId, second, 7);
    }

    function test_RevertWhen_ObjectionComesTooLateOrFromAnyoneElse() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                I.DatasetRegistryReviewOver.selector,
                datasetId,
                version,
                uint40(START + REVIEW_WINDOW)
            )
        );
        vm.prank(guardian);
        datasets.objectVersion(datasetId, version, 1);
        vm.expectRevert(abi.encodeWithSelector(I.DatasetRegistryNotGuardian.selector, curator));
        vm.prank(curator);
        datasets.objectVersion(datasetId, version, 1);
    }

    function test_RevertWhen_VersionIsUnknown() public {
        bytes memory reason = abi.encodeWithSelector(I.DatasetRegistryUnknownVersion.selector, datasetId, 5);
        vm.expectRevert(reason);
        datasets.getVersion(datasetId, 5);
        vm.expectRevert(reason);
        datasets.saleOf(datasetId, offer, 5);
        vm.expectRevert(reason);
        vm.prank(guardian);
        datasets.objectVersion(datasetId, 5, 1);
        assertEq(datasets.rootOf(datasetId, 5, true), 0, "rootOf");
    }
}
