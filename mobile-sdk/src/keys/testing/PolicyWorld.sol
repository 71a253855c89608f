// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// Stands in for the registries behind AccessPolicy, so that key tests decide in one call who may open what.
/// Also an ERC-1271 wallet whose owner signs for it.
contract PolicyWorld {
    address private immutable _owner = msg.sender;
    mapping(address user => mapping(bytes32 datasetId => uint256 version)) private _licensed;
    mapping(address user => mapping(bytes32 packId => bool)) private _qualified;
    mapping(address ref => mapping(bytes32 datasetId => uint32)) private _nonce;

    function license(address user, bytes32 datasetId, uint256 maxVersion) external {
        _licensed[user][datasetId] = maxVersion;
    }

    function qualify(address user, bytes32 packId, bool yes) external {
        _qualified[user][packId] = yes;
    }

    function withdraw(address ref, bytes32 datasetId) external {
        ++_nonce[ref][datasetId];
    }

    function sourcesOf(bytes32) external view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(this);
    }

    function noncesOf(address ref, bytes32 datasetId) external view returns (uint32, uint32) {
        return (_nonce[ref][datasetId], 0);
    }

    function mayDecrypt(address user, bytes32 datasetId, uint256 version, uint256) external view returns (bool) {
        return version <= _licensed[user][datasetId];
    }

    function mayLabel(address user, bytes32, bytes32 packId) external view returns (bool) {
        return _qualified[user][packId];
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        if (signature.length != 65) return 0xffffffff;
        bytes32 r = bytes32(signature[0:32]);
        bytes32 s = bytes32(signature[32:64]);
        return ecrecover(digest, uint8(signature[64]), r, s) == _owner ? bytes4(0x1626ba7e) : bytes4(0xffffffff);
    }
}
