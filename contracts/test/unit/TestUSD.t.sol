// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ITestUSD} from "../../src/interfaces/ITestUSD.sol";
import {ProtocolFixture} from "../support/ProtocolFixture.sol";

contract TestUSDTest is ProtocolFixture {
    bytes32 private constant TRANSFER =
        keccak256(
            "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
        );
    bytes32 private constant RECEIVE =
        keccak256(
            "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
        );

    function test_HasSixDecimals() public view {
        assertEq(token.decimals(), 6, "decimals");
    }

    function test_SupplyIsTheSumAndStaysBelowTheFlag() public {
        uint256 before = token.totalSupply();
        token.mint(alice, 7);
        assertEq(token.totalSupply(), before + 7, "supply");
        uint256 tooMuch = (uint256(1) << 255) - before - 7;
        vm.expectRevert(abi.encodeWithSelector(ITestUSD.TestUSDSupplyExceeded.selector, tooMuch));
        token.mint(alice, tooMuch);
    }

    function test_RevertWhen_TheBalanceIsTooSmall() public {
        token.mint(alice, 7);
        bytes4 insufficient = bytes4(keccak256("ERC20InsufficientBalance(address,uint256,uint256)"));
        vm.expectRevert(abi.encodeWithSelector(insufficient, alice, 7, 8));
        vm.prank(alice);
        token.transfer(bob, 8);
    }

    function test_RevertWhen_SenderOrReceiverIsBlacklisted() public {
        token.mint(alice, 2);
        token.setBlacklisted(bob, true);
        bytes memory reason = abi.encodeWithSelector(ITestUSD.TestUSDBlacklisted.selector, bob);
        vm.expectRevert(reason);
        vm.prank(alice);
        token.transfer(bob, 1);
        vm.expectRevert(reason);
        vm.prank(bob);
        token.transfer(alice, 0);
        token.setBlacklisted(bob, false);
        vm.prank(alice);
        token.transfer(bob, 1);
    }

    function test_TransferWithAuthorization_TakesABytesSignature() public {
        token.mint(alice, 5);
        bytes memory signature = _authorize(TRANSFER, bob);
        token.transferWithAuthorization(alice, bob, 5, 0, block.timestamp + 1, "nonce", signature);
        assertEq(token.balanceOf(bob), 5, "received");
        assertTrue(token.authorizationState(alice, "nonce"), "used");
    }

    function test_RevertWhen_AuthorizationIsForgedOrNotTheReceivers() public {
        token.mint(alice, 5);
        bytes memory signature = _authorize(TRANSFER, carol);
        vm.expectRevert(abi.encodeWithSelector(bytes4(keccak256("ERC3009InvalidSignature()"))));
        token.transferWithAuthorization(alice, bob, 5, 0, block.timestamp + 1, "nonce", signature);
        signature = _authorize(RECEIVE, bob);
        vm.expectRevert(abi.encodeWithSelector(bytes4(keccak256("ERC20InvalidReceiver(address)")), bob));
        vm.prank(carol);
        token.receiveWithAuthorization(alice, bob, 5, 0, block.timestamp + 1, "nonce", signature);
    }

    function _authorize(bytes32 typeHash, address to) private view returns (bytes memory) {
        bytes32 structHash = keccak256(
            abi.encode(typeHash, alice, to, uint256(5), uint256(0), block.timestamp + 1, bytes32("nonce"))
        );
        return sign(aliceKey, token.DOMAIN_SEPARATOR(), structHash);
    }
}
