// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LabelEscrow} from "../../src/LabelEscrow.sol";
import {LicenseVault} from "../../src/LicenseVault.sol";
import {IDatasetRegistry} from "../../src/interfaces/IDatasetRegistry.sol";
import {ILabelEscrow} from "../../src/interfaces/ILabelEscrow.sol";
import {ILicenseVault} from "../../src/interfaces/ILicenseVault.sol";
import {ProtocolFixture} from "./ProtocolFixture.sol";

interface IMintable {
    function mint(address to, uint256 amount) external;
    function approve(address spender, uint256 value) external;
    function balanceOf(address account) external view returns (uint256);
}

/// @notice The fixture once more, with a vault and an escrow of another payment token and a job of the curator.
abstract contract TokenWorld is ProtocolFixture {
    bytes32 internal constant VOUCHER =
        keccak256("Voucher(bytes32 jobId,address labeler,uint128 cumulative,uint40 settledThrough)");
    uint128 internal constant BUDGET = 100e6;

    IMintable internal money;

    /// @dev Replaces `vault`, `escrow` and `datasetId` by ones that are paid in `token_`; licensee and curator hold it.
    function useToken(address token_) internal {
        money = IMintable(token_);
        vault = new LicenseVault(
            token_,
            address(datasets),
            address(consents),
            guardian,
            DEPOSIT_CAP,
            address(manager)
        );
        ILabelEscrow.Settings memory settings = escrow.settings();
        escrow = new LabelEscrow(token_, address(datasets), guardian, settings, address(manager));
        IDatasetRegistry.DatasetParams memory params = datasetParams();
        params.token = token_;
        vm.startPrank(curator);
        datasetId = datasets.createDataset(params, "other token");
        offer = datasets.createOffer(datasetId, offerParams(PRICE));
        version = datasets.publishVersion(datasetId, versionParams());
        vm.stopPrank();
        vm.warp(block.timestamp + REVIEW_WINDOW);
        money.mint(licensee, 1000e6);
        money.mint(curator, 1000e6);
        vm.prank(licensee);
        money.approve(address(vault), type(uint256).max);
        vm.prank(curator);
        money.approve(address(escrow), type(uint256).max);
    }

    function openJob(bytes32 salt, address signer) internal returns (bytes32) {
        ILabelEscrow.JobParams memory params = jobParams(salt, signer);
        vm.prank(curator);
        return escrow.createJob(params, 0, "");
    }

    function jobParams(bytes32 salt, address signer) internal view returns (ILabelEscrow.JobParams memory) {
        return ILabelEscrow.JobParams(datasetId, salt, BUDGET, BUDGET, 0, signer, keccak256("rules"));
    }

    function voucherFor(
        bytes32 jobId,
        address to,
        uint128 amount
    ) internal view returns (ILabelEscrow.Voucher memory voucher, bytes memory signature) {
        voucher = ILabelEscrow.Voucher(jobId, to, amount, 1);
        signature = sign(signerKey, escrow.domainSeparator(), keccak256(abi.encode(VOUCHER, voucher)));
    }

    /// @dev Two vouchers as a relayer sends them.
    function settle(bytes32 jobId, address first, address second, uint128 amount) internal {
        ILabelEscrow.Voucher[] memory vouchers = new ILabelEscrow.Voucher[](2);
        bytes[] memory signatures = new bytes[](2);
        (vouchers[0], signatures[0]) = voucherFor(jobId, first, amount);
        (vouchers[1], signatures[1]) = voucherFor(jobId, second, amount);
        escrow.withdrawMany(vouchers, signatures);
    }

    function claimAll() internal returns (uint256) {
        ILicenseVault.Claim[] memory claims = new ILicenseVault.Claim[](5);
        for (uint256 i = 0; i < 3; ++i) claims[i] = contributorClaim(i);
        for (uint256 i = 0; i < 2; ++i) claims[3 + i] = otherClaim(i);
        return vault.claim(claims);
    }

    function held(address account) internal view returns (uint256) {
        return money.balanceOf(account);
    }

    function hasLicense() internal view returns (bool) {
        return vault.mayDecrypt(licensee, datasetId, version, TRAIN);
    }

    /// @dev Calls and returns whether it went through, with the error's selector when not.
    function attempt(address target, bytes memory call_) internal returns (bool success, bytes4 reason) {
        bytes memory result;
        (success, result) = target.call(call_);
        if (!success && result.length >= 4) reason = bytes4(result);
    }

    function assertRefused(address target, bytes memory call_, bytes4 expected, string memory what) internal {
        (bool success, bytes4 reason) = attempt(target, call_);
        assertFalse(success, what);
        assertEq(bytes32(reason), bytes32(expected), what);
    }
}
