// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Dataset registry
/// @notice Datasets, their offers and their versions. Everything is immutable once written, except that a curator may
/// append entitlement sources, switch an offer on and off, and that the guardian may object once to a version inside
/// its review window.
interface IDatasetRegistry {
    /// @notice What a curator fixes when a dataset is created.
    /// @param schemaHash The hash of the item schema.
    /// @param purposes The purposes for which the dataset may be used (bits TRAIN 1 … LABEL 64).
    /// @param contributorsBps The contributors' share of every purchase, 1 to 10,000 basis points.
    /// @param floorPrice The least price, in base units of `token` per license per 30 days.
    /// @param token The payment token.
    /// @param sources The first entitlement sources, 1 to 4.
    /// @param metadataCid The CID of the public description; kept in the event only.
    struct DatasetParams {
        bytes32 schemaHash;
        uint16 purposes;
        uint16 contributorsBps;
        uint128 floorPrice;
        address token;
        address[] sources;
        string metadataCid;
    }

    /// @notice A dataset as stored.
    /// @param curator The account that owns the rules and publishes versions.
    /// @param purposes The purposes for which the dataset may be used.
    /// @param contributorsBps The contributors' share of every purchase in basis points.
    /// @param latestVersion The number of the newest version, 0 if none.
    /// @param offerCount The number of offers; the next offer gets this index.
    /// @param token The payment token.
    /// @param floorPrice The least price, in base units per license per 30 days.
    /// @param schemaHash The hash of the item schema.
    struct Dataset {
        address curator;
        uint16 purposes;
        uint16 contributorsBps;
        uint32 latestVersion;
        uint32 offerCount;
        address token;
        uint128 floorPrice;
        bytes32 schemaHash;
    }

    /// @notice What a curator fixes when an offer is created.
    /// @param price The price of one license period in base units.
    /// @param duration The length of one license period in seconds.
    /// @param purposes The purposes the license grants; a subset of the dataset's, without LABEL.
    /// @param seats The number of further accounts that may use the license, 0 to 256.
    /// @param termsHash The hash of the license text.
    struct OfferParams {
        uint128 price;
        uint32 duration;
        uint16 purposes;
        uint16 seats;
        bytes32 termsHash;
    }

    /// @notice An offer as stored; fields as in `OfferParams`.
    struct Offer {
        uint128 price;
        uint32 duration;
        uint16 purposes;
        uint16 seats;
        bool active;
        bytes32 termsHash;
    }

    /// @notice What a curator fixes when a version is published.
    /// @param manifestCid The CID of the manifest; kept in the event only.
    /// @param contributorRoot The root word of the CONTRIBUTOR tree: hash, with the total weight in the low 40 bits.
    /// @param otherRoot The root word of the OTHER tree (labelers, curator, protocol).
    /// @param parent The version this one continues, 0 for none.
    struct VersionParams {
        string manifestCid;
        uint256 contributorRoot;
        uint256 otherRoot;
        uint32 parent;
    }

    /// @notice A version as stored.
    /// @param contributorRoot The root word of the CONTRIBUTOR tree.
    /// @param otherRoot The root word of the OTHER tree.
    /// @param opensAt The first second at which it can be sold and opened, unless objected.
    /// @param publishedBlock The block of the `VersionPublished` event.
    /// @param parent The version this one continues, 0 for none.
    /// @param objection The guardian's reason code; meaningful only when `objected`.
    /// @param objected Whether the guardian objected: then it is never sold and opens only with a newer one.
    struct Version {
        uint256 contributorRoot;
        uint256 otherRoot;
        uint40 opensAt;
        uint40 publishedBlock;
        uint32 parent;
        uint16 objection;
        bool objected;
    }

    /// @notice Everything a vault must know to sell one license, in one call.
    /// @param price The price of one period in base units.
    /// @param duration The length of one period in seconds.
    /// @param purposes The purposes the license grants.
    /// @param seats The number of further accounts that may use the license.
    /// @param contributorsBps The contributors' share in basis points.
    /// @param contributorWeight The total weight of the CONTRIBUTOR tree.
    /// @param otherWeight The total weight of the OTHER tree.
    struct Sale {
        uint128 price;
        uint32 duration;
        uint16 purposes;
        uint16 seats;
        uint16 contributorsBps;
        uint40 contributorWeight;
        uint40 otherWeight;
    }

    /// @notice Emitted when a dataset is created.
    /// @param datasetId The id, derived from the chain, this contract, the curator and the salt.
    /// @param curator The account that owns the rules.
    /// @param params The rules.
    /// @param salt The salt of the id.
    event DatasetCreated(bytes32 indexed datasetId, address indexed curator, DatasetParams params, bytes32 salt);

    /// @notice Emitted when an entitlement source is appended.
    /// @param datasetId The dataset.
    /// @param source The source.
    /// @param position Its position in the list, from 0.
    event SourceAdded(bytes32 indexed datasetId, address indexed source, uint256 position);

