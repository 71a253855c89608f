import {
  computeAddress,
  hashMessage,
  SigningKey,
  type TypedDataDomain,
  TypedDataEncoder,
  type TypedDataField,
} from 'ethers';

/**
 * An account whose key is in memory: signs messages (EIP-191) and structs (EIP-712). What sends transactions makes a wallet of it
 * (`runnerOf`): the code for those is not needed to contribute.
 */
export class LocalSigner {
  readonly provider = null;
  readonly address: string;
  readonly key: SigningKey;

  /** @param secret 32 bytes, or as hex */
  constructor(secret: string | Uint8Array) {
    this.key = new SigningKey(secret);
    this.address = computeAddress(this.key.publicKey);
  }

  async getAddress(): Promise<string> {
    return this.address;
  }

  async signMessage(message: string | Uint8Array): Promise<string> {
    return this.key.sign(hashMessage(message)).serialized;
  }

  async signTypedData(
    domain: TypedDataDomain,
    types: Record<string, TypedDataField[]>,
    value: Record<string, unknown>,
  ): Promise<string> {
    return this.key.sign(TypedDataEncoder.hash(domain, types, value)).serialized;
  }
}
