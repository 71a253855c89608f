// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {LicenseVault} from "../../src/LicenseVault.sol";
import {IDatasetRegistry} from "../../src/interfaces/IDatasetRegistry.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {IGuarded} from "../../src/interfaces/IGuarded.sol";
import {IGuardianPause} from "../../src/interfaces/IGuardianPause.sol";
import {ILicenseVault as I} from "../../src/interfaces/ILicenseVault.sol";
import {CapTables} from "../support/CapTables.sol";
import {ProtocolFixture} from "../support/ProtocolFixture.sol";
import {MockContractAccount} from "../mocks/MockAccounts.sol";
import {HookToken} from "../mocks/HookToken.sol";

contract LicenseVaultTest is ProtocolFixture {
    bytes32 private constant SEAT =
        keccak256("SeatAcceptance(address licensee,bytes32 datasetId,address user,uint40 deadline)");
    bytes32 private constant PERMIT =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    bytes32 private constant RECEIVE =
        keccak256(
            "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
        );

    event LicensePurchased(
        bytes32 indexed licenseId,
        address indexed licensee,
        bytes32 indexed datasetId,
        uint32 offerIndex,
        uint8 slot,
        uint32 version,
        uint128 price,
        uint40 expiry
    );

    function test_Purchase_WritesTheLicenseAndEmits() public {
        uint40 expiry = uint40(block.timestamp) + 30 days;
        bytes32 offerId = keccak256(abi.encode(keccak256("allod.offer.v1"), datasetId, offer));
        bytes32 licenseId = keccak256(abi.encode(keccak256("allod.license.v1"), licensee, offerId));
        vm.expectEmit(true, true, true, true, address(vault));
        emit LicensePurchased(licenseId, licensee, datasetId, offer, 0, version, PRICE, expiry);
        buy();
        (uint32 offerIndex, uint40 end, uint32 maxVersion, uint16 purposes, uint16 seats) = vault.getLicense(
            licensee,
            datasetId,
            0
        );
        assertEq(offerIndex, offer, "offer");
        assertEq(end, expiry, "expiry");
        assertEq(maxVersion, version, "version");
        assertEq(purposes, TRAIN, "purposes");
        assertEq(seats, 2, "seats");
        assertEq(token.balanceOf(address(vault)), PRICE, "paid");
        assertEq(vault.licenseIdOf(licensee, datasetId, offer), licenseId, "id");
    }

    function test_Purchase_RenewsTheSameOffer() public {
        buy();
        uint40 first = uint40(block.timestamp) + 30 days;
        vm.warp(block.timestamp + 10 days);
        buy();
        (, uint40 end, , , ) = vault.getLicense(licensee, datasetId, 0);
        assertEq(end, first + 30 days, "appended");
        vm.warp(uint256(end) + 1 days);
        buy();
        (, end, , , ) = vault.getLicense(licensee, datasetId, 0);
        assertEq(end, uint40(block.timestamp) + 30 days, "starts anew after the end");
    }

    function test_Purchase_PaysExactlyTheSharesOfEveryPurchase() public {
        buy();
        assertEq(claimOne(contributorClaim(0)), 35e6, "alice: 70 % of 500/1000");
        assertEq(claimOne(contributorClaim(1)), 21e6, "bob: 70 % of 300/1000");
        assertEq(claimOne(contributorClaim(2)), 14e6, "carol: 70 % of 200/1000");
        assertEq(claimOne(otherClaim(0)), 18e6, "labeler: 30 % of 60/100");
        assertEq(claimOne(otherClaim(1)), 12e6, "curator: 30 % of 40/100");
        assertEq(token.balanceOf(alice), 35e6, "received");
        assertEq(token.balanceOf(address(vault)), 0, "nothing is left");
    }

    function test_RevertWhen_SlotIsTakenByAnotherOfferOrOutOfRange() public {
        buy();
        IDatasetRegistry.OfferParams memory params = offerParams(PRICE);
        vm.prank(curator);
        uint32 second = datasets.createOffer(datasetId, params);
        I.Purchase memory wanted = terms();
        wanted.offerIndex = second;
        vm.startPrank(licensee);
        vm.expectRevert(
            abi.encodeWithSelector(
                I.LicenseVaultSlotTaken.selector,
                0,
                offer,
                uint40(block.timestamp) + 30 days
            )
        );
        vault.purchase(wanted);
        wanted.slot = 7;
        vault.purchase(wanted);
        wanted.slot = 8;
        vm.expectRevert(abi.encodeWithSelector(I.LicenseVaultBadSlot.selector, 8));
        vault.purchase(wanted);
        vm.warp(block.timestamp + 30 days);
        wanted.slot = 0;
        vault.purchase(wanted);
        (uint32 offerIndex, , , , ) = vault.getLicense(licensee, datasetId, 0);
        assertEq(offerIndex, second, "an expired slot is free");
    }

    function test_RevertWhen_RenewalNamesAnOlderVersion() public {
        IDatasetRegistry.VersionParams memory params = versionParams();
        vm.prank(curator);
        datasets.publishVersion(datasetId, params);
        vm.warp(block.timestamp + REVIEW_WINDOW);
        I.Purchase memory wanted = terms();
        wanted.version = 2;
        vm.startPrank(licensee);
        vault.purchase(wanted);
        wanted.version = 1;
        vm.expectRevert(abi.encodeWithSelector(I.LicenseVaultOlderVersion.selector, 1, 2));
        vault.purchase(wanted);
        vm.warp(block.timestamp + 30 days);
        vault.purchase(wanted);
    }

    function test_RevertWhen_PriceIsAboveTheMaximum() public {
        I.Purchase memory wanted = terms();
        wanted.maxPrice = PRICE - 1;
        vm.expectRevert(abi.encodeWithSelector(I.LicenseVaultPriceTooHigh.selector, PRICE, PRICE - 1));
        vm.prank(licensee);
        vault.purchase(wanted);
    }

    function test_RevertWhen_DatasetUsesAnotherToken() public {
        IDatasetRegistry.DatasetParams memory rules = datasetParams();
        HookToken other = new HookToken();
        rules.token = address(other);
        I.Purchase memory wanted = terms();
        wanted.datasetId = _newDataset(rules, "other token");
        vm.expectRevert(abi.encodeWithSelector(I.LicenseVaultWrongToken.selector, address(other)));
        vm.prank(licensee);
        vault.purchase(wanted);
    }

    function test_RevertWhen_VersionIsNotOpen() public {
        IDatasetRegistry.VersionParams memory params = versionParams();
        vm.prank(curator);
        datasets.publishVersion(datasetId, params);
        I.Purchase memory wanted = terms();
        wanted.version = 2;
        vm.expectRevert(
            abi.encodeWithSelector(
                IDatasetRegistry.DatasetRegistryVersionNotOpen.selector,
                datasetId,
                2,
                uint40(block.timestamp) + REVIEW_WINDOW,
                false
            )
        );
        vm.prank(licensee);
        vault.purchase(wanted);
    }

    function test_RevertWhen_TheCapOnDepositsIsReached() public {
        LicenseVault small = new LicenseVault(
            address(token),
            address(datasets),
            address(consents),
            guardian,
            PRICE,
            address(manager)
        );
        vm.startPrank(licensee);
        token.approve(address(small), type(uint256).max);
        small.purchase(terms());
        vm.expectRevert(
            abi.encodeWithSelector(I.LicenseVaultDepositCapExceeded.selector, 2 * uint256(PRICE), PRICE)
        );
        small.purchase(terms());
    }

    function test_RaiseDepositCap_AfterTheDelayAtMostTenfoldNeverDown() public {
        bytes memory raise = abi.encodeCall(vault.raiseDepositCap, (DEPOSIT_CAP * 10));
        vm.startPrank(parameterOwner);
        (bytes32 operation, ) = manager.schedule(address(vault), raise, 0);
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotReady.selector, operation));
        manager.execute(address(vault), raise);
        vm.warp(block.timestamp + PARAMETER_DELAY);
        manager.execute(address(vault), raise);
        assertEq(vault.depositCap(), DEPOSIT_CAP * 10, "raised");
        _expectBadCap(DEPOSIT_CAP * 10);
        _expectBadCap(DEPOSIT_CAP);
        _expectBadCap(DEPOSIT_CAP * 110);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, guardian));
        vm.prank(guardian);
        vault.raiseDepositCap(DEPOSIT_CAP * 20);
    }

    function test_SetGuardian_AfterTheDelay() public {
        bytes memory change = abi.encodeCall(vault.setGuardian, (stranger));
        vm.startPrank(parameterOwner);
        manager.schedule(address(vault), change, 0);
        vm.warp(block.timestamp + PARAMETER_DELAY);
        manager.execute(address(vault), change);
        change = abi.encodeCall(vault.setGuardian, (address(0)));
        manager.schedule(address(vault), change, 0);
        vm.warp(block.timestamp + PARAMETER_DELAY);
        vm.expectRevert(abi.encodeWithSelector(IGuarded.GuardedZeroGuardian.selector));
        manager.execute(address(vault), change);
        vm.stopPrank();
        vm.prank(stranger);
        vault.pause(1 days);
        vm.expectRevert(abi.encodeWithSelector(IGuardianPause.GuardianPauseNotGuardian.selector, guardian));
        vm.prank(guardian);
        vault.resume();
    }

    function test_RevertWhen_AnAccumulatorWouldOverflow() public {
        LicenseVault huge = new LicenseVault(
            address(token),
            address(datasets),
            address(consents),
            guardian,
            type(uint128).max,
            address(manager)
        );
        IDatasetRegistry.OfferParams memory params = offerParams(2 ** 70);
        vm.prank(curator);
        I.Purchase memory wanted = terms();
        wanted.offerIndex = datasets.createOffer(datasetId, params);
        wanted.maxPrice = type(uint128).max;
        uint256 sum = (((uint256(2 ** 70) * SHARE) / 10_000) << 48) / 1000;
        vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 104, sum));
        vm.prank(licensee);
        huge.purchase(wanted);
    }

    function test_PurchaseWithPermit_NeedsNoAllowance() public {
        _revokeAllowance();
        uint256 deadline = block.timestamp + 1 hours;
        (uint8 v, bytes32 r, bytes32 s) = _permit(PRICE, deadline);
        vm.prank(licensee);
        vault.purchaseWithPermit(terms(), deadline, v, r, s);
        assertEq(token.balanceOf(address(vault)), PRICE, "paid");
    }

    function test_PurchaseWithPermit_SurvivesAFrontRunPermit() public {
        _revokeAllowance();
        uint256 deadline = block.timestamp + 1 hours;
        (uint8 v, bytes32 r, bytes32 s) = _permit(PRICE, deadline);
        vm.prank(stranger);
        token.permit(licensee, address(vault), PRICE, deadline, v, r, s);
        vm.prank(licensee);
        vault.purchaseWithPermit(terms(), deadline, v, r, s);
        assertEq(token.balanceOf(address(vault)), PRICE, "paid");
    }

    function test_PurchaseWithAuthorization_IsRelayedOnce() public {
        _revokeAllowance();
        bytes memory signature = _authorize(licenseeKey, licensee, terms());
        vm.prank(stranger);
        vault.purchaseWithAuthorization(terms(), licensee, 0, block.timestamp + 1, "salt", signature);
        (, uint40 expiry, , , ) = vault.getLicense(licensee, datasetId, 0);
        assertEq(expiry, uint40(block.timestamp) + 30 days, "licensed");
        bytes32 nonce = vault.purchaseNonceOf(terms(), licensee, "salt");
        vm.expectRevert(
            abi.encodeWithSelector(bytes4(keccak256("ERC3009UsedAuthorization(address,bytes32)")), licensee, nonce)
        );
        vault.purchaseWithAuthorization(terms(), licensee, 0, block.timestamp + 1, "salt", signature);
    }

    function test_PurchaseWithAuthorization_TakesContractAccounts() public {
        address account = address(new MockContractAccount(licensee));
        token.mint(account, PRICE);
        bytes memory signature = _authorize(licenseeKey, account, terms());
        vault.purchaseWithAuthorization(terms(), account, 0, block.timestamp + 1, "salt", signature);
        assertTrue(vault.mayDecrypt(account, datasetId, 1, TRAIN), "licensed");
    }

    function testFuzz_PurchaseWithAuthorization_BindsEveryTerm(uint8 which) public {
        bytes memory signature = _authorize(licenseeKey, licensee, terms());
        I.Purchase memory changed = terms();
        uint256 field = which % 4;
        if (field == 0) changed.slot = 1;
        if (field == 1) changed.maxPrice = PRICE + 1;
        if (field == 2) changed.maxWithdrawnBps = 9999;
        bytes32 salt = field == 3 ? bytes32("other") : bytes32("salt");
        vm.expectRevert(abi.encodeWithSelector(bytes4(keccak256("ERC3009InvalidSignature()"))));
        vault.purchaseWithAuthorization(changed, licensee, 0, block.timestamp + 1, salt, signature);
    }

    function test_Claim_PaysThePayee() public {
        vm.prank(alice);
        consents.setPayee(stranger);
        buy();
        vm.prank(carol);
        claimOne(contributorClaim(0));
        assertEq(token.balanceOf(stranger), 35e6, "payee");
        assertEq(token.balanceOf(alice), 0, "account");
    }

    function test_Claim_NeedsNoProofOnceCached() public {
        buy();
        claimOne(contributorClaim(0));
        buy();
        I.Claim memory item = contributorClaim(0);
        item.proof = new uint256[](0);
        item.index = 99;
        assertEq(vault.dueOf(datasetId, version, item.leaf), 35e6, "due");
        assertEq(claimOne(item), 35e6, "paid");
        assertEq(claimOne(item), 0, "nothing more");
        (uint40 weight, uint88 paid, uint128 cap) = vault.leafStateOf(datasetId, version, item.leaf);
        assertEq(weight, 500, "weight");
        assertEq(paid, 70e6, "paid in total");
        assertEq(cap, 0, "not capped");
    }

    function test_Claim_SkipsAPayeeThatCannotReceive() public {
        buy();
        token.setBlacklisted(bob, true);
        I.Claim[] memory claims = new I.Claim[](3);
        for (uint256 i = 0; i < 3; ++i) claims[i] = contributorClaim(i);
        assertEq(vault.claim(claims), 49e6, "the others");
        assertEq(vault.dueOf(datasetId, version, claims[1].leaf), 21e6, "stays due");
        token.setBlacklisted(bob, false);
        assertEq(claimOne(claims[1]), 21e6, "later");
    }

    function test_Claim_SameLeafTwiceInOneCallPaysOnce() public {
        buy();
        I.Claim[] memory claims = new I.Claim[](2);
        claims[0] = contributorClaim(0);
        claims[1] = contributorClaim(0);
        assertEq(vault.claim(claims), 35e6, "once");
    }

    function test_RevertWhen_ProofIsWrong() public {
        buy();
        I.Claim memory item = contributorClaim(0);
        item.leaf.weight = 501;
        _expectBadProof(item);
        item = contributorClaim(0);
        item.leaf.account = stranger;
        _expectBadProof(item);
        item = contributorClaim(0);
        item.index = 1;
        _expectBadProof(item);
        item = contributorClaim(0);
        item.index = 4;
        _expectBadProof(item);
        item = contributorClaim(0);
        item.version = 2;
        _expectBadProof(item);
        item = otherClaim(0);
        item.leaf.role = 0;
        _expectBadProof(item);
        item = contributorClaim(0);
        item.proof = new uint256[](33);
        _expectBadProof(item);
    }

    function test_RevertWhen_RoleIsUnknown() public {
        I.Claim memory item = otherClaim(0);
        item.leaf.role = 4;
        vm.expectRevert(abi.encodeWithSelector(I.LicenseVaultBadRole.selector, 4));
        claimOne(item);
    }

    function test_CapLeaf_KeepsEarnedMoneyAndRaisesTheOthers() public {
        buy();
        vm.prank(alice);
        consents.withdraw(datasetId);
        _cap(0);
        (, , uint40 capped) = vault.accumulatorsOf(datasetId, version);
        assertEq(capped, 500, "capped weight");
        buy();
        assertEq(claimOne(contributorClaim(0)), 35e6, "alice: the first purchase only");
        assertEq(claimOne(contributorClaim(1)), 21e6 + 42e6, "bob: 300/1000, then 300/500");
        assertEq(claimOne(contributorClaim(2)), 14e6 + 28e6, "carol: 200/1000, then 200/500");
    }

    function test_CapLeaf_AfterValidUntil() public {
        IDatasetRegistry.VersionParams memory params = versionParams();
        vm.warp(CONSENT_END);
        _cap(1);
        params.parent = 1;
        (, , uint40 capped) = vault.accumulatorsOf(datasetId, version);
        assertEq(capped, 300, "capped weight");
    }

    function test_RevertWhen_LeafIsNotCappable() public {
        _expectNotCappable(contributorClaim(0));
        vm.prank(labeler);
        consents.withdraw(datasetId);
        _expectNotCappable(otherClaim(0));
        vm.prank(alice);
        consents.withdraw(datasetId);
        _cap(0);
        I.Claim memory item = contributorClaim(0);
        vm.expectRevert(
            abi.encodeWithSelector(I.LicenseVaultAlreadyCapped.selector, vault.hashLeaf(item.leaf))
        );
        vault.capLeaf(datasetId, version, item.leaf, item.index, item.proof);
    }

    function test_RevertWhen_CappingALeafThatIsNotInTheTree() public {
        vm.prank(stranger);
        consents.withdraw(datasetId);
        I.Claim memory item = contributorClaim(0);
        item.leaf.account = stranger;
        vm.expectRevert(
            abi.encodeWithSelector(I.LicenseVaultBadProof.selector, datasetId, version, vault.hashLeaf(item.leaf))
        );
        vault.capLeaf(datasetId, version, item.leaf, item.index, item.proof);
    }

    function test_RevertWhen_TooMuchIsWithdrawn() public {
        vm.prank(carol);
        consents.withdraw(datasetId);
        _cap(2);
        I.Purchase memory wanted = terms();
        wanted.maxWithdrawnBps = 1999;
        vm.startPrank(licensee);
        vm.expectRevert(abi.encodeWithSelector(I.LicenseVaultTooMuchWithdrawn.selector, 2000, 1999));
        vault.purchase(wanted);
        wanted.maxWithdrawnBps = 2000;
        vault.purchase(wanted);
    }

    function test_RevertWhen_NoContributorEarnsAnyMore() public {
        vm.warp(CONSENT_END);
        for (uint256 i = 0; i < 3; ++i) _cap(i);
        vm.expectRevert(
            abi.encodeWithSelector(I.LicenseVaultNoActiveContributors.selector, datasetId, version)
        );
        vm.prank(licensee);
        vault.purchase(terms());
    }

    function test_Seats_LetUsersDecryptAndEndWithTheLicense() public {
        buy();
        assertFalse(vault.mayDecrypt(seatUser, datasetId, 1, TRAIN), "before");
        _seat(seatKey);
        (address holder, uint16 seat) = vault.seatOf(datasetId, seatUser);
        assertEq(holder, licensee, "licensee");
        assertEq(seat, 1, "number");
        assertTrue(vault.mayDecrypt(seatUser, datasetId, 1, TRAIN), "with a seat");
        assertFalse(vault.mayDecrypt(seatUser, datasetId, 2, TRAIN), "no more than the license");
        vm.warp(block.timestamp + 30 days);
        assertFalse(vault.mayDecrypt(seatUser, datasetId, 1, TRAIN), "expired");
    }

    function test_Seats_AreLimitedAndReusable() public {
        buy();
        _seat(seatKey);
        _seat(aliceKey);
        bytes memory signature = _acceptance(curatorKey, uint40(block.timestamp) + 1 days);
        vm.expectRevert(abi.encodeWithSelector(I.LicenseVaultNoSeatLeft.selector, datasetId));
        vm.prank(licensee);
        vault.setSeat(datasetId, curator, uint40(block.timestamp) + 1 days, signature);

        vm.expectRevert(abi.encodeWithSelector(I.LicenseVaultNotSeatParty.selector, stranger));
        vm.prank(stranger);
        vault.clearSeat(datasetId, seatUser);
        vm.prank(seatUser);
        vault.clearSeat(datasetId, seatUser);
        vm.prank(licensee);
        vault.setSeat(datasetId, curator, uint40(block.timestamp) + 1 days, signature);
        (, uint16 seat) = vault.seatOf(datasetId, curator);
        assertEq(seat, 1, "the freed number");
        assertFalse(vault.mayDecrypt(seatUser, datasetId, 1, TRAIN), "cleared");
    }

    function test_RevertWhen_SeatAcceptanceIsReusedLateOrForged() public {
        buy();
        uint40 deadline = uint40(block.timestamp) + 1 days;
        bytes memory signature = _acceptance(seatKey, deadline);
        vm.startPrank(licensee);
        vault.setSeat(datasetId, seatUser, deadline, signature);
        vm.expectRevert(abi.encodeWithSelector(I.LicenseVaultSeatTaken.selector, seatUser, licensee));
        vault.setSeat(datasetId, seatUser, deadline, signature);
        vault.clearSeat(datasetId, seatUser);
        bytes32 digest = keccak256(
            abi.encodePacked(
                "\x19\x01",
                vault.domainSeparator(),
                keccak256(abi.encode(SEAT, licensee, datasetId, seatUser, deadline))
            )
        );
        vm.expectRevert(abi.encodeWithSelector(I.LicenseVaultAcceptanceUsed.selector, digest));
        vault.setSeat(datasetId, seatUser, deadline, signature);
        vm.expectRevert(abi.encodeWithSelector(I.LicenseVaultBadSignature.selector, alice));
        vault.setSeat(datasetId, alice, deadline, signature);
        vm.warp(uint256(deadline) + 1);
        vm.expectRevert(abi.encodeWithSelector(I.LicenseVaultExpired.selector, deadline));
        vault.setSeat(datasetId, alice, deadline, signature);
    }

    function test_MayDecrypt_OneLicenseMustSatisfyEverything() public {
        IDatasetRegistry.OfferParams memory evaluation = offerParams(PRICE);
        evaluation.purposes = EVALUATE;
        IDatasetRegistry.VersionParams memory next = versionParams();
        vm.startPrank(curator);
        uint32 second = datasets.createOffer(datasetId, evaluation);
        datasets.publishVersion(datasetId, next);
        vm.stopPrank();
        vm.warp(block.timestamp + REVIEW_WINDOW);
        buy();
        I.Purchase memory wanted = terms();
        wanted.offerIndex = second;
        wanted.slot = 1;
        wanted.version = 2;
        vm.prank(licensee);
        vault.purchase(wanted);
        assertTrue(vault.mayDecrypt(licensee, datasetId, 2, EVALUATE), "version 2 to evaluate");
        assertTrue(vault.mayDecrypt(licensee, datasetId, 1, TRAIN), "version 1 to train");
        assertFalse(vault.mayDecrypt(licensee, datasetId, 2, TRAIN), "version 2 to train");
        assertFalse(vault.mayLabel(licensee, datasetId, "pack"), "never to label");
    }

    function test_MayDecrypt_AnObjectedVersionOpensOnlyWithANewerOne() public {
        buy();
        IDatasetRegistry.VersionParams memory next = versionParams();
        vm.prank(curator);
        datasets.publishVersion(datasetId, next);
        vm.prank(guardian);
        datasets.objectVersion(datasetId, 2, 1);
        vm.prank(curator);
        datasets.publishVersion(datasetId, next);
        vm.warp(block.timestamp + REVIEW_WINDOW);

        I.Purchase memory wanted = terms();
        wanted.version = 2;
        uint40 opensAt = datasets.getVersion(datasetId, 2).opensAt;
        vm.expectRevert(
            abi.encodeWithSelector(
                IDatasetRegistry.DatasetRegistryVersionNotOpen.selector,
                datasetId,
                2,
                opensAt,
                true
            )
        );
        vm.prank(licensee);
        vault.purchase(wanted);
        assertTrue(vault.mayDecrypt(licensee, datasetId, 1, TRAIN), "the version bought");
        assertFalse(vault.mayDecrypt(licensee, datasetId, 2, TRAIN), "objected, nothing newer licensed");

        wanted.version = 3;
        vm.prank(licensee);
        vault.purchase(wanted);
        _seat(seatKey);
        assertTrue(vault.mayDecrypt(licensee, datasetId, 2, TRAIN), "objected, a newer one licensed");
        assertTrue(vault.mayDecrypt(seatUser, datasetId, 2, TRAIN), "with a seat");
        assertFalse(vault.mayDecrypt(licensee, datasetId, 2, EVALUATE), "other purposes");
        assertFalse(vault.mayDecrypt(licensee, datasetId, 4, TRAIN), "not yet published");
        assertFalse(vault.mayDecrypt(licensee, datasetId, 0, TRAIN), "no version");
        (, uint40 expiry, , , ) = vault.getLicense(licensee, datasetId, 0);
        vm.warp(expiry);
        assertFalse(vault.mayDecrypt(licensee, datasetId, 2, TRAIN), "expired");
    }

    function test_Pause_StopsPurchasesOnly() public {
        buy();
        vm.prank(guardian);
        vault.pause(30 days);
        uint40 end = uint40(block.timestamp) + 30 days;
        vm.expectRevert(abi.encodeWithSelector(IGuardianPause.GuardianPauseActive.selector, end));
        vm.prank(licensee);
        vault.purchase(terms());
        assertEq(claimOne(contributorClaim(0)), 35e6, "claims go on");
        assertTrue(vault.mayDecrypt(licensee, datasetId, 1, TRAIN), "licenses go on");
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(IGuardianPause.GuardianPauseTooSoon.selector, end + 30 days));
        vm.prank(guardian);
        vault.pause(1);
        vm.warp(uint256(end) + 30 days);
        vm.startPrank(guardian);
        vault.pause(1 days);
        vault.resume();
        vault.resume();
        vm.stopPrank();
        buy();
    }

    function test_RevertWhen_PauseIsTooLongOrFromAnyoneElse() public {
        vm.expectRevert(abi.encodeWithSelector(IGuardianPause.GuardianPauseNotGuardian.selector, curator));
        vm.prank(curator);
        vault.pause(1);
        vm.expectRevert(abi.encodeWithSelector(IGuardianPause.GuardianPauseNotGuardian.selector, curator));
        vm.prank(curator);
        vault.resume();
        vm.startPrank(guardian);
        vm.expectRevert(abi.encodeWithSelector(IGuardianPause.GuardianPauseTooLong.selector, 30 days + 1));
        vault.pause(30 days + 1);
        vm.expectRevert(abi.encodeWithSelector(IGuardianPause.GuardianPauseTooLong.selector, 0));
        vault.pause(0);
    }

    function test_RevertWhen_AConstructorArgumentHasNoCode() public {
        bytes memory reason = abi.encodeWithSelector(I.LicenseVaultNoCode.selector, stranger);
        vm.expectRevert(reason);
        new LicenseVault(stranger, address(datasets), address(consents), guardian, 1, address(manager));
        vm.expectRevert(reason);
        new LicenseVault(address(token), stranger, address(consents), guardian, 1, address(manager));
        vm.expectRevert(reason);
        new LicenseVault(address(token), address(datasets), stranger, guardian, 1, address(manager));
    }

    function test_RevertWhen_ATokenCallsBackIntoClaim() public {
        HookToken hooked = new HookToken();
        LicenseVault other = new LicenseVault(
            address(hooked),
            address(datasets),
            address(consents),
            guardian,
            DEPOSIT_CAP,
            address(manager)
        );
        IDatasetRegistry.DatasetParams memory rules = datasetParams();
        rules.token = address(hooked);
        I.Purchase memory wanted = terms();
        wanted.datasetId = _newDataset(rules, "hooked");
        hooked.mint(licensee, PRICE);
        vm.prank(licensee);
        hooked.approve(address(other), PRICE);
        I.Claim[] memory claims = new I.Claim[](1);
        claims[0] = contributorClaim(0);
        claims[0].datasetId = wanted.datasetId;
        hooked.setHook(address(other), abi.encodeCall(I.claim, (claims)));
        vm.expectRevert(
            abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
        );
        vm.prank(licensee);
        other.purchase(wanted);
    }

    function testFuzz_ClaimsNeverExceedDeposits(
        uint40[6] memory weights,
        uint128 price,
        uint16 share,
        uint8 capped
    ) public {
        price = uint128(between(price, 1, 1_000_000e6));
        IDatasetRegistry.DatasetParams memory rules = datasetParams();
        rules.contributorsBps = uint16(between(share, 1, 10_000));
        rules.floorPrice = 0;
        I.Leaf[] memory inner = new I.Leaf[](4);
        I.Leaf[] memory outer = new I.Leaf[](2);
        for (uint256 i = 0; i < 4; ++i) {
            inner[i] = I.Leaf(0, address(uint160(0x1000 + i)), uint40(between(weights[i], 1, 2 ** 38 - 1)), CONSENT_END, 0);
        }
        for (uint256 i = 0; i < 2; ++i) {
            outer[i] = I.Leaf(1, address(uint160(0x2000 + i)), uint40(between(weights[4 + i], 1, 2 ** 39 - 1)), 0, 0);
        }
        bytes32 id = _newDatasetWith(rules, price, inner, outer);
        I.Purchase memory wanted = terms();
        wanted.datasetId = id;
        wanted.maxPrice = price;
        token.mint(licensee, 2 * uint256(price));
        vm.prank(licensee);
        vault.purchase(wanted);
        vm.prank(inner[capped % 4].account);
        consents.withdraw(id);
        vault.capLeaf(id, 1, inner[capped % 4], capped % 4, CapTables.proof(inner, capped % 4));
        token.mint(address(this), DEPOSIT_CAP);
        if (2 * uint256(price) <= DEPOSIT_CAP) {
            vm.prank(licensee);
            vault.purchase(wanted);
        }
        uint256 deposited = token.balanceOf(address(vault));
        uint256 contributorsPaid = 0;
        uint256 othersPaid = 0;
        for (uint256 i = 0; i < 4; ++i) {
            contributorsPaid += claimOne(I.Claim(id, 1, inner[i], uint32(i), CapTables.proof(inner, i)));
        }
        for (uint256 i = 0; i < 2; ++i) {
            othersPaid += claimOne(I.Claim(id, 1, outer[i], uint32(i), CapTables.proof(outer, i)));
        }
        uint256 purchases = deposited / price;
        uint256 exact = purchases * ((uint256(price) * rules.contributorsBps) / 10_000);
        assertLe(contributorsPaid, exact, "contributors get at most their share");
        assertLe(exact, contributorsPaid + 6, "and all of it but dust");
        assertLe(othersPaid, deposited - exact, "others get at most the rest");
        assertEq(token.balanceOf(address(vault)), deposited - contributorsPaid - othersPaid, "nothing else leaves");
    }

    function _expectBadProof(I.Claim memory item) private {
        bytes32 hash = keccak256(
            abi.encodePacked(
                uint8(0),
                item.leaf.role,
                item.leaf.account,
                item.leaf.weight,
                item.leaf.validUntil,
                item.leaf.consentNonce
            )
        );
        vm.expectRevert(
            abi.encodeWithSelector(I.LicenseVaultBadProof.selector, item.datasetId, item.version, hash)
        );
        claimOne(item);
    }

    function _expectNotCappable(I.Claim memory item) private {
        bytes32 hash = vault.hashLeaf(item.leaf);
        vm.expectRevert(abi.encodeWithSelector(I.LicenseVaultNotCappable.selector, hash));
        vault.capLeaf(item.datasetId, item.version, item.leaf, item.index, item.proof);
    }

    function _cap(uint256 index) private {
        I.Claim memory item = contributorClaim(index);
        vault.capLeaf(datasetId, version, item.leaf, item.index, item.proof);
    }

    function _seat(uint256 key) private {
        uint40 deadline = uint40(block.timestamp) + 1 days;
        bytes memory signature = _acceptance(key, deadline);
        vm.prank(licensee);
        vault.setSeat(datasetId, vm.addr(key), deadline, signature);
    }

    function _acceptance(uint256 key, uint40 deadline) private view returns (bytes memory) {
        bytes32 structHash = keccak256(abi.encode(SEAT, licensee, datasetId, vm.addr(key), deadline));
        return sign(key, vault.domainSeparator(), structHash);
    }

    function _revokeAllowance() private {
        vm.prank(licensee);
        token.approve(address(vault), 0);
    }

    function _permit(uint256 value, uint256 deadline) private view returns (uint8, bytes32, bytes32) {
        bytes32 structHash = keccak256(
            abi.encode(PERMIT, licensee, address(vault), value, token.nonces(licensee), deadline)
        );
        return
            vm.sign(
                licenseeKey,
                keccak256(abi.encodePacked("\x19\x01", token.DOMAIN_SEPARATOR(), structHash))
            );
    }

    function _authorize(
        uint256 key,
        address payer,
        I.Purchase memory wanted
    ) private view returns (bytes memory) {
        bytes32 nonce = vault.purchaseNonceOf(wanted, payer, "salt");
        bytes32 structHash = keccak256(
            abi.encode(RECEIVE, payer, address(vault), uint256(PRICE), uint256(0), block.timestamp + 1, nonce)
        );
        return sign(key, token.DOMAIN_SEPARATOR(), structHash);
    }

    function _newDataset(IDatasetRegistry.DatasetParams memory rules, bytes32 salt) private returns (bytes32 id) {
        IDatasetRegistry.OfferParams memory params = offerParams(PRICE);
        IDatasetRegistry.VersionParams memory first = versionParams();
        vm.startPrank(curator);
        id = datasets.createDataset(rules, salt);
        datasets.createOffer(id, params);
        datasets.publishVersion(id, first);
        vm.stopPrank();
        vm.warp(block.timestamp + REVIEW_WINDOW);
    }

    function _newDatasetWith(
        IDatasetRegistry.DatasetParams memory rules,
        uint128 price,
        I.Leaf[] memory inner,
        I.Leaf[] memory outer
    ) private returns (bytes32 id) {
        vm.startPrank(curator);
        id = datasets.createDataset(rules, "fuzzed");
        datasets.createOffer(id, offerParams(price));
        datasets.publishVersion(
            id,
            IDatasetRegistry.VersionParams("bafkmanifest", CapTables.root(inner), CapTables.root(outer), 0)
        );
        vm.stopPrank();
        vm.warp(block.timestamp + REVIEW_WINDOW);
    }

    function _expectBadCap(uint128 cap) private {
        bytes memory raise = abi.encodeCall(vault.raiseDepositCap, (cap));
        manager.schedule(address(vault), raise, 0);
        vm.warp(block.timestamp + PARAMETER_DELAY);
        vm.expectRevert(
            abi.encodeWithSelector(IGuardianPause.GuardianPauseBadDepositCap.selector, cap, vault.depositCap())
        );
        manager.execute(address(vault), raise);
    }
}