    /// @notice Emitted when an offer is created.
    /// @param datasetId The dataset.
    /// @param offerIndex The number of the offer, from 0.
    /// @param offerId The id of the offer.
    /// @param params The terms.
    event OfferCreated(
        bytes32 indexed datasetId,
        uint32 indexed offerIndex,
        bytes32 indexed offerId,
        OfferParams params
    );

    /// @notice Emitted when an offer is switched on or off.
    /// @param datasetId The dataset.
    /// @param offerIndex The offer.
    /// @param active Whether it can be bought from now on.
    event OfferActiveChanged(bytes32 indexed datasetId, uint32 indexed offerIndex, bool active);

    /// @notice Emitted when a version is published.
    /// @param datasetId The dataset.
    /// @param version The number of the version, from 1.
    /// @param manifestCid The CID of the manifest.
    /// @param contributorRoot The root word of the CONTRIBUTOR tree.
    /// @param otherRoot The root word of the OTHER tree.
    /// @param parent The version this one continues, 0 for none.
    /// @param opensAt The first second at which it can be sold and opened.
    event VersionPublished(
        bytes32 indexed datasetId,
        uint32 indexed version,
        string manifestCid,
        uint256 contributorRoot,
        uint256 otherRoot,
        uint32 parent,
        uint40 opensAt
    );

    /// @notice Emitted when the guardian objects to a version, which then never opens.
    /// @param datasetId The dataset.
    /// @param version The version.
    /// @param reason The reason code.
    event VersionObjected(bytes32 indexed datasetId, uint32 indexed version, uint16 reason);

    /// @notice Thrown when no dataset has this id.
    /// @param datasetId The id asked for.
    error DatasetRegistryUnknownDataset(bytes32 datasetId);

    /// @notice Thrown when the dataset exists already.
    /// @param datasetId The id.
    error DatasetRegistryDatasetExists(bytes32 datasetId);

    /// @notice Thrown when the caller is not the curator.
    /// @param datasetId The dataset.
    /// @param caller The caller.
    error DatasetRegistryNotCurator(bytes32 datasetId, address caller);

    /// @notice Thrown when the caller is not the guardian.
    /// @param caller The caller.
    error DatasetRegistryNotGuardian(address caller);

    /// @notice Thrown when purposes are empty, unknown, or not allowed here.
    /// @param purposes The purposes given.
    /// @param allowed The purposes allowed.
    error DatasetRegistryBadPurposes(uint16 purposes, uint16 allowed);

    /// @notice Thrown when the contributors' share is 0 or above 10,000 basis points.
    /// @param contributorsBps The share given.
    error DatasetRegistryBadShare(uint16 contributorsBps);

    /// @notice Thrown when a token or source address has no code.
    /// @param account The address.
    error DatasetRegistryNoCode(address account);

    /// @notice Thrown when the number of sources would leave 1 to 4.
    /// @param count The number there would be.
    error DatasetRegistryBadSourceCount(uint256 count);

    /// @notice Thrown when a source is listed already.
    /// @param source The source.
    error DatasetRegistryDuplicateSource(address source);

    /// @notice Thrown when no offer has this index.
    /// @param datasetId The dataset.
    /// @param offerIndex The index asked for.
    error DatasetRegistryUnknownOffer(bytes32 datasetId, uint32 offerIndex);

    /// @notice Thrown when an offer is switched off.
    /// @param datasetId The dataset.
    /// @param offerIndex The offer.
    error DatasetRegistryOfferInactive(bytes32 datasetId, uint32 offerIndex);

    /// @notice Thrown when an offer lasts no time.
    error DatasetRegistryZeroDuration();

    /// @notice Thrown when an offer has more than 256 seats.
    /// @param seats The seats given.
    error DatasetRegistryTooManySeats(uint16 seats);

    /// @notice Thrown when an offer is cheaper than the floor.
    /// @param price The price given.
    /// @param minimum The least price for this duration.
    error DatasetRegistryBelowFloor(uint128 price, uint256 minimum);

    /// @notice Thrown when no version has this number.
    /// @param datasetId The dataset.
    /// @param version The number asked for.
    error DatasetRegistryUnknownVersion(bytes32 datasetId, uint32 version);

    /// @notice Thrown when a version is not open: inside its review window, or objected.
    /// @param datasetId The dataset.
    /// @param version The version.
    /// @param opensAt The end of the review window.
    /// @param objected Whether the guardian objected.
    error DatasetRegistryVersionNotOpen(bytes32 datasetId, uint32 version, uint40 opensAt, bool objected);

    /// @notice Thrown when a dataset has 1,023 versions already.
    /// @param datasetId The dataset.
    error DatasetRegistryTooManyVersions(bytes32 datasetId);

    /// @notice Thrown when the parent is not an earlier version.
    /// @param parent The parent given.
    /// @param latestVersion The newest version there is.
    error DatasetRegistryBadParent(uint32 parent, uint32 latestVersion);

