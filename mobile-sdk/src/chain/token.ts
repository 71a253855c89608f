import { abis } from '@allod/contracts';
import { Contract, Signature, type TypedDataDomain } from 'ethers';
import type { ClientContext } from '../context.ts';
import type { Account } from '../identity/account.ts';
import { contractAt, providerOf, runnerOf } from './contracts.ts';
import { readChain, transact } from './transact.ts';

/** Address of the token that licenses are paid in, as the vault says. */
export async function paymentToken(client: ClientContext): Promise<string> {
  return readChain<string>(() => contractAt(client.chain, 'LicenseVault').getFunction('token')());
}

/** A token with permit (ERC-2612) and EIP-3009. */
export function tokenAt(client: ClientContext, address: string, account?: Account): Contract {
  return new Contract(address, abis.TestUSD as never, runnerOf(client.chain, account?.signer));
}

/** EIP-712 domain of a token, from ERC-5267 where it has that, else from name() and version(). */
export async function tokenDomain(client: ClientContext, address: string): Promise<TypedDataDomain> {
  const domain = new Contract(
    address,
    [
      'function eip712Domain() view returns (bytes1,string name,string version,uint256 chainId,address verifyingContract,bytes32,uint256[])',
      'function name() view returns (string)',
      'function version() view returns (string)',
    ],
    providerOf(client.chain),
  );
  const base = { chainId: client.chain.chainId, verifyingContract: address };
  try {
    const { name, version } = await domain.getFunction('eip712Domain')();
    return { ...base, name, version };
  } catch {
    const [name, version] = await readChain(() =>
      Promise.all([
        domain.getFunction('name')(),
        domain
          .getFunction('version')()
          .catch(() => '1'),
      ]),
    );
    return { ...base, name, version };
  }
}

/** Signs an ERC-2612 permit for `spender`. */
export async function signPermit(
  client: ClientContext,
  owner: Account,
  token: string,
  spender: string,
  value: bigint,
  deadline: number,
): Promise<Signature> {
  const nonce = await readChain<bigint>(() => tokenAt(client, token).getFunction('nonces')(owner.address));
  const types = {
    Permit: [
      { name: 'owner', type: 'address' },
      { name: 'spender', type: 'address' },
      { name: 'value', type: 'uint256' },
      { name: 'nonce', type: 'uint256' },
      { name: 'deadline', type: 'uint256' },
    ],
  };
  const message = { owner: owner.address, spender, value, nonce, deadline };
  return Signature.from(await owner.signer.signTypedData(await tokenDomain(client, token), types, message));
}

/** Signs an EIP-3009 `ReceiveWithAuthorization` to `to`. */
export async function signAuthorization(
  client: ClientContext,
  from: Account,
  token: string,
  p: { to: string; value: bigint; validAfter: number; validBefore: number; nonce: string },
): Promise<string> {
  const types = {
    ReceiveWithAuthorization: [
      { name: 'from', type: 'address' },
      { name: 'to', type: 'address' },
      { name: 'value', type: 'uint256' },
      { name: 'validAfter', type: 'uint256' },
      { name: 'validBefore', type: 'uint256' },
      { name: 'nonce', type: 'bytes32' },
    ],
  };
  return from.signer.signTypedData(await tokenDomain(client, token), types, { from: from.address, ...p });
}

/** Sees to it that `spender` may take `amount` of the account's tokens; sends an approval only when it is missing. */
export async function ensureAllowance(
  client: ClientContext,
  owner: Account,
  token: string,
  spender: string,
  amount: bigint,
): Promise<void> {
  const contract = tokenAt(client, token, owner);
  const allowance = await readChain<bigint>(() => contract.getFunction('allowance')(owner.address, spender));
  if (allowance < amount) await transact(contract, 'approve', spender, amount);
}
