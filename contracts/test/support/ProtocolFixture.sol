// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessPolicy} from "../../src/AccessPolicy.sol";
import {ConsentRegistry} from "../../src/ConsentRegistry.sol";
import {ContributionRegistry} from "../../src/ContributionRegistry.sol";
import {DatasetRegistry} from "../../src/DatasetRegistry.sol";
import {LabelEscrow} from "../../src/LabelEscrow.sol";
import {LicenseVault} from "../../src/LicenseVault.sol";
import {ParameterManager} from "../../src/ParameterManager.sol";
import {TestUSD} from "../../src/TestUSD.sol";
import {IDatasetRegistry} from "../../src/interfaces/IDatasetRegistry.sol";
import {ILabelEscrow} from "../../src/interfaces/ILabelEscrow.sol";
import {ILicenseVault} from "../../src/interfaces/ILicenseVault.sol";
import {CapTables} from "./CapTables.sol";
import {TestBase} from "./TestBase.sol";

/// @notice The whole protocol with one dataset, one offer and one open version of three contributors and two others.
abstract contract ProtocolFixture is TestBase {
    uint16 internal constant TRAIN = 1;
    uint16 internal constant EVALUATE = 4;
    uint16 internal constant LABEL = 64;
    uint40 internal constant START = 1_800_000_000;
    uint40 internal constant REVIEW_WINDOW = 72 hours;
    uint40 internal constant PAYEE_DELAY = 7 days;
    uint32 internal constant PARAMETER_DELAY = 7 days;
    uint40 internal constant CONSENT_END = START + 365 days;
    uint128 internal constant PRICE = 100e6;
    uint128 internal constant DEPOSIT_CAP = 1_000_000e6;
    uint16 internal constant SHARE = 7000;

    uint256 internal aliceKey = keyOf("alice");
    uint256 internal curatorKey = keyOf("curator");
    uint256 internal signerKey = keyOf("signer");
    uint256 internal labelerKey = keyOf("labeler");
    uint256 internal licenseeKey = keyOf("licensee");
    uint256 internal seatKey = keyOf("seat");
    address internal alice = vm.addr(aliceKey);
    address internal bob = vm.addr(keyOf("bob"));
    address internal carol = vm.addr(keyOf("carol"));
    address internal curator = vm.addr(curatorKey);
    address internal guardian = vm.addr(keyOf("guardian"));
    address internal parameterOwner = vm.addr(keyOf("parameters"));
    address internal labeler = vm.addr(labelerKey);
    address internal licensee = vm.addr(licenseeKey);
    address internal requester = vm.addr(keyOf("requester"));
    address internal jobSigner = vm.addr(signerKey);
    address internal seatUser = vm.addr(seatKey);
    address internal stranger = vm.addr(keyOf("stranger"));

    TestUSD internal token;
    ParameterManager internal manager;
    DatasetRegistry internal datasets;
    ConsentRegistry internal consents;
    ContributionRegistry internal contributions;
    LicenseVault internal vault;
    LabelEscrow internal escrow;
    AccessPolicy internal policy;

    bytes32 internal datasetId;
    uint32 internal offer;
    uint32 internal version;

    function setUp() public virtual {
        vm.warp(START);
        token = new TestUSD();
        manager = new ParameterManager(parameterOwner, PARAMETER_DELAY);
        datasets = new DatasetRegistry(guardian, REVIEW_WINDOW, address(manager));
        consents = new ConsentRegistry(PAYEE_DELAY);
        contributions = new ContributionRegistry(address(consents));
        vault = new LicenseVault(
            address(token),
            address(datasets),
            address(consents),
            guardian,
            DEPOSIT_CAP,
            address(manager)
        );
        escrow = new LabelEscrow(
            address(token),
            address(datasets),
            guardian,
            ILabelEscrow.Settings({
                rejectionWindow: 3 days,
                reservedDelay: 7 days,
                finalDelay: 30 days,
                signerDelay: 7 days,
                depositCap: DEPOSIT_CAP
            }),
            address(manager)
        );
        policy = new AccessPolicy(address(datasets), address(consents));

        vm.startPrank(curator);
        datasetId = datasets.createDataset(datasetParams(), "salt");
        offer = datasets.createOffer(datasetId, offerParams(PRICE));
        version = datasets.publishVersion(datasetId, versionParams());
        vm.stopPrank();
        vm.warp(START + REVIEW_WINDOW);

        token.mint(licensee, 10_000_000e6);
        token.mint(requester, 10_000_000e6);
        vm.prank(licensee);
        token.approve(address(vault), type(uint256).max);
        vm.prank(requester);
        token.approve(address(escrow), type(uint256).max);
    }

    function datasetParams() internal view returns (IDatasetRegistry.DatasetParams memory params) {
        params.schemaHash = keccak256("schema");
        params.purposes = TRAIN | EVALUATE | LABEL;
        params.contributorsBps = SHARE;
        params.floorPrice = 10e6;
        params.token = address(token);
        params.sources = new address[](2);
        params.sources[0] = address(vault);
        params.sources[1] = address(escrow);
        params.metadataCid = "bafkmetadata";
    }

    function offerParams(uint128 price) internal pure returns (IDatasetRegistry.OfferParams memory) {
        return
            IDatasetRegistry.OfferParams({
                price: price,
                duration: 30 days,
                purposes: TRAIN,
                seats: 2,
                termsHash: keccak256("terms")
            });
    }

    function versionParams() internal view returns (IDatasetRegistry.VersionParams memory) {
        return
            IDatasetRegistry.VersionParams({
                manifestCid: "bafkmanifest",
                contributorRoot: CapTables.root(contributorLeaves()),
                otherRoot: CapTables.root(otherLeaves()),
                parent: 0
            });
    }

    function contributorLeaves() internal view virtual returns (ILicenseVault.Leaf[] memory leaves) {
        leaves = new ILicenseVault.Leaf[](3);
        leaves[0] = ILicenseVault.Leaf(0, alice, 500, CONSENT_END, 0);
        leaves[1] = ILicenseVault.Leaf(0, bob, 300, CONSENT_END, 0);
        leaves[2] = ILicenseVault.Leaf(0, carol, 200, CONSENT_END, 0);
    }

    function otherLeaves() internal view virtual returns (ILicenseVault.Leaf[] memory leaves) {
        leaves = new ILicenseVault.Leaf[](2);
        leaves[0] = ILicenseVault.Leaf(1, labeler, 60, 0, 0);
        leaves[1] = ILicenseVault.Leaf(2, curator, 40, 0, 0);
    }

    function contributorClaim(uint256 index) internal view returns (ILicenseVault.Claim memory) {
        ILicenseVault.Leaf[] memory leaves = contributorLeaves();
        return
            ILicenseVault.Claim(datasetId, version, leaves[index], uint32(index), CapTables.proof(leaves, index));
    }

    function otherClaim(uint256 index) internal view returns (ILicenseVault.Claim memory) {
        ILicenseVault.Leaf[] memory leaves = otherLeaves();
        return
            ILicenseVault.Claim(datasetId, version, leaves[index], uint32(index), CapTables.proof(leaves, index));
    }

    function claimOne(ILicenseVault.Claim memory item) internal returns (uint256) {
        ILicenseVault.Claim[] memory claims = new ILicenseVault.Claim[](1);
        claims[0] = item;
        return vault.claim(claims);
    }

    function terms() internal view returns (ILicenseVault.Purchase memory) {
        return
            ILicenseVault.Purchase({
                datasetId: datasetId,
                offerIndex: offer,
                slot: 0,
                version: version,
                maxPrice: PRICE,
                maxWithdrawnBps: 10_000
            });
    }

    function buy() internal {
        vm.prank(licensee);
        vault.purchase(terms());
    }
}
