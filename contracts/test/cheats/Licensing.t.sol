// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDatasetRegistry} from "../../src/interfaces/IDatasetRegistry.sol";
import {ILicenseVault as I} from "../../src/interfaces/ILicenseVault.sol";
import {CapTables} from "../support/CapTables.sol";
import {ProtocolFixture} from "../support/ProtocolFixture.sol";

/// @notice Cheats against the money of contributors and buyers.
contract LicensingCheatsTest is ProtocolFixture {
    bytes32 private constant RECEIVE =
        keccak256(
            "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
        );

    function test_ZeroPriceSelfLicense_NeitherDrainsNorDilutes() public {
        buy();
        IDatasetRegistry.OfferParams memory gift = offerParams(0);
        vm.startPrank(curator);
        vm.expectRevert(abi.encodeWithSelector(IDatasetRegistry.DatasetRegistryBelowFloor.selector, 0, 10e6));
        datasets.createOffer(datasetId, gift);

        IDatasetRegistry.DatasetParams memory rules = datasetParams();
        rules.floorPrice = 0;
        I.Purchase memory wanted = terms();
        wanted.datasetId = datasets.createDataset(rules, "floorless");
        wanted.offerIndex = datasets.createOffer(wanted.datasetId, gift);
        I.Leaf[] memory all = _onlyCurator();
        datasets.publishVersion(
            wanted.datasetId,
            IDatasetRegistry.VersionParams("bafkmanifest", CapTables.root(all), CapTables.root(otherLeaves()), 0)
        );
        vm.warp(block.timestamp + REVIEW_WINDOW);
        for (uint8 slot = 0; slot < 8; ++slot) {
            wanted.slot = slot;
            vault.purchase(wanted);
        }
        vm.stopPrank();

        assertEq(claimOne(I.Claim(wanted.datasetId, 1, all[0], 0, CapTables.proof(all, 0))), 0, "nothing to take");
        assertEq(vault.dueOf(datasetId, version, contributorLeaves()[0]), 35e6, "the other dataset's due");
        assertFalse(vault.mayDecrypt(curator, datasetId, 1, TRAIN), "no license of the other dataset");
        assertEq(token.balanceOf(address(vault)), PRICE, "what was paid is there");
    }

    function test_RogueVersion_TakesNothingOfEarlierOnesAndIsNotSoldWhenObjected() public {
        buy();
        I.Leaf[] memory all = _onlyCurator();
        IDatasetRegistry.VersionParams memory rogue = versionParams();
        rogue.contributorRoot = CapTables.root(all);
        vm.prank(curator);
        uint32 number = datasets.publishVersion(datasetId, rogue);
        uint40 opensAt = datasets.getVersion(datasetId, number).opensAt;
        I.Purchase memory wanted = terms();
        wanted.version = number;
        _expectNotOpen(wanted, opensAt, false);
        vm.prank(guardian);
        datasets.objectVersion(datasetId, number, 1);
        vm.warp(opensAt);
        _expectNotOpen(wanted, opensAt, true);

        I.Claim memory item = I.Claim(datasetId, number, all[0], 0, CapTables.proof(all, 0));
        assertEq(claimOne(item), 0, "nothing was sold");
        item.version = version;
        vm.expectRevert(
            abi.encodeWithSelector(I.LicenseVaultBadProof.selector, datasetId, version, CapTables.hash(all[0]))
        );
        claimOne(item);
        buy();
        assertEq(claimOne(contributorClaim(0)), 70e6, "alice: both purchases");
    }

    function test_RogueVersion_ThatNobodyObjectsToEarnsOnlyItsOwnSales() public {
        buy();
        I.Leaf[] memory all = _onlyCurator();
        IDatasetRegistry.VersionParams memory rogue = versionParams();
        rogue.contributorRoot = CapTables.root(all);
        vm.prank(curator);
        uint32 number = datasets.publishVersion(datasetId, rogue);
        vm.warp(block.timestamp + REVIEW_WINDOW);
        I.Purchase memory wanted = terms();
        wanted.version = number;
        wanted.slot = 1;
        vm.prank(licensee);
        vault.purchase(wanted);
        assertEq(
            claimOne(I.Claim(datasetId, number, all[0], 0, CapTables.proof(all, 0))),
            70e6,
            "its own sale, which the buyer chose"
        );
        assertEq(claimOne(contributorClaim(0)), 35e6, "alice");
        assertEq(claimOne(contributorClaim(1)), 21e6, "bob");
        assertEq(claimOne(contributorClaim(2)), 14e6, "carol");
    }

    function test_FrontRunAuthorization_BuysOnlyWhatWasSigned() public {
        IDatasetRegistry.OfferParams memory worse = offerParams(PRICE);
        worse.seats = 0;
        vm.prank(curator);
        uint32 other = datasets.createOffer(datasetId, worse);
        uint256 end = block.timestamp + 1;
        bytes32 nonce = vault.purchaseNonceOf(terms(), licensee, "salt");
        bytes memory signature = sign(
            licenseeKey,
            token.DOMAIN_SEPARATOR(),
            keccak256(abi.encode(RECEIVE, licensee, address(vault), uint256(PRICE), uint256(0), end, nonce))
        );

        vm.startPrank(stranger);
        vm.expectRevert(abi.encodeWithSelector(bytes4(keccak256("ERC20InvalidReceiver(address)")), address(vault)));
        token.receiveWithAuthorization(licensee, address(vault), PRICE, 0, end, nonce, signature);
        bytes memory invalid = abi.encodeWithSelector(bytes4(keccak256("ERC3009InvalidSignature()")));
        vm.expectRevert(invalid);
        token.transferWithAuthorization(licensee, address(vault), PRICE, 0, end, nonce, signature);
        I.Purchase memory changed = terms();
        changed.offerIndex = other;
        vm.expectRevert(invalid);
        vault.purchaseWithAuthorization(changed, licensee, 0, end, "salt", signature);
        vm.expectRevert(invalid);
        vault.purchaseWithAuthorization(terms(), stranger, 0, end, "salt", signature);
        vault.purchaseWithAuthorization(terms(), licensee, 0, end, "salt", signature);
        assertTrue(vault.mayDecrypt(licensee, datasetId, version, TRAIN), "the signer's license");
        assertFalse(vault.mayDecrypt(stranger, datasetId, version, TRAIN), "not the sender's");
    }

    function test_StandingAllowance_IsNotSpentByAStranger() public {
        uint256 vaultAllowance = token.allowance(licensee, address(vault));
        uint256 before = token.balanceOf(licensee);
        bytes memory poor = abi.encodeWithSelector(
            bytes4(keccak256("ERC20InsufficientAllowance(address,uint256,uint256)")),
            address(vault),
            0,
            PRICE
        );
        vm.startPrank(stranger);
        vm.expectRevert(poor);
        vault.purchase(terms());
        vm.expectRevert(poor);
        vault.purchaseWithPermit(terms(), block.timestamp, 27, "r", "s");
        vm.expectRevert(abi.encodeWithSelector(bytes4(keccak256("ERC3009InvalidSignature()"))));
        vault.purchaseWithAuthorization(terms(), licensee, 0, block.timestamp + 1, "salt", new bytes(65));
        vm.stopPrank();
        assertEq(token.balanceOf(licensee), before, "balance");
        assertEq(token.allowance(licensee, address(vault)), vaultAllowance, "allowance");
    }

    function _onlyCurator() private view returns (I.Leaf[] memory leaves) {
        leaves = new I.Leaf[](1);
        leaves[0] = I.Leaf(0, curator, 1000, CONSENT_END, 0);
    }

    function _expectNotOpen(I.Purchase memory wanted, uint40 opensAt, bool objected) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                IDatasetRegistry.DatasetRegistryVersionNotOpen.selector,
                datasetId,
                wanted.version,
                opensAt,
                objected
            )
        );
        vm.prank(licensee);
        vault.purchase(wanted);
    }
}
