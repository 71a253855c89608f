// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDatasetRegistry} from "./interfaces/IDatasetRegistry.sol";
import {Ids} from "./libraries/Ids.sol";
import {MerkleSum} from "./libraries/MerkleSum.sol";
import {Purposes} from "./libraries/Purposes.sol";

/// @title Dataset registry
contract DatasetRegistry is IDatasetRegistry {
    /// @dev `contributorsBps` is the dataset's, repeated so that a sale reads one slot less.
    struct StoredOffer {
        uint128 price;
        uint32 duration;
        uint16 purposes;
        uint16 seats;
        uint16 contributorsBps;
        bool active;
        bytes32 termsHash;
    }

    /// @dev Root words in full, and beside them, in one slot, what a sale needs.
    struct StoredVersion {
        uint256 contributorRoot;
        uint256 otherRoot;
        uint40 opensAt;
        uint40 publishedBlock;
        uint40 contributorWeight;
        uint40 otherWeight;
        uint32 parent;
        uint16 objection;
        bool objected;
    }

    uint32 private constant _MAX_VERSIONS = 1023;
    uint256 private constant _MAX_SOURCES = 4;
    uint16 private constant _MAX_SEATS = 256;
    uint16 private constant _MAX_BPS = 10_000;
    uint256 private constant _FLOOR_PERIOD = 30 days;

    /// @inheritdoc IDatasetRegistry
    address public immutable override guardian;
    /// @inheritdoc IDatasetRegistry
    uint40 public immutable override reviewWindow;

    mapping(bytes32 datasetId => Dataset) private _datasets;
    mapping(bytes32 datasetId => address[]) private _sources;
    mapping(bytes32 datasetId => mapping(uint32 offerIndex => StoredOffer)) private _offers;
    mapping(bytes32 datasetId => mapping(uint32 version => StoredVersion)) private _versions;

    modifier onlyCurator(bytes32 datasetId) {
        address curator = _datasets[datasetId].curator;
        if (curator == address(0)) revert DatasetRegistryUnknownDataset(datasetId);
        if (curator != msg.sender) revert DatasetRegistryNotCurator(datasetId, msg.sender);
        _;
    }

    constructor(address guardian_, uint40 reviewWindow_) {
        guardian = guardian_;
        reviewWindow = reviewWindow_;
    }

    /// @inheritdoc IDatasetRegistry
    function createDataset(
        DatasetParams calldata params,
        bytes32 salt
    ) external override returns (bytes32 datasetId) {
        datasetId = datasetIdOf(msg.sender, salt);
        if (_datasets[datasetId].curator != address(0)) revert DatasetRegistryDatasetExists(datasetId);
        if (!Purposes.isSubset(params.purposes, Purposes.ALL)) {
            revert DatasetRegistryBadPurposes(params.purposes, Purposes.ALL);
        }
        if (params.contributorsBps == 0 || params.contributorsBps > _MAX_BPS) {
            revert DatasetRegistryBadShare(params.contributorsBps);
        }
        if (params.token.code.length == 0) revert DatasetRegistryNoCode(params.token);
        if (params.sources.length == 0) revert DatasetRegistryBadSourceCount(0);
        if (bytes(params.metadataCid).length == 0) revert DatasetRegistryEmptyCid();

        _datasets[datasetId] = Dataset({
            curator: msg.sender,
            purposes: params.purposes,
            contributorsBps: params.contributorsBps,
            latestVersion: 0,
            offerCount: 0,
            token: params.token,
            floorPrice: params.floorPrice,
            schemaHash: params.schemaHash
        });
        emit DatasetCreated(datasetId, msg.sender, params, salt);
        for (uint256 i = 0; i < params.sources.length; ++i) {
            _addSource(datasetId, params.sources[i]);
        }
    }

    /// @inheritdoc IDatasetRegistry
    function addSource(bytes32 datasetId, address source) external override onlyCurator(datasetId) {
        _addSource(datasetId, source);
    }

    /// @inheritdoc IDatasetRegistry
    function createOffer(
        bytes32 datasetId,
        OfferParams calldata params
    ) external override onlyCurator(datasetId) returns (uint32 offerIndex) {
        Dataset storage dataset = _datasets[datasetId];
        uint16 allowed = dataset.purposes & ~Purposes.LABEL;
        if (!Purposes.isSubset(params.purposes, allowed)) {
            revert DatasetRegistryBadPurposes(params.purposes, allowed);
        }
        if (params.duration == 0) revert DatasetRegistryZeroDuration();
        if (params.seats > _MAX_SEATS) revert DatasetRegistryTooManySeats(params.seats);
        uint256 scaledFloor = uint256(dataset.floorPrice) * params.duration;
        if (uint256(params.price) * _FLOOR_PERIOD < scaledFloor) {
            revert DatasetRegistryBelowFloor(params.price, (scaledFloor + _FLOOR_PERIOD - 1) / _FLOOR_PERIOD);
        }

        offerIndex = dataset.offerCount++;
        _offers[datasetId][offerIndex] = StoredOffer({
            price: params.price,
            duration: params.duration,
            purposes: params.purposes,
            seats: params.seats,
            contributorsBps: dataset.contributorsBps,
            active: true,
            termsHash: params.termsHash
        });
        emit OfferCreated(datasetId, offerIndex, Ids.offer(datasetId, offerIndex), params);
    }

    /// @inheritdoc IDatasetRegistry
    function setOfferActive(
        bytes32 datasetId,
        uint32 offerIndex,
        bool active
    ) external override onlyCurator(datasetId) {
        StoredOffer storage offer = _offer(datasetId, offerIndex);
        offer.active = active;
        emit OfferActiveChanged(datasetId, offerIndex, active);
    }

    /// @inheritdoc IDatasetRegistry
    function publishVersion(
        bytes32 datasetId,
        VersionParams calldata params
    ) external override onlyCurator(datasetId) returns (uint32 version) {
        Dataset storage dataset = _datasets[datasetId];
        uint32 latest = dataset.latestVersion;
        if (latest == _MAX_VERSIONS) revert DatasetRegistryTooManyVersions(datasetId);
        if (params.parent > latest) revert DatasetRegistryBadParent(params.parent, latest);
        if (bytes(params.manifestCid).length == 0) revert DatasetRegistryEmptyCid();
        uint40 contributorWeight = MerkleSum.weightOf(params.contributorRoot);
        uint40 otherWeight = MerkleSum.weightOf(params.otherRoot);
        if (contributorWeight == 0 || (otherWeight == 0 && dataset.contributorsBps < _MAX_BPS)) {
            revert DatasetRegistryEmptyTree(params.contributorRoot, params.otherRoot);
        }

        version = latest + 1;
        uint40 opensAt = uint40(block.timestamp) + reviewWindow;
        dataset.latestVersion = version;
        _versions[datasetId][version] = StoredVersion({
            contributorRoot: params.contributorRoot,
            otherRoot: params.otherRoot,
            opensAt: opensAt,
            publishedBlock: uint40(block.number),
            contributorWeight: contributorWeight,
            otherWeight: otherWeight,
            parent: params.parent,
            objection: 0,
            objected: false
        });
        emit VersionPublished(
            datasetId,
            version,
            params.manifestCid,
            params.contributorRoot,
            params.otherRoot,
            params.parent,
            opensAt
        );
    }

    /// @inheritdoc IDatasetRegistry
    function objectVersion(bytes32 datasetId, uint32 version, uint16 reason) external override {
        if (msg.sender != guardian) revert DatasetRegistryNotGuardian(msg.sender);
        StoredVersion storage stored = _storedVersion(datasetId, version);
        if (stored.objected) revert DatasetRegistryAlreadyObjected(datasetId, version);
        if (block.timestamp >= stored.opensAt) revert DatasetRegistryReviewOver(datasetId, version, stored.opensAt);
        stored.objected = true;
        stored.objection = reason;
        emit VersionObjected(datasetId, version, reason);
    }

    /// @inheritdoc IDatasetRegistry
    function datasetIdOf(address curator, bytes32 salt) public view override returns (bytes32) {
        return Ids.dataset(block.chainid, address(this), curator, salt);
    }

    /// @inheritdoc IDatasetRegistry
    function getDataset(bytes32 datasetId) external view override returns (Dataset memory) {
        return _dataset(datasetId);
    }

    /// @inheritdoc IDatasetRegistry
    function curatorOf(bytes32 datasetId) external view override returns (address) {
        return _datasets[datasetId].curator;
    }

    /// @inheritdoc IDatasetRegistry
    function getOffer(bytes32 datasetId, uint32 offerIndex) external view override returns (Offer memory) {
        StoredOffer storage offer = _offer(datasetId, offerIndex);
        return
            Offer({
                price: offer.price,
                duration: offer.duration,
                purposes: offer.purposes,
                seats: offer.seats,
                active: offer.active,
                termsHash: offer.termsHash
            });
    }

    /// @inheritdoc IDatasetRegistry
    function getVersion(bytes32 datasetId, uint32 version) external view override returns (Version memory) {
        StoredVersion storage stored = _storedVersion(datasetId, version);
        return
            Version({
                contributorRoot: stored.contributorRoot,
                otherRoot: stored.otherRoot,
                opensAt: stored.opensAt,
                publishedBlock: stored.publishedBlock,
                parent: stored.parent,
                objection: stored.objection,
                objected: stored.objected
            });
    }

    /// @inheritdoc IDatasetRegistry
    function isOpen(bytes32 datasetId, uint32 version) external view override returns (bool) {
        return _isOpen(_versions[datasetId][version]);
    }

    /// @inheritdoc IDatasetRegistry
    function sourcesOf(bytes32 datasetId) external view override returns (address[] memory) {
        return _sources[datasetId];
    }

    /// @inheritdoc IDatasetRegistry
    function latestVersion(bytes32 datasetId) external view override returns (uint32) {
        return _datasets[datasetId].latestVersion;
    }

    /// @inheritdoc IDatasetRegistry
    function saleOf(
        bytes32 datasetId,
        uint32 offerIndex,
        uint32 version
    ) external view override returns (Sale memory sale) {
        StoredOffer storage offer = _offer(datasetId, offerIndex);
        if (!offer.active) revert DatasetRegistryOfferInactive(datasetId, offerIndex);
        StoredVersion storage stored = _storedVersion(datasetId, version);
        if (!_isOpen(stored)) {
            revert DatasetRegistryVersionNotOpen(datasetId, version, stored.opensAt, stored.objected);
        }
        sale.price = offer.price;
        sale.duration = offer.duration;
        sale.purposes = offer.purposes;
        sale.seats = offer.seats;
        sale.contributorsBps = offer.contributorsBps;
        sale.contributorWeight = stored.contributorWeight;
        sale.otherWeight = stored.otherWeight;
        sale.token = _datasets[datasetId].token;
    }

    /// @inheritdoc IDatasetRegistry
    function rootOf(bytes32 datasetId, uint32 version, bool contributors) external view override returns (uint256) {
        StoredVersion storage stored = _versions[datasetId][version];
        return contributors ? stored.contributorRoot : stored.otherRoot;
    }

    function _addSource(bytes32 datasetId, address source) private {
        address[] storage sources = _sources[datasetId];
        uint256 count = sources.length;
        if (count == _MAX_SOURCES) revert DatasetRegistryBadSourceCount(count + 1);
        if (source.code.length == 0) revert DatasetRegistryNoCode(source);
        for (uint256 i = 0; i < count; ++i) {
            if (sources[i] == source) revert DatasetRegistryDuplicateSource(source);
        }
        sources.push(source);
        emit SourceAdded(datasetId, source, count);
    }

    function _dataset(bytes32 datasetId) private view returns (Dataset storage dataset) {
        dataset = _datasets[datasetId];
        if (dataset.curator == address(0)) revert DatasetRegistryUnknownDataset(datasetId);
    }

    function _offer(bytes32 datasetId, uint32 offerIndex) private view returns (StoredOffer storage offer) {
        offer = _offers[datasetId][offerIndex];
        if (offer.duration == 0) revert DatasetRegistryUnknownOffer(datasetId, offerIndex);
    }

    function _storedVersion(bytes32 datasetId, uint32 version) private view returns (StoredVersion storage stored) {
        stored = _versions[datasetId][version];
        if (stored.contributorWeight == 0) revert DatasetRegistryUnknownVersion(datasetId, version);
    }

    function _isOpen(StoredVersion storage stored) private view returns (bool) {
        return stored.contributorWeight != 0 && !stored.objected && block.timestamp >= stored.opensAt;
    }
}
