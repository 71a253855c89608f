import { type ClientContext, execute } from '../context.ts';
import { type ApiError, type TransportError, UntrustedAnswerError } from '../errors/api.ts';
import { ProtocolDocument, type ProtocolQuery } from '../graphql/generated.ts';

export type ProtocolInfo = Omit<ProtocolQuery['protocol'], 'contracts'> & { contracts: Record<string, string> };
export type GetProtocolErrorType = ApiError | TransportError | UntrustedAnswerError;

/**
 * What the API says about itself, compared with the client's own configuration.
 *
 * @throws `UNTRUSTED_ANSWER` when the API works on another chain or other contracts
 * @example
 * const { singleOperator, confirmations } = await client.getProtocol();
 */
export async function getProtocol(client: ClientContext): Promise<ProtocolInfo> {
  const { protocol } = await execute(client, ProtocolDocument, {});
  const contracts = protocol.contracts as Record<string, string>;
  const ours = Object.entries(client.chain.contracts).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  const differing = ours.filter(
    ([name, address]) => contracts[name] !== undefined && contracts[name].toLowerCase() !== address.toLowerCase(),
  );
  if (protocol.chainId !== client.chain.chainId || protocol.chainName !== client.chain.name || differing.length > 0) {
    throw new UntrustedAnswerError('the API works on another chain or other contracts', { protocol, differing });
  }
  return { ...protocol, contracts };
}
