// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {GuardianPause} from "./GuardianPause.sol";
import {IConsentRegistry} from "./interfaces/IConsentRegistry.sol";
import {IDatasetRegistry} from "./interfaces/IDatasetRegistry.sol";
import {IEntitlementSource} from "./interfaces/IEntitlementSource.sol";
import {IERC3009Receiver} from "./interfaces/IERC3009Receiver.sol";
import {ILicenseVault} from "./interfaces/ILicenseVault.sol";
import {Ids} from "./libraries/Ids.sol";
import {MerkleSum} from "./libraries/MerkleSum.sol";
import {Purposes} from "./libraries/Purposes.sol";
import {Signatures} from "./libraries/Signatures.sol";

/// @title License vault
contract LicenseVault is ILicenseVault, IEntitlementSource, GuardianPause, EIP712, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    struct License {
        uint32 offerIndex;
        uint40 expiry;
        uint32 maxVersion;
        uint16 purposes;
        uint16 seats;
    }

    /// @dev Σ amount · 2^48 / active weight, rounded down, per tree, the contributors' weight that no longer earns, and
    /// whether the first sale found the dataset paid in this vault's token, which no dataset can change.
    struct Revenue {
        uint104 contributors;
        uint104 others;
        uint40 cappedWeight;
        bool isTokenKnown;
    }

    /// @dev `cap` is the accumulator at which the leaf stopped earning, plus 1; 0 while it earns.
    struct LeafState {
        uint40 weight;
        uint88 paid;
        uint128 cap;
    }

    /// @dev Amounts of consecutive claims that one transfer pays.
    struct Payout {
        address payee;
        uint256 amount;
        uint256 first;
    }

    struct Seat {
        address licensee;
        uint16 number;
    }

    uint8 private constant _SLOTS = 8;
    uint8 private constant _ROLE_CONTRIBUTOR = 0;
    uint8 private constant _ROLE_PROTOCOL = 3;
    uint256 private constant _BPS = 10_000;
    uint256 private constant _SCALE_BITS = 48;
    bytes32 private constant _SEAT_ACCEPTANCE_TYPEHASH =
        keccak256("SeatAcceptance(address licensee,bytes32 datasetId,address user,uint40 deadline)");

    /// @inheritdoc ILicenseVault
    address public immutable override token;
    /// @notice The registry of datasets, offers and versions.
    IDatasetRegistry public immutable datasetRegistry;
    /// @notice The registry of consents and payees.
    IConsentRegistry public immutable consentRegistry;

    mapping(address licensee => mapping(bytes32 datasetId => mapping(uint8 slot => License))) private _licenses;
    mapping(bytes32 datasetId => mapping(uint32 version => Revenue)) private _revenues;
    mapping(bytes32 datasetId => mapping(uint32 version => mapping(bytes32 leaf => LeafState))) private _leaves;
    mapping(bytes32 datasetId => mapping(address user => Seat)) private _seats;
    mapping(address licensee => mapping(bytes32 datasetId => uint256 bitmap)) private _seatsInUse;
    mapping(bytes32 digest => bool) private _acceptanceUsed;

    constructor(
        address token_,
        address datasetRegistry_,
        address consentRegistry_,
        address guardian_,
        uint128 depositCap_,
        address manager
    ) EIP712("Allod", "1") GuardianPause(guardian_, depositCap_, manager) {
        if (token_.code.length == 0) revert LicenseVaultNoCode(token_);
        if (datasetRegistry_.code.length == 0) revert LicenseVaultNoCode(datasetRegistry_);
        if (consentRegistry_.code.length == 0) revert LicenseVaultNoCode(consentRegistry_);
        token = token_;
        datasetRegistry = IDatasetRegistry(datasetRegistry_);
        consentRegistry = IConsentRegistry(consentRegistry_);
    }

    /// @inheritdoc ILicenseVault
    function purchase(Purchase calldata terms) external override nonReentrant {
        uint256 heldBefore = _held();
        uint128 price = _sell(terms, msg.sender);
        IERC20(token).safeTransferFrom(msg.sender, address(this), price);
        _checkReceived(heldBefore, price);
    }

    /// @inheritdoc ILicenseVault
    function purchaseWithPermit(
        Purchase calldata terms,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external override nonReentrant {
        uint256 heldBefore = _held();
        uint128 price = _sell(terms, msg.sender);
        // A permit that someone else submitted first reverts here although the allowance is in place.
        try IERC20Permit(token).permit(msg.sender, address(this), terms.maxPrice, deadline, v, r, s) {} catch {}
        IERC20(token).safeTransferFrom(msg.sender, address(this), price);
        _checkReceived(heldBefore, price);
    }

    /// @inheritdoc ILicenseVault
    function purchaseWithAuthorization(
        Purchase calldata terms,
        address licensee,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 salt,
        bytes calldata signature
    ) external override nonReentrant {
        uint128 price = _sell(terms, licensee);
        _receive(licensee, price, validAfter, validBefore, purchaseNonceOf(terms, licensee, salt), signature);
    }

    /// @inheritdoc ILicenseVault
    function claim(Claim[] calldata claims) external override nonReentrant returns (uint256 paid) {
        uint256[] memory amounts = new uint256[](claims.length);
        Payout memory payout;
        for (uint256 i = 0; i < claims.length; ++i) {
            uint256 amount = _settle(claims[i]);
            if (amount == 0) continue;
            address payee = consentRegistry.payeeOf(claims[i].leaf.account);
            if (payee != payout.payee) {
                paid += _pay(claims, amounts, payout, i);
                payout = Payout(payee, 0, i);
            }
            amounts[i] = amount;
            payout.amount += amount;
        }
        paid += _pay(claims, amounts, payout, claims.length);
    }

    /// @inheritdoc ILicenseVault
    function capLeaf(
        bytes32 datasetId,
        uint32 version,
        Leaf calldata leaf,
        uint32 index,
        uint256[] calldata proof
    ) external override {
        bytes32 hash = hashLeaf(leaf);
        if (!_isCappable(datasetId, leaf)) revert LicenseVaultNotCappable(hash);
        LeafState storage state = _leaves[datasetId][version][hash];
        if (state.cap != 0) revert LicenseVaultAlreadyCapped(hash);
        if (state.weight == 0) {
            _checkProof(datasetId, version, leaf, hash, index, proof);
            state.weight = leaf.weight;
        }
        Revenue storage revenue = _revenues[datasetId][version];
        state.cap = uint128(revenue.contributors) + 1;
        uint40 capped = revenue.cappedWeight + leaf.weight;
        revenue.cappedWeight = capped;
        uint40 total = MerkleSum.weightOf(datasetRegistry.rootOf(datasetId, version, true));
        emit LeafCapped(datasetId, version, leaf.account, leaf.weight, total - capped);
    }

    /// @inheritdoc ILicenseVault
    function setSeat(
        bytes32 datasetId,
        address user,
        uint40 deadline,
        bytes calldata signature
    ) external override {
        if (block.timestamp > deadline) revert LicenseVaultExpired(deadline);
        address holder = _seats[datasetId][user].licensee;
        if (holder != address(0)) revert LicenseVaultSeatTaken(user, holder);
        bytes32 digest = _hashTypedDataV4(
            keccak256(abi.encode(_SEAT_ACCEPTANCE_TYPEHASH, msg.sender, datasetId, user, deadline))
        );
        if (_acceptanceUsed[digest]) revert LicenseVaultAcceptanceUsed(digest);
        if (!Signatures.isValid(user, digest, signature)) {
            revert LicenseVaultBadSignature(user);
        }
        _acceptanceUsed[digest] = true;

        uint256 inUse = _seatsInUse[msg.sender][datasetId];
        uint16 number = 1;
        uint16 seats = _mostSeats(msg.sender, datasetId);
        while (number <= seats && (inUse >> (number - 1)) & 1 == 1) ++number;
        if (number > seats) revert LicenseVaultNoSeatLeft(datasetId);
        _seatsInUse[msg.sender][datasetId] = inUse | (uint256(1) << (number - 1));
        _seats[datasetId][user] = Seat({licensee: msg.sender, number: number});
        emit SeatSet(datasetId, user, msg.sender, number);
    }

    /// @inheritdoc ILicenseVault
    function clearSeat(bytes32 datasetId, address user) external override {
        Seat memory seat = _seats[datasetId][user];
        if (seat.licensee == address(0) || (msg.sender != user && msg.sender != seat.licensee)) {
            revert LicenseVaultNotSeatParty(msg.sender);
        }
        _seatsInUse[seat.licensee][datasetId] &= ~(uint256(1) << (seat.number - 1));
        delete _seats[datasetId][user];
        emit SeatSet(datasetId, user, address(0), 0);
    }

    /// @inheritdoc IEntitlementSource
    function mayDecrypt(
        address user,
        bytes32 datasetId,
        uint256 version,
        uint256 purposes
    ) external view override returns (bool) {
        if (version == 0) return false;
        if (_hasLicense(user, datasetId, version, purposes, 0)) return true;
        Seat memory seat = _seats[datasetId][user];
        return
            seat.licensee != address(0) && _hasLicense(seat.licensee, datasetId, version, purposes, seat.number);
    }

    /// @inheritdoc IEntitlementSource
    function mayLabel(address, bytes32, bytes32) external pure override returns (bool) {
        return false;
    }

    /// @inheritdoc ILicenseVault
    function getLicense(
        address licensee,
        bytes32 datasetId,
        uint8 slot
    )
        external
        view
        override
        returns (uint32 offerIndex, uint40 expiry, uint32 maxVersion, uint16 purposes, uint16 seats)
    {
        License memory license = _licenses[licensee][datasetId][slot];
        return (license.offerIndex, license.expiry, license.maxVersion, license.purposes, license.seats);
    }

    /// @inheritdoc ILicenseVault
    function seatOf(
        bytes32 datasetId,
        address user
    ) external view override returns (address licensee, uint16 seat) {
        Seat memory stored = _seats[datasetId][user];
        return (stored.licensee, stored.number);
    }

    /// @inheritdoc ILicenseVault
    function accumulatorsOf(
        bytes32 datasetId,
        uint32 version
    ) external view override returns (uint128 contributors, uint128 others, uint40 cappedWeight) {
        Revenue memory revenue = _revenues[datasetId][version];
        return (revenue.contributors, revenue.others, revenue.cappedWeight);
    }

    /// @inheritdoc ILicenseVault
    function dueOf(
        bytes32 datasetId,
        uint32 version,
        Leaf calldata leaf
    ) external view override returns (uint256) {
        LeafState memory state = _leaves[datasetId][version][hashLeaf(leaf)];
        return _due(datasetId, version, leaf, state);
    }

    /// @inheritdoc ILicenseVault
    function leafStateOf(
        bytes32 datasetId,
        uint32 version,
        Leaf calldata leaf
    ) external view override returns (uint40 weight, uint88 paid, uint128 cap) {
        LeafState memory state = _leaves[datasetId][version][hashLeaf(leaf)];
        return (state.weight, state.paid, state.cap);
    }

    /// @inheritdoc ILicenseVault
    function hashLeaf(Leaf calldata leaf) public pure override returns (bytes32) {
        return MerkleSum.hashLeaf(leaf.role, leaf.account, leaf.weight, leaf.validUntil, leaf.consentNonce);
    }

    /// @inheritdoc ILicenseVault
    function purchaseNonceOf(
        Purchase calldata terms,
        address licensee,
        bytes32 salt
    ) public view override returns (bytes32) {
        return
            Ids.purchaseNonce(
                block.chainid,
                address(this),
                licensee,
                terms.datasetId,
                terms.offerIndex,
                terms.slot,
                terms.version,
                terms.maxPrice,
                terms.maxWithdrawnBps,
                salt
            );
    }

    /// @inheritdoc ILicenseVault
    function licenseIdOf(
        address licensee,
        bytes32 datasetId,
        uint32 offerIndex
    ) public pure override returns (bytes32) {
        return Ids.license(licensee, Ids.offer(datasetId, offerIndex));
    }

    /// @inheritdoc ILicenseVault
    function domainSeparator() external view override returns (bytes32) {
        return _domainSeparatorV4();
    }

    /// @dev All of a sale but the payment: checks the terms, writes the license, adds to the accumulators.
    function _sell(Purchase calldata terms, address licensee) private whenNotPaused returns (uint128 price) {
        if (terms.slot >= _SLOTS) revert LicenseVaultBadSlot(terms.slot);
        IDatasetRegistry.Sale memory sale = datasetRegistry.saleOf(
            terms.datasetId,
            terms.offerIndex,
            terms.version
        );
        price = sale.price;
        if (price > terms.maxPrice) revert LicenseVaultPriceTooHigh(price, terms.maxPrice);
        _credit(terms, sale);
        uint40 expiry = _writeLicense(terms, licensee, sale);
        emit LicensePurchased(
            licenseIdOf(licensee, terms.datasetId, terms.offerIndex),
            licensee,
            terms.datasetId,
            terms.offerIndex,
            terms.slot,
            terms.version,
            price,
            expiry
        );
    }

    function _credit(Purchase calldata terms, IDatasetRegistry.Sale memory sale) private {
        Revenue storage stored = _revenues[terms.datasetId][terms.version];
        (uint256 contributors, uint256 others, uint256 capped) = (
            stored.contributors,
            stored.others,
            stored.cappedWeight
        );
        if (!stored.isTokenKnown) {
            address wanted = datasetRegistry.tokenOf(terms.datasetId);
            if (wanted != token) revert LicenseVaultWrongToken(wanted);
            stored.isTokenKnown = true;
        }
        uint256 total = sale.contributorWeight;
        if (capped != 0) {
            if (capped == total) revert LicenseVaultNoActiveContributors(terms.datasetId, terms.version);
            uint256 withdrawnBps = (capped * _BPS + total - 1) / total;
            if (withdrawnBps > terms.maxWithdrawnBps) {
                revert LicenseVaultTooMuchWithdrawn(withdrawnBps, terms.maxWithdrawnBps);
            }
        }
        uint256 contributorsAmount = (uint256(sale.price) * sale.contributorsBps) / _BPS;
        uint256 othersAmount = sale.price - contributorsAmount;
        uint256 gain = (contributorsAmount << _SCALE_BITS) / (total - capped);
        contributors += gain;
        if (othersAmount != 0) {
            gain = (othersAmount << _SCALE_BITS) / sale.otherWeight;
            others += gain;
        }
        uint104 newContributors = contributors.toUint104();
        uint104 newOthers = others.toUint104();
        stored.contributors = newContributors;
        stored.others = newOthers;
    }

    function _writeLicense(
        Purchase calldata terms,
        address licensee,
        IDatasetRegistry.Sale memory sale
    ) private returns (uint40 expiry) {
        License storage stored = _licenses[licensee][terms.datasetId][terms.slot];
        uint40 oldExpiry = stored.expiry;
        uint256 start = block.timestamp;
        if (oldExpiry > block.timestamp) {
            if (stored.offerIndex != terms.offerIndex) {
                revert LicenseVaultSlotTaken(terms.slot, stored.offerIndex, oldExpiry);
            }
            if (terms.version < stored.maxVersion) {
                revert LicenseVaultOlderVersion(terms.version, stored.maxVersion);
            }
            start = oldExpiry;
        }
        expiry = (start + sale.duration).toUint40();
        (uint32 offerIndex, uint32 maxVersion) = (terms.offerIndex, terms.version);
        (uint16 purposes, uint16 seats) = (sale.purposes, sale.seats);
        stored.offerIndex = offerIndex;
        stored.expiry = expiry;
        stored.maxVersion = maxVersion;
        stored.purposes = purposes;
        stored.seats = seats;
    }

    /// @dev Proves a leaf if it must be, and books what is due on it as paid.
    function _settle(Claim calldata item) private returns (uint256 amount) {
        bytes32 hash = hashLeaf(item.leaf);
        LeafState storage stored = _leaves[item.datasetId][item.version][hash];
        LeafState memory state = stored;
        if (state.weight == 0) {
            _checkProof(item.datasetId, item.version, item.leaf, hash, item.index, item.proof);
            state.weight = item.leaf.weight;
        }
        amount = _due(item.datasetId, item.version, item.leaf, state);
        state.paid = (state.paid + amount).toUint88();
        stored.weight = state.weight;
        stored.paid = state.paid;
    }

    /// @dev Pays the claims from `payout.first` to before `end` at once. They are booked already; when the payee cannot
    /// receive, each of them is put back.
    function _pay(
        Claim[] calldata claims,
        uint256[] memory amounts,
        Payout memory payout,
        uint256 end
    ) private returns (uint256) {
        if (payout.amount == 0) return 0;
        bool success = IERC20(token).trySafeTransfer(payout.payee, payout.amount);
        for (uint256 i = payout.first; i < end; ++i) {
            uint256 amount = amounts[i];
            if (amount == 0) continue;
            Claim calldata item = claims[i];
            uint8 role = item.leaf.role;
            address account = item.leaf.account;
            if (success) {
                emit Claimed(item.datasetId, item.version, role, account, payout.payee, amount);
            } else {
                _leaves[item.datasetId][item.version][hashLeaf(item.leaf)].paid -= uint88(amount);
                emit ClaimSkipped(item.datasetId, item.version, role, account, payout.payee, amount);
            }
        }
        return success ? payout.amount : 0;
    }

    function _receive(
        address licensee,
        uint128 price,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) private {
        uint256 heldBefore = _held();
        IERC3009Receiver(token).receiveWithAuthorization(
            licensee,
            address(this),
            price,
            validAfter,
            validBefore,
            nonce,
            signature
        );
        _checkReceived(heldBefore, price);
    }

    /// @dev A token that keeps a fee, or accepts calls it does not know, must not make the vault owe what it lacks.
    function _checkReceived(uint256 heldBefore, uint128 price) private view {
        uint256 held = _held();
        if (held < heldBefore + price) revert LicenseVaultUnderpaid(held, heldBefore + price);
        uint128 cap = depositCap;
        if (held > cap) revert LicenseVaultDepositCapExceeded(held, cap);
    }

    function _held() private view returns (uint256) {
        return IERC20(token).balanceOf(address(this));
    }

    function _checkProof(
        bytes32 datasetId,
        uint32 version,
        Leaf calldata leaf,
        bytes32 hash,
        uint32 index,
        uint256[] calldata proof
    ) private view {
        if (leaf.role > _ROLE_PROTOCOL) revert LicenseVaultBadRole(leaf.role);
        uint256 root = datasetRegistry.rootOf(datasetId, version, leaf.role == _ROLE_CONTRIBUTOR);
        if (!MerkleSum.verify(root, MerkleSum.word(hash, leaf.weight), index, proof)) {
            revert LicenseVaultBadProof(datasetId, version, hash);
        }
    }

    function _isCappable(bytes32 datasetId, Leaf calldata leaf) private view returns (bool) {
        if (leaf.role != _ROLE_CONTRIBUTOR || leaf.weight == 0) return false;
        if (block.timestamp >= leaf.validUntil) return true;
        (uint32 current, ) = consentRegistry.noncesOf(leaf.account, datasetId);
        return current > leaf.consentNonce;
    }

    function _due(
        bytes32 datasetId,
        uint32 version,
        Leaf calldata leaf,
        LeafState memory state
    ) private view returns (uint256) {
        Revenue storage revenue = _revenues[datasetId][version];
        uint256 accumulator = leaf.role == _ROLE_CONTRIBUTOR ? revenue.contributors : revenue.others;
        if (state.cap != 0) accumulator = state.cap - 1;
        return ((uint256(leaf.weight) * accumulator) >> _SCALE_BITS) - state.paid;
    }

    /// @dev One license must satisfy everything that is asked.
    function _hasLicense(
        address licensee,
        bytes32 datasetId,
        uint256 version,
        uint256 purposes,
        uint256 seat
    ) private view returns (bool) {
        mapping(uint8 slot => License) storage licenses = _licenses[licensee][datasetId];
        for (uint8 slot = 0; slot < _SLOTS; ++slot) {
            License memory license = licenses[slot];
            if (
                block.timestamp < license.expiry &&
                license.maxVersion >= version &&
                license.seats >= seat &&
                Purposes.isSubset(license.purposes, purposes)
            ) return true;
        }
        return false;
    }

    function _mostSeats(address licensee, bytes32 datasetId) private view returns (uint16 most) {
        mapping(uint8 slot => License) storage licenses = _licenses[licensee][datasetId];
        for (uint8 slot = 0; slot < _SLOTS; ++slot) {
            License memory license = licenses[slot];
            if (block.timestamp < license.expiry && license.seats > most) most = license.seats;
        }
    }
}
