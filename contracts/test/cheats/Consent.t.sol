// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConsentRegistry as I} from "../../src/interfaces/IConsentRegistry.sol";
import {ProtocolFixture} from "../support/ProtocolFixture.sol";

/// @notice Cheats against what a contributor took back.
contract ConsentCheatsTest is ProtocolFixture {
    bytes32 private constant REVOCATION =
        keccak256("GrantRevocation(address contributorRef,bytes32 datasetId,uint32 grantNonce,uint40 deadline)");

    function test_NewGrant_DoesNotReviveOldOnes() public {
        uint40 deadline = uint40(block.timestamp) + 1 hours;
        I.GrantRevocation memory revocation = I.GrantRevocation(alice, datasetId, 0, deadline);
        bytes memory signature = sign(
            aliceKey,
            consents.domainSeparator(),
            keccak256(abi.encode(REVOCATION, revocation))
        );
        vm.prank(stranger);
        consents.revokeGrantsBySig(revocation, signature);
        (, uint32 newGrant) = consents.noncesOf(alice, datasetId);
        assertEq(newGrant, 1, "grants of nonce 0 are over");

        vm.prank(alice);
        consents.withdraw(datasetId);
        (uint32 newConsent, uint32 afterwards) = consents.noncesOf(alice, datasetId);
        assertEq(afterwards, newGrant, "a new consent keeps the grants' nonce");
        vm.expectRevert(abi.encodeWithSelector(I.ConsentRegistryStaleNonce.selector, 0, 1));
        consents.revokeGrantsBySig(revocation, signature);

        buy();
        assertFalse(policy.canDecrypt(licensee, datasetId, 1, alice, 0, TRAIN, CONSENT_END, 2), "old consent");
        assertTrue(
            policy.canDecrypt(licensee, datasetId, 1, alice, newConsent, TRAIN, CONSENT_END, 2),
            "new consent"
        );
    }
}
