// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title License vault
/// @notice Sells licenses for one token and holds the revenue until it is claimed. A purchase costs the same for ten
/// contributors as for ten thousand: it adds to two accumulators, and each leaf of the cap table claims its share
/// whenever it likes. No one can take money out but by a leaf of a published cap table.
interface ILicenseVault {
    /// @notice The terms that a buyer agrees to.
    /// @param datasetId The dataset.
    /// @param offerIndex The offer.
    /// @param slot The license slot of the licensee, 0 to 7.
    /// @param version The version whose cap table is paid, open when bought, and the newest that the license opens. The
    /// license opens every older one too, objected or not: their items are part of the newer.
    /// @param maxPrice The most the buyer pays, in base units; also the value of the permit in `purchaseWithPermit`.
    /// @param maxWithdrawnBps The largest withdrawn share of the contributors' weight that the buyer accepts.
    struct Purchase {
        bytes32 datasetId;
        uint32 offerIndex;
        uint8 slot;
        uint32 version;
        uint128 maxPrice;
        uint16 maxWithdrawnBps;
    }

    /// @notice One leaf of a cap table.
    /// @param role 0 CONTRIBUTOR (own tree), 1 LABELER, 2 CURATOR, 3 PROTOCOL (OTHER tree).
    /// @param account The account whose payee receives.
    /// @param weight The weight.
    /// @param validUntil The end of the consent.
    /// @param consentNonce The nonce of the consent.
    struct Leaf {
        uint8 role;
        address account;
        uint40 weight;
        uint40 validUntil;
        uint32 consentNonce;
    }

    /// @notice One claim.
    /// @param datasetId The dataset.
    /// @param version The version.
    /// @param leaf The leaf.
    /// @param index The position of the leaf in its tree; ignored once the leaf is cached.
    /// @param proof The sibling words from the leaf up; may be empty once the leaf is cached.
    struct Claim {
        bytes32 datasetId;
        uint32 version;
        Leaf leaf;
        uint32 index;
        uint256[] proof;
    }

    /// @notice Emitted when a license is bought or renewed.
    /// @param licenseId The id, derived from licensee and offer.
    /// @param licensee The licensee.
    /// @param datasetId The dataset.
    /// @param offerIndex The offer.
    /// @param slot The slot.
    /// @param version The version paid for, now the newest the license opens.
    /// @param price The price paid.
    /// @param expiry The first second at which the license is over.
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

    /// @notice Emitted when revenue is paid out.
    /// @param datasetId The dataset.
    /// @param version The version.
    /// @param role The role of the leaf.
    /// @param account The account of the leaf.
    /// @param payee The account that received.
    /// @param amount The amount.
    event Claimed(
        bytes32 indexed datasetId,
        uint32 indexed version,
        uint8 role,
        address indexed account,
        address payee,
        uint256 amount
    );

    /// @notice Emitted when a payee could not receive; the claim stays open.
    /// @param datasetId The dataset.
    /// @param version The version.
    /// @param role The role of the leaf.
    /// @param account The account of the leaf.
    /// @param payee The account that could not receive.
    /// @param amount The amount that stays due.
    event ClaimSkipped(
        bytes32 indexed datasetId,
        uint32 indexed version,
        uint8 role,
        address indexed account,
        address payee,
        uint256 amount
    );

    /// @notice Emitted when a leaf stops earning.
    /// @param datasetId The dataset.
    /// @param version The version.
    /// @param account The account of the leaf.
    /// @param weight The weight that left.
    /// @param activeWeight The contributors' weight that still earns.
    event LeafCapped(
        bytes32 indexed datasetId,
        uint32 indexed version,
        address indexed account,
        uint40 weight,
        uint40 activeWeight
    );

    /// @notice Emitted when a seat is given, or taken back with `licensee` zero.
    /// @param datasetId The dataset.
    /// @param user The account that holds the seat.
    /// @param licensee The licensee, the zero address when the seat ended.
    /// @param seat The number of the seat, from 1; 0 when the seat ended.
    event SeatSet(bytes32 indexed datasetId, address indexed user, address indexed licensee, uint16 seat);

    /// @notice Thrown when the dataset is paid in another token.
    /// @param token The token of the dataset.
    error LicenseVaultWrongToken(address token);

    /// @notice Thrown when a constructor argument has no code.
    /// @param account The offending address.
    error LicenseVaultNoCode(address account);

    /// @notice Thrown when a slot is not 0 to 7.
    /// @param slot The slot given.
    error LicenseVaultBadSlot(uint8 slot);

