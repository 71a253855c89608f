// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Guarded} from "./Guarded.sol";
import {IDatasetRegistry} from "./interfaces/IDatasetRegistry.sol";
import {Ids} from "./libraries/Ids.sol";
import {MerkleSum} from "./libraries/MerkleSum.sol";
import {Purposes} from "./libraries/Purposes.sol";

/// @title Dataset registry
contract DatasetRegistry is IDatasetRegistry, Guarded {
    /// @dev One slot. `contributorsBps` is the dataset's, repeated so that a sale reads one slot less.
    struct OfferTerms {
        uint128 price;
        uint32 duration;
        uint16 purposes;
        uint16 seats;
        uint16 contributorsBps;
        bool active;
    }

    struct StoredOffer {
        OfferTerms terms;
        bytes32 termsHash;
    }

    /// @dev One slot: what a sale needs of a version, and its link.
    struct VersionState {
        uint40 opensAt;
        uint40 publishedBlock;
        uint40 contributorWeight;
        uint40 otherWeight;
        uint32 parent;
        uint16 objection;
        bool objected;
    }

    struct StoredVersion {
        uint256 contributorRoot;
        uint256 otherRoot;
        VersionState state;
    }

    uint32 private constant _MAX_VERSIONS = 1023;
    uint256 private constant _MAX_SOURCES = 4;
    uint16 private constant _MAX_SEATS = 256;
    uint16 private constant _MAX_BPS = 10_000;
    uint256 private constant _FLOOR_PERIOD = 30 days;

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

    constructor(address guardian_, uint40 reviewWindow_, address manager) Guarded(guardian_, manager) {
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
        OfferTerms memory terms = OfferTerms({
            price: params.price,
            duration: params.duration,
            purposes: params.purposes,
            seats: params.seats,
            contributorsBps: dataset.contributorsBps,
            active: true
        });
        _offers[datasetId][offerIndex] = StoredOffer({terms: terms, termsHash: params.termsHash});
        emit OfferCreated(datasetId, offerIndex, Ids.offer(datasetId, offerIndex), params);
    }

    /// @inheritdoc IDatasetRegistry
    function setOfferActive(
        bytes32 datasetId,
        uint32 offerIndex,
        bool active
    ) external override onlyCurator(datasetId) {
        StoredOffer storage offer = _offer(datasetId, offerIndex);
        offer.terms.active = active;
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

        version = latest + 1;
        dataset.latestVersion = version;
        uint40 opensAt = _storeVersion(_versions[datasetId][version], params, dataset.contributorsBps);
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
        VersionState storage state = _stateOf(datasetId, version);
        if (state.objected) revert DatasetRegistryAlreadyObjected(datasetId, version);
        if (block.timestamp >= state.opensAt) revert DatasetRegistryReviewOver(datasetId, version, state.opensAt);
        state.objected = true;
        state.objection = reason;
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
    function tokenOf(bytes32 datasetId) external view override returns (address) {
        return _dataset(datasetId).token;
    }

    /// @inheritdoc IDatasetRegistry
    function getOffer(bytes32 datasetId, uint32 offerIndex) external view override returns (Offer memory) {
        StoredOffer storage offer = _offer(datasetId, offerIndex);
        OfferTerms memory terms = offer.terms;
        return
            Offer({
                price: terms.price,
                duration: terms.duration,
                purposes: terms.purposes,
                seats: terms.seats,
                active: terms.active,
                termsHash: offer.termsHash
            });
    }

    /// @inheritdoc IDatasetRegistry
    function getVersion(bytes32 datasetId, uint32 version) external view override returns (Version memory) {
        VersionState storage state = _stateOf(datasetId, version);
        StoredVersion storage stored = _versions[datasetId][version];
        return
            Version({
                contributorRoot: stored.contributorRoot,
                otherRoot: stored.otherRoot,
                opensAt: state.opensAt,
                publishedBlock: state.publishedBlock,
                parent: state.parent,
                objection: state.objection,
                objected: state.objected
            });
    }

    /// @inheritdoc IDatasetRegistry
    function isOpen(bytes32 datasetId, uint32 version) external view override returns (bool) {
        return _isOpen(_versions[datasetId][version].state);
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
        OfferTerms storage terms = _offer(datasetId, offerIndex).terms;
        if (!terms.active) revert DatasetRegistryOfferInactive(datasetId, offerIndex);
        VersionState storage state = _stateOf(datasetId, version);
        if (!_isOpen(state)) {
            revert DatasetRegistryVersionNotOpen(datasetId, version, state.opensAt, state.objected);
        }
        sale.price = terms.price;
        sale.duration = terms.duration;
        sale.purposes = terms.purposes;
        sale.seats = terms.seats;
        sale.contributorsBps = terms.contributorsBps;
        sale.contributorWeight = state.contributorWeight;
        sale.otherWeight = state.otherWeight;
    }

    /// @inheritdoc IDatasetRegistry
    function rootOf(bytes32 datasetId, uint32 version, bool contributors) external view override returns (uint256) {
        StoredVersion storage stored = _versions[datasetId][version];
        return contributors ? stored.contributorRoot : stored.otherRoot;
    }

    function _storeVersion(
        StoredVersion storage stored,
        VersionParams calldata params,
        uint16 contributorsBps
    ) private returns (uint40 opensAt) {
        uint40 contributorWeight = MerkleSum.weightOf(params.contributorRoot);
        uint40 otherWeight = MerkleSum.weightOf(params.otherRoot);
        if (contributorWeight == 0 || (otherWeight == 0 && contributorsBps < _MAX_BPS)) {
            revert DatasetRegistryEmptyTree(params.contributorRoot, params.otherRoot);
        }
        opensAt = uint40(block.timestamp) + reviewWindow;
        stored.contributorRoot = params.contributorRoot;
        stored.otherRoot = params.otherRoot;
        stored.state = VersionState({
            opensAt: opensAt,
            publishedBlock: uint40(block.number),
            contributorWeight: contributorWeight,
            otherWeight: otherWeight,
            parent: params.parent,
            objection: 0,
            objected: false
        });
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
        if (offer.terms.duration == 0) revert DatasetRegistryUnknownOffer(datasetId, offerIndex);
    }

    function _stateOf(bytes32 datasetId, uint32 version) private view returns (VersionState storage state) {
        state = _versions[datasetId][version].state;
        if (state.contributorWeight == 0) revert DatasetRegistryUnknownVersion(datasetId, version);
    }

    function _isOpen(VersionState storage state) private view returns (bool) {
        return state.contributorWeight != 0 && !state.objected && block.timestamp >= state.opensAt;
    }
}
