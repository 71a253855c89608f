/** The frozen ABI that every sealed identity names. It never changes, so it is written out here. */
export const accessPolicyAbi = [
  'function canDecrypt(address user, bytes32 datasetId, uint256 version, address contributorRef, uint256 consentNonce, uint256 purposes, uint256 validUntil, uint256 sources) view returns (bool)',
  'function canLabel(address user, bytes32 datasetId, address contributorRef, uint256 consentNonce, uint256 purposes, uint256 validUntil, bytes32 packId, uint256 sources) view returns (bool)',
  'function canDecryptMany(address user, bytes32 datasetId, (uint256 version, address contributorRef, uint256 consentNonce, uint256 purposes, uint256 validUntil, uint256 sources)[] entries) view returns (bool[])',
] as const;