    /// @notice Thrown when a slot holds a live license of another offer.
    /// @param slot The slot.
    /// @param offerIndex The offer it holds.
    /// @param expiry When that license is over.
    error LicenseVaultSlotTaken(uint8 slot, uint32 offerIndex, uint40 expiry);

    /// @notice Thrown when a renewal names an older version than the license has.
    /// @param version The version given.
    /// @param maxVersion The version the license has.
    error LicenseVaultOlderVersion(uint32 version, uint32 maxVersion);

    /// @notice Thrown when the offer costs more than the buyer accepts.
    /// @param price The price.
    /// @param maxPrice The most the buyer accepts.
    error LicenseVaultPriceTooHigh(uint128 price, uint128 maxPrice);

    /// @notice Thrown when more of the contributors' weight is withdrawn than the buyer accepts.
    /// @param withdrawnBps The withdrawn share, rounded up.
    /// @param maxWithdrawnBps The largest share the buyer accepts.
    error LicenseVaultTooMuchWithdrawn(uint256 withdrawnBps, uint16 maxWithdrawnBps);

    /// @notice Thrown when no contributor of the version earns any more.
    /// @param datasetId The dataset.
    /// @param version The version.
    error LicenseVaultNoActiveContributors(bytes32 datasetId, uint32 version);

    /// @notice Thrown when the vault would hold more than its cap.
    /// @param held The amount it would hold.
    /// @param depositCap The cap.
    error LicenseVaultDepositCapExceeded(uint256 held, uint128 depositCap);

    /// @notice Thrown when a payment did not bring in its price.
    /// @param held What the vault holds after the payment.
    /// @param expected What it would hold with the price.
    error LicenseVaultUnderpaid(uint256 held, uint256 expected);

    /// @notice Thrown when a role is not 0 to 3.
    /// @param role The role given.
    error LicenseVaultBadRole(uint8 role);

    /// @notice Thrown when a leaf is not in the tree.
    /// @param datasetId The dataset.
    /// @param version The version.
    /// @param leaf The hash of the leaf.
    error LicenseVaultBadProof(bytes32 datasetId, uint32 version, bytes32 leaf);

    /// @notice Thrown when a leaf may not be capped: not a contributor's, or its consent is current and unexpired.
    /// @param leaf The hash of the leaf.
    error LicenseVaultNotCappable(bytes32 leaf);

    /// @notice Thrown when a leaf is capped already.
    /// @param leaf The hash of the leaf.
    error LicenseVaultAlreadyCapped(bytes32 leaf);

    /// @notice Thrown when a signature is not the user's.
    /// @param user The user named in the message.
    error LicenseVaultBadSignature(address user);

    /// @notice Thrown when a signed message comes too late.
    /// @param deadline The last second at which it could be submitted.
    error LicenseVaultExpired(uint40 deadline);

    /// @notice Thrown when a seat acceptance was used before.
    /// @param digest The digest of the message.
    error LicenseVaultAcceptanceUsed(bytes32 digest);

    /// @notice Thrown when a user already holds a seat on the dataset.
    /// @param user The user.
    /// @param licensee The licensee whose seat it is.
    error LicenseVaultSeatTaken(address user, address licensee);

    /// @notice Thrown when no live license of the caller has a free seat.
    /// @param datasetId The dataset.
    error LicenseVaultNoSeatLeft(bytes32 datasetId);

    /// @notice Thrown when the caller is neither the user of the seat nor its licensee.
    /// @param caller The caller.
    error LicenseVaultNotSeatParty(address caller);

    /// @notice Buys or renews a license; the caller pays by allowance and is the licensee.
    /// @param terms The terms.
    function purchase(Purchase calldata terms) external;

