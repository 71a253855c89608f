/** The wallet side of a session; an ethers `Signer` fits. */
export interface KeySigner {
  getAddress(): Promise<string>;
  /** EIP-191 personal signature over the text. */
  signMessage(message: string): Promise<string>;
}

export interface StartSessionOptions {
  /** SIWE domain; the host of the page in a browser, `localhost` elsewhere. */
  domain?: string;
  /** Default one hour; keepers accept at most 24 hours. */
  lifetimeSeconds?: number;
}

/** A wallet's signature in Lit's form. */
export interface WalletSig {
  sig: string;
  derivedVia: 'web3.eth.personal.sign';
  signedMessage: string;
  address: string;
}

/** A session key and the wallet's word for it. Plain JSON; the secret key must not leave the device. */
export interface KeySession {
  account: string;
  publicKey: string;
  /** Ed25519 seed ‖ public key, 64 bytes hex (the form of NaCl and of the Lit SDK). */
  secretKey: string;
  walletSig: WalletSig;
  issuedAt: string;
  expiresAt: string;
}

/** A session's signature for one keeper, in Lit's form. */
export interface SessionSig {
  sig: string;
  derivedVia: 'litSessionSignViaNacl';
  signedMessage: string;
  address: string;
  algo: 'ed25519';
}
