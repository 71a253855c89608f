// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import {ITestUSD} from "./interfaces/ITestUSD.sol";
import {Signatures} from "./libraries/Signatures.sol";

/// @title Test USD
/// @dev As in USDC 2.2, each EIP-3009 call exists with (v, r, s) and with a bytes signature for ERC-1271 accounts, and
/// the top bit of an account's balance word says whether it is on the blacklist.
contract TestUSD is ERC20Permit, ERC3009, ITestUSD {
    uint256 private constant _BLACKLISTED = 1 << 255;

    mapping(address account => uint256 word) private _balanceWords;
    uint256 private _supply;

    constructor() ERC20("Test USD", "tUSD") ERC20Permit("Test USD") {}

    /// @inheritdoc ITestUSD
    function mint(address to, uint256 amount) external override {
        _mint(to, amount);
    }

    /// @inheritdoc ITestUSD
    function setBlacklisted(address account, bool blacklisted) external override {
        uint256 word = _balanceWords[account];
        _balanceWords[account] = blacklisted ? word | _BLACKLISTED : word & ~_BLACKLISTED;
        emit BlacklistChanged(account, blacklisted);
    }

    /// @notice `transferWithAuthorization` with a bytes signature.
    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external {
        _checkAuthorization(
            TRANSFER_WITH_AUTHORIZATION_TYPEHASH,
            from,
            to,
            value,
            validAfter,
            validBefore,
            nonce,
            signature
        );
        _transferWithAuthorization(from, to, value, validAfter, validBefore, nonce);
    }

    /// @notice `receiveWithAuthorization` with a bytes signature.
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external {
        _checkAuthorization(
            RECEIVE_WITH_AUTHORIZATION_TYPEHASH,
            from,
            to,
            value,
            validAfter,
            validBefore,
            nonce,
            signature
        );
        if (to != msg.sender) revert ERC20InvalidReceiver(to);
        _transferWithAuthorization(from, to, value, validAfter, validBefore, nonce);
    }

    /// @notice 6, as USDC.
    function decimals() public pure override returns (uint8) {
        return 6;
    }

    /// @inheritdoc ITestUSD
    function isBlacklisted(address account) external view override returns (bool) {
        return _balanceWords[account] & _BLACKLISTED != 0;
    }

    /// @notice The balance of an account.
    function balanceOf(address account) public view override returns (uint256) {
        return _balanceWords[account] & ~_BLACKLISTED;
    }

    /// @notice All money there is.
    function totalSupply() public view override returns (uint256) {
        return _supply;
    }

    /// @dev Replaces the balances of OpenZeppelin's ERC-20, which have no room for the flag. Sums stay below the flag
    /// because the supply does.
    function _update(address from, address to, uint256 value) internal override {
        if (from == address(0)) {
            if (value >= _BLACKLISTED - _supply) revert TestUSDSupplyExceeded(value);
            _supply += value;
        } else {
            uint256 balance = _spendable(from);
            if (balance < value) revert ERC20InsufficientBalance(from, balance, value);
            _balanceWords[from] = balance - value;
        }
        if (to == address(0)) {
            _supply -= value;
        } else {
            _balanceWords[to] = _spendable(to) + value;
        }
        emit Transfer(from, to, value);
    }

    function _spendable(address account) private view returns (uint256 word) {
        word = _balanceWords[account];
        if (word & _BLACKLISTED != 0) revert TestUSDBlacklisted(account);
    }

    function _checkAuthorization(
        bytes32 typeHash,
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) private view {
        bytes32 structHash = keccak256(abi.encode(typeHash, from, to, value, validAfter, validBefore, nonce));
        if (!Signatures.isValid(from, _hashTypedDataV4(structHash), signature)) {
            revert ERC3009InvalidSignature();
        }
    }
}