    /// @notice `purchase` with an ERC-2612 permit of value `terms.maxPrice` from the caller to this vault. A permit
    /// that was used already does no harm as long as the allowance is there.
    /// @param terms The terms.
    /// @param deadline The deadline of the permit.
    /// @param v Part of the permit's signature.
    /// @param r Part of the permit's signature.
    /// @param s Part of the permit's signature.
    function purchaseWithPermit(Purchase calldata terms, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Buys or renews a license with an EIP-3009 `ReceiveWithAuthorization` of exactly the offer's price,
    /// whose nonce is `purchaseNonceOf(terms, licensee, salt)`. Anyone may send it; only the licensee can sign it.
    /// @param terms The terms.
    /// @param licensee The licensee, who pays.
    /// @param validAfter As in EIP-3009.
    /// @param validBefore As in EIP-3009.
    /// @param salt The salt of the nonce.
    /// @param signature The licensee's signature (EOA or ERC-1271).
    function purchaseWithAuthorization(
        Purchase calldata terms,
        address licensee,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 salt,
        bytes calldata signature
    ) external;

    /// @notice Pays what is due on each leaf to the payee of its account. Anyone may. Leaves with nothing due are
    /// passed over, a payee that cannot receive is skipped, a wrong proof reverts. Consecutive claims with one payee are
    /// paid by one transfer.
    /// @param claims The claims.
    /// @return paid The amount paid in total.
    function claim(Claim[] calldata claims) external returns (uint256 paid);

    /// @notice Ends the earning of a contributor's leaf whose consent is withdrawn or over. Anyone may. What it earned
    /// stays due; later purchases go to the other contributors.
    /// @param datasetId The dataset.
    /// @param version The version.
    /// @param leaf The leaf.
    /// @param index The position of the leaf in its tree.
    /// @param proof The sibling words from the leaf up; may be empty once the leaf is cached.
    function capLeaf(
        bytes32 datasetId,
        uint32 version,
        Leaf calldata leaf,
        uint32 index,
        uint256[] calldata proof
    ) external;

    /// @notice Gives `user` the lowest free seat of the caller's licenses on a dataset.
    /// @param datasetId The dataset.
    /// @param user The user.
    /// @param deadline The last second of the user's acceptance.
    /// @param signature The user's signature of `SeatAcceptance`.
    function setSeat(bytes32 datasetId, address user, uint40 deadline, bytes calldata signature) external;

    /// @notice Ends a seat. The licensee or the user may.
    /// @param datasetId The dataset.
    /// @param user The user.
    function clearSeat(bytes32 datasetId, address user) external;

    /// @notice The payment token.
    function token() external view returns (address);

    /// @notice One license slot. A license counts while `expiry` is in the future.
    /// @param licensee The licensee.
    /// @param datasetId The dataset.
    /// @param slot The slot, 0 to 7.
    /// @return offerIndex The offer.
    /// @return expiry The first second at which it is over; 0 for an empty slot.
    /// @return maxVersion The newest version it opens.
    /// @return purposes The purposes it grants.
    /// @return seats The number of further accounts that may use it.
    function getLicense(
        address licensee,
        bytes32 datasetId,
        uint8 slot
    )
        external
        view
        returns (uint32 offerIndex, uint40 expiry, uint32 maxVersion, uint16 purposes, uint16 seats);

    /// @notice The seat of a user on a dataset.
    /// @param datasetId The dataset.
    /// @param user The user.
    /// @return licensee The licensee, the zero address if none.
    /// @return seat The number of the seat, from 1.
    function seatOf(bytes32 datasetId, address user) external view returns (address licensee, uint16 seat);

    /// @notice The revenue counters of a version.
    /// @param datasetId The dataset.
    /// @param version The version.
    /// @return contributors Σ amount · 2^48 / active weight of the CONTRIBUTOR tree.
    /// @return others The same of the OTHER tree.
    /// @return cappedWeight The contributors' weight that no longer earns.
    function accumulatorsOf(
        bytes32 datasetId,
        uint32 version
    ) external view returns (uint128 contributors, uint128 others, uint40 cappedWeight);

    /// @notice The amount a leaf could claim now. It does not check that the leaf is in the tree.
    /// @param datasetId The dataset.
    /// @param version The version.
    /// @param leaf The leaf.
    function dueOf(bytes32 datasetId, uint32 version, Leaf calldata leaf) external view returns (uint256);

    /// @notice The stored state of a leaf.
    /// @param datasetId The dataset.
    /// @param version The version.
    /// @param leaf The leaf.
    /// @return weight The proven weight, 0 until the first claim.
    /// @return paid The amount paid so far.
    /// @return cap The accumulator at which it stopped earning, plus 1; 0 while it earns.
    function leafStateOf(
        bytes32 datasetId,
        uint32 version,
        Leaf calldata leaf
    ) external view returns (uint40 weight, uint88 paid, uint128 cap);

    /// @notice The hash of a leaf; its tree word has the weight in the low 40 bits.
    /// @param leaf The leaf.
    function hashLeaf(Leaf calldata leaf) external pure returns (bytes32);

    /// @notice The EIP-3009 nonce that commits to every term of a purchase.
    /// @param terms The terms.
    /// @param licensee The licensee.
    /// @param salt The salt.
    function purchaseNonceOf(
        Purchase calldata terms,
        address licensee,
        bytes32 salt
    ) external view returns (bytes32);

    /// @notice The id of a license.
    /// @param licensee The licensee.
    /// @param datasetId The dataset.
    /// @param offerIndex The offer.
    function licenseIdOf(address licensee, bytes32 datasetId, uint32 offerIndex) external pure returns (bytes32);

    /// @notice The EIP-712 domain separator of every licensee's message.
    function domainSeparator() external view returns (bytes32);
}
