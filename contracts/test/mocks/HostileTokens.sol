// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice A plain ERC-20 that anyone mints: without permit and without EIP-3009.
contract PlainToken is ERC20 {
    constructor() ERC20("Plain", "PLAIN") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// @notice Takes one percent of every transfer.
contract FeeToken is PlainToken {
    address public constant COLLECTOR = address(0xfee);

    function _update(address from, address to, uint256 value) internal override {
        if (from == address(0)) return super._update(from, to, value);
        uint256 fee = value / 100;
        super._update(from, COLLECTOR, fee);
        super._update(from, to, value - fee);
    }
}

/// @notice Fails in a chosen way while it is switched on.
contract MoodyToken is PlainToken {
    enum Mood {
        KIND,
        REVERTS,
        RETURNS_FALSE,
        RETURNS_TWO,
        BURNS_GAS
    }

    Mood public mood;

    error Moody();

    function setMood(Mood mood_) external {
        mood = mood_;
    }

    function transfer(address to, uint256 value) public override returns (bool) {
        return _answer() && super.transfer(to, value);
    }

    function transferFrom(address from, address to, uint256 value) public override returns (bool) {
        return _answer() && super.transferFrom(from, to, value);
    }

    function _answer() private view returns (bool) {
        if (mood == Mood.REVERTS) revert Moody();
        if (mood == Mood.BURNS_GAS) {
            assembly {
                invalid()
            }
        }
        if (mood == Mood.RETURNS_TWO) {
            assembly {
                mstore(0, 2)
                return(0, 32)
            }
        }
        return mood == Mood.KIND;
    }
}

/// @notice Its transfers return nothing, as those of USDT do.
contract SilentToken {
    mapping(address account => uint256) public balanceOf;
    mapping(address owner => mapping(address spender => uint256)) public allowance;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function approve(address spender, uint256 value) external {
        allowance[msg.sender][spender] = value;
    }

    function transfer(address to, uint256 value) external {
        balanceOf[msg.sender] -= value;
        balanceOf[to] += value;
    }

    function transferFrom(address from, address to, uint256 value) external {
        allowance[from][msg.sender] -= value;
        balanceOf[from] -= value;
        balanceOf[to] += value;
    }
}

/// @notice Accepts every call it does not know, as wrapped ether does: permit and EIP-3009 seem to succeed.
contract PhantomToken is PlainToken {
    fallback() external {}
}
