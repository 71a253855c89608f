// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConsentRegistry} from "../../src/interfaces/IConsentRegistry.sol";
import {IContributionRegistry} from "../../src/interfaces/IContributionRegistry.sol";
import {IDatasetRegistry} from "../../src/interfaces/IDatasetRegistry.sol";
import {ILabelEscrow} from "../../src/interfaces/ILabelEscrow.sol";
import {ILicenseVault} from "../../src/interfaces/ILicenseVault.sol";
import {TestUSD} from "../../src/TestUSD.sol";
import {HostileWallet} from "../mocks/HostileWallet.sol";
import {TokenWorld} from "../support/TokenWorld.sol";

/// @dev Every signature that a contract takes, from an ERC-1271 account that answers badly, calls back, or changes its mind.
contract HostileWalletsTest is TokenWorld {
    uint8 private constant WORST = uint8(HostileWallet.Answer.REENTERS);
    uint256 private constant GAS = 3_000_000;

    HostileWallet private wallet;
    uint40 private deadline;

    function setUp() public override {
        super.setUp();
        useToken(address(new TestUSD()));
        wallet = new HostileWallet();
        deadline = uint40(block.timestamp) + 1 days;
    }

    // Consent: withdrawal, revocation, payee and recovery account of a contributor that is a contract.

    function test_Consent_BadAnswersChangeNothing() public {
        address ref = address(wallet);
        bytes[4] memory calls = [
            abi.encodeCall(consents.withdrawBySig, (IConsentRegistry.Withdrawal(ref, datasetId, 0, deadline), "")),
            abi.encodeCall(
                consents.revokeGrantsBySig,
                (IConsentRegistry.GrantRevocation(ref, datasetId, 0, deadline), "")
            ),
            abi.encodeCall(consents.setPayeeBySig, (IConsentRegistry.PayeeChange(ref, stranger, 0, deadline), "")),
            abi.encodeCall(
                consents.setRecoveryBySig,
                (IConsentRegistry.RecoveryChange(ref, stranger, 0, deadline), "")
            )
        ];
        wallet.setCall(address(consents), abi.encodeCall(consents.withdraw, (datasetId)));
        for (uint256 i = 0; i < calls.length; ++i) {
            _assertRefusedByAll(address(consents), calls[i], IConsentRegistry.ConsentRegistryBadSignature.selector);
        }
        (uint32 consentNonce, uint32 grantNonce) = consents.noncesOf(ref, datasetId);
        assertEq(uint256(consentNonce) + grantNonce + consents.changeNonceOf(ref), 0, "nonces");
        assertEq(consents.payeeOf(ref), ref, "payee");
        wallet.set(HostileWallet.Answer.YES);
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool success, ) = attempt(address(consents), calls[i]);
            // The recovery change carries the nonce that the payee change has used up.
            assertEq(success ? 1 : 0, i < 3 ? 1 : 0, "the same call, signed");
        }
    }

    function test_Consent_AWithdrawalStandsWhenTheWalletChangesItsMind() public {
        wallet.set(HostileWallet.Answer.YES);
        IConsentRegistry.Withdrawal memory withdrawal = IConsentRegistry.Withdrawal(
            address(wallet),
            datasetId,
            0,
            deadline
        );
        consents.withdrawBySig(withdrawal, "");
        wallet.set(HostileWallet.Answer.NO);
        (uint32 nonce, ) = consents.noncesOf(address(wallet), datasetId);
        assertEq(nonce, 1, "withdrawn");
        bytes memory again = abi.encodeCall(consents.withdrawBySig, (withdrawal, ""));
        assertRefused(address(consents), again, IConsentRegistry.ConsentRegistryStaleNonce.selector, "replay");
    }

    // Seat: the user's acceptance.

    function test_Seat_BadAnswersTakeNoSeat() public {
        buy();
        wallet.setCall(address(vault), abi.encodeCall(vault.claim, (new ILicenseVault.Claim[](0))));
        bytes memory call_ = abi.encodeCall(vault.setSeat, (datasetId, address(wallet), deadline, ""));
        for (uint8 answer = 1; answer <= WORST; ++answer) {
            wallet.set(HostileWallet.Answer(answer));
            vm.prank(licensee);
            _assertRefused(address(vault), call_, ILicenseVault.LicenseVaultBadSignature.selector, answer);
        }
        (address holder, ) = vault.seatOf(datasetId, address(wallet));
        assertEq(holder, address(0), "seat");
        wallet.set(HostileWallet.Answer.YES);
        vm.prank(licensee);
        vault.setSeat(datasetId, address(wallet), deadline, "");
        wallet.set(HostileWallet.Answer.NO);
        assertTrue(vault.mayDecrypt(address(wallet), datasetId, version, TRAIN), "an accepted seat stays");
    }

    // Purchase: an authorization of a licensee that is a contract.

    function test_Authorization_BadAnswersBuyNothing() public {
        money.mint(address(wallet), PRICE);
        bytes memory call_ = abi.encodeCall(
            vault.purchaseWithAuthorization,
            (terms(), address(wallet), 0, type(uint256).max, "salt", "")
        );
        wallet.setCall(address(vault), abi.encodeCall(vault.claim, (new ILicenseVault.Claim[](0))));
        _assertRefusedByAll(address(vault), call_, bytes4(keccak256("ERC3009InvalidSignature()")));
        assertEq(held(address(wallet)), PRICE, "money");
        wallet.set(HostileWallet.Answer.YES);
        (bool success, ) = attempt(address(vault), call_);
        assertTrue(success, "the same call, signed");
    }

    // Job: the curator's approval. The dataset's curator is the contract.

    function test_Approval_BadAnswersOpenNoJob() public {
        datasetId = _datasetOfWallet();
        money.mint(requester, BUDGET);
        vm.prank(requester);
        money.approve(address(escrow), BUDGET);
        bytes memory call_ = abi.encodeCall(escrow.createJob, (jobParams("job", jobSigner), deadline, "x"));
        wallet.setCall(address(escrow), abi.encodeCall(escrow.holdPack, (datasetId, "pack", true)));
        for (uint8 answer = 1; answer <= WORST; ++answer) {
            wallet.set(HostileWallet.Answer(answer));
            vm.prank(requester);
            _assertRefused(address(escrow), call_, ILabelEscrow.LabelEscrowBadSignature.selector, answer);
        }
        assertEq(held(requester) % 1000e6, BUDGET, "budget");
        wallet.set(HostileWallet.Answer.YES);
        vm.prank(requester);
        (bool success, ) = attempt(address(escrow), call_);
        assertTrue(success, "the same call, signed");
        wallet.set(HostileWallet.Answer.NO);
        assertEq(escrow.openJobsOf(datasetId).length, 1, "an approved job stays open");
    }

    // Signer of a job: vouchers, leases, receipts, rejections.

    function test_Voucher_BadAnswersPayNothing() public {
        bytes32 jobId = openJob("job", address(wallet));
        ILabelEscrow.Voucher memory voucher = ILabelEscrow.Voucher(jobId, labeler, 10e6, 1);
        bytes memory call_ = abi.encodeCall(escrow.withdraw, (voucher, ""));
        wallet.setCall(address(escrow), call_);
        _assertRefusedByAll(address(escrow), call_, ILabelEscrow.LabelEscrowBadSignature.selector);
        assertEq(escrow.getJob(jobId).paid, 0, "paid");
        wallet.set(HostileWallet.Answer.YES);
        escrow.withdraw(voucher, "");
        wallet.set(HostileWallet.Answer.NO);
        assertEq(held(labeler), 10e6, "what is paid stays paid");
    }

    /// @dev A signer that burns gas leaves 1/64 of it to the rest of the round: a relayer leaves such vouchers out.
    function test_Round_ABadSignerStopsNobodyElse() public {
        bytes32 bad = openJob("bad", address(wallet));
        bytes32 good = openJob("good", jobSigner);
        ILabelEscrow.Voucher[] memory vouchers = new ILabelEscrow.Voucher[](2);
        bytes[] memory signatures = new bytes[](2);
        vouchers[0] = ILabelEscrow.Voucher(bad, stranger, 10e6, 1);
        wallet.setCall(address(escrow), abi.encodeCall(escrow.withdrawMany, (vouchers, signatures)));
        for (uint8 answer = 1; answer <= WORST; ++answer) {
            (vouchers[1], signatures[1]) = voucherFor(good, labeler, uint128(answer) * 1e6);
            wallet.set(HostileWallet.Answer(answer));
            bytes memory call_ = abi.encodeCall(escrow.withdrawMany, (vouchers, signatures));
            if (HostileWallet.Answer(answer) == HostileWallet.Answer.BURNS_GAS) {
                (bool isPaid, ) = address(escrow).call{gas: 500_000}(call_);
                assertFalse(isPaid, "1/64 of this gas pays nobody");
                assertEq(held(labeler), uint256(answer - 1) * 1e6, "and loses nothing");
            }
            (bool success, ) = address(escrow).call{gas: 12_000_000}(call_);
            assertTrue(success, "round");
            assertEq(held(labeler), uint256(answer) * 1e6, "the other labeler is paid");
        }
        assertEq(escrow.getJob(bad).paid, 0, "nothing from the bad job");
    }

    function test_Lease_BadAnswersClaimAndRejectNothing() public {
        bytes32 jobId = openJob("job", address(wallet));
        ILabelEscrow.Lease memory lease = ILabelEscrow.Lease(
            jobId,
            labeler,
            "task",
            1e6,
            keccak256("rules"),
            deadline,
            deadline
        );
        ILabelEscrow.CommitmentReceipt memory receipt = ILabelEscrow.CommitmentReceipt(
            escrow.hashLease(lease),
            "commitment",
            uint40(block.timestamp)
        );
        bytes memory claim = abi.encodeCall(escrow.claimLease, (lease, "", receipt, "receipt"));
        bytes memory reject = abi.encodeCall(
            escrow.rejectLease,
            (ILabelEscrow.LeaseRejection(jobId, labeler, "task", 1, "evidence"), "")
        );
        vm.warp(deadline);
        bytes4 bad = ILabelEscrow.LabelEscrowBadSignature.selector;
        wallet.setCall(address(escrow), claim);
        _assertRefusedByAll(address(escrow), claim, bad);
        _assertRefusedByAll(address(escrow), reject, bad);
        assertEq(uint256(escrow.taskStatusOf(jobId, labeler, "task")), 0, "status");

        wallet.set(HostileWallet.Answer.YES);
        (bool claimed, ) = attempt(address(escrow), claim);
        assertTrue(claimed, "the same claim, signed");
        wallet.set(HostileWallet.Answer.NO);
        assertRefused(address(escrow), reject, bad, "a wallet that says no rejects nothing either");
        vm.warp(block.timestamp + 3 days);
        escrow.finalizeLease(receipt.leaseHash);
        assertEq(held(labeler), 1e6, "a claimed lease is paid without another word of the signer");
    }

    // Dispute: signatures of the contributor and of the device are judged by their accounts when the question is asked.

    function test_Evidence_BadAnswersAreBadSignatures() public {
        contributions.anchor("root", 1);
        IContributionRegistry.Evidence memory evidence;
        evidence.consent.contributorRef = address(wallet);
        evidence.consent.validUntil = deadline;
        evidence.contribution.contributorRef = address(wallet);
        evidence.batch.root = "root";
        evidence.batch.consentHash = _consentHash(evidence.consent);
        for (uint8 answer = 1; answer <= WORST; ++answer) {
            wallet.set(HostileWallet.Answer(answer));
            wallet.setCall(address(contributions), abi.encodeCall(contributions.anchor, ("other", 1)));
            IContributionRegistry.Finding finding = contributions.verifyContribution{gas: GAS}(evidence);
            assertEq(uint256(finding), uint256(IContributionRegistry.Finding.CONSENT_SIGNATURE), "finding");
        }
        wallet.set(HostileWallet.Answer.YES);
        evidence.grantSignature = "grant";
        assertEq(
            uint256(contributions.verifyContribution(evidence)),
            uint256(IContributionRegistry.Finding.GRANT_EXPIRED),
            "consent is signed, the grant is asked next"
        );
    }

    function _datasetOfWallet() private returns (bytes32) {
        bytes memory create = abi.encodeCall(datasets.createDataset, (_paidIn(), "of wallet"));
        return abi.decode(wallet.execute(address(datasets), create), (bytes32));
    }

    function _paidIn() private view returns (IDatasetRegistry.DatasetParams memory params) {
        params = datasetParams();
        params.token = address(money);
    }

    function _consentHash(IContributionRegistry.Consent memory consent) private pure returns (bytes32) {
        bytes32 typeHash = keccak256(
            "Consent(address contributorRef,bytes32 datasetId,uint16 purposes,uint40 validUntil,uint128 minPrice,bytes32 termsHash,uint32 consentNonce,uint8 sources)"
        );
        return keccak256(abi.encode(typeHash, consent));
    }

    function _assertRefusedByAll(address target, bytes memory call_, bytes4 expected) private {
        for (uint8 answer = 1; answer <= WORST; ++answer) {
            wallet.set(HostileWallet.Answer(answer));
            _assertRefused(target, call_, expected, answer);
        }
    }

    /// @dev An account that burns gas leaves 1/64 of it: enough for the error, or the call runs out of gas.
    function _assertRefused(address target, bytes memory call_, bytes4 expected, uint8 answer) private {
        (bool success, bytes memory result) = target.call{gas: GAS}(call_);
        assertFalse(success, "went through");
        if (HostileWallet.Answer(answer) == HostileWallet.Answer.BURNS_GAS && result.length == 0) return;
        assertEq(bytes32(bytes4(result)), bytes32(expected), "reason");
    }
}