    /// @notice Thrown when a tree that must receive money has no weight.
    /// @param contributorRoot The CONTRIBUTOR root given.
    /// @param otherRoot The OTHER root given.
    error DatasetRegistryEmptyTree(uint256 contributorRoot, uint256 otherRoot);

    /// @notice Thrown when a manifest or metadata CID is missing.
    error DatasetRegistryEmptyCid();

    /// @notice Thrown when the review window is over.
    /// @param datasetId The dataset.
    /// @param version The version.
    /// @param opensAt When it ended.
    error DatasetRegistryReviewOver(bytes32 datasetId, uint32 version, uint40 opensAt);

    /// @notice Thrown when the guardian objected already.
    /// @param datasetId The dataset.
    /// @param version The version.
    error DatasetRegistryAlreadyObjected(bytes32 datasetId, uint32 version);

    /// @notice Creates a dataset; the caller becomes its curator.
    /// @param params The rules, immutable from here on.
    /// @param salt Any value not used before by this curator.
    /// @return datasetId The id.
    function createDataset(DatasetParams calldata params, bytes32 salt) external returns (bytes32 datasetId);

    /// @notice Appends an entitlement source. It can only serve contributors who agree from now on. Curator only.
    /// @param datasetId The dataset.
    /// @param source The source.
    function addSource(bytes32 datasetId, address source) external;

    /// @notice Creates an offer. Curator only.
    /// @param datasetId The dataset.
    /// @param params The terms, immutable from here on; price · 30 days ≥ floorPrice · duration.
    /// @return offerIndex The number of the offer, from 0.
    function createOffer(bytes32 datasetId, OfferParams calldata params) external returns (uint32 offerIndex);

    /// @notice Switches an offer on or off. Curator only. Licenses already bought are not affected.
    /// @param datasetId The dataset.
    /// @param offerIndex The offer.
    /// @param active Whether it can be bought from now on.
    function setOfferActive(bytes32 datasetId, uint32 offerIndex, bool active) external;

    /// @notice Publishes the next version. It opens after the review window. Curator only.
    /// @param datasetId The dataset.
    /// @param params The manifest and the cap table.
    /// @return version The number of the version, from 1.
    function publishVersion(bytes32 datasetId, VersionParams calldata params) external returns (uint32 version);

    /// @notice Objects to a version inside its review window: it then never opens. Guardian only, once per version.
    /// @param datasetId The dataset.
    /// @param version The version.
    /// @param reason The reason code.
    function objectVersion(bytes32 datasetId, uint32 version, uint16 reason) external;

    /// @notice The time between publication and opening, in seconds.
    function reviewWindow() external view returns (uint40);

    /// @notice The id of a dataset that `curator` creates with `salt`.
    /// @param curator The curator.
    /// @param salt The salt.
    function datasetIdOf(address curator, bytes32 salt) external view returns (bytes32);

    /// @notice A dataset. Reverts when unknown.
    /// @param datasetId The dataset.
    function getDataset(bytes32 datasetId) external view returns (Dataset memory);

    /// @notice The curator of a dataset, the zero address when unknown.
    /// @param datasetId The dataset.
    function curatorOf(bytes32 datasetId) external view returns (address);

    /// @notice The payment token of a dataset. Reverts when unknown.
    /// @param datasetId The dataset.
    function tokenOf(bytes32 datasetId) external view returns (address);

    /// @notice An offer. Reverts when unknown.
    /// @param datasetId The dataset.
    /// @param offerIndex The offer.
    function getOffer(bytes32 datasetId, uint32 offerIndex) external view returns (Offer memory);

    /// @notice A version. Reverts when unknown.
    /// @param datasetId The dataset.
    /// @param version The version.
    function getVersion(bytes32 datasetId, uint32 version) external view returns (Version memory);

    /// @notice Whether a version is out of its review window and was not objected to; false when unknown.
    /// @param datasetId The dataset.
    /// @param version The version.
    function isOpen(bytes32 datasetId, uint32 version) external view returns (bool);

    /// @notice The entitlement sources, oldest first; empty when unknown.
    /// @param datasetId The dataset.
    function sourcesOf(bytes32 datasetId) external view returns (address[] memory);

    /// @notice The number of the newest version, 0 if none.
    /// @param datasetId The dataset.
    function latestVersion(bytes32 datasetId) external view returns (uint32);

    /// @notice The terms of one sale. Reverts when the offer is unknown or inactive or the version is not open.
    /// @param datasetId The dataset.
    /// @param offerIndex The offer.
    /// @param version The version.
    function saleOf(bytes32 datasetId, uint32 offerIndex, uint32 version) external view returns (Sale memory);

    /// @notice One root word of a version, 0 when unknown.
    /// @param datasetId The dataset.
    /// @param version The version.
    /// @param contributors Whether the CONTRIBUTOR tree is meant, else the OTHER tree.
    function rootOf(bytes32 datasetId, uint32 version, bool contributors) external view returns (uint256);
}
