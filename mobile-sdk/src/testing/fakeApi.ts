import { readFileSync } from 'node:fs';
import {
  blockMatches,
  CID,
  conditionOf,
  consentHash,
  contributionLeaf,
  contributionProof,
  contributionRoot,
  digestOf,
  fileToDag,
  jsonBytes,
  parseCid,
  sealedKeyHash,
  type SealedKeyRecord,
  type SignedKeyFileUpdate,
  signStruct,
} from '@allod/protocol';
import { buildSchema, graphql, type GraphQLSchema } from 'graphql';
import { recoverAddress, verifyMessage, Wallet } from 'ethers';
import type { ContributionCommitInput } from '../graphql/generated.ts';
import type { ContractAddresses } from '../chain/chain.ts';
import { CHAIN_ID } from './fakeChain.ts';

export const API = 'http://api.test';

let schema: GraphQLSchema | undefined;
const loadSchema = (): GraphQLSchema =>
  (schema ??= buildSchema(readFileSync(new URL('../../../api/schema.graphql', import.meta.url), 'utf8')));

const textOf = (body: RequestInit['body']): string =>
  typeof body === 'string' ? body : new TextDecoder().decode(body as Uint8Array);
const refused = (code: string): object => ({ __typename: 'Refused', code, message: code.toLowerCase(), details: null });

/** Blocks of a CARv1 whose CIDs have 36 bytes. */
export function blocksOf(car: Uint8Array): { cid: CID; bytes: Uint8Array }[] {
  const blocks: { cid: CID; bytes: Uint8Array }[] = [];
  for (let at = 0, isHeader = true; at < car.length; isHeader = false) {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = car[at++] as number;
      length += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    if (!isHeader)
      blocks.push({ cid: CID.decode(car.subarray(at, at + 36)), bytes: car.subarray(at + 36, at + length) });
    at += length;
  }
  return blocks;
}

/** One HTTP request as the fake sees it, before it answers. */
export interface Seen {
  kind: 'graphql' | 'put' | 'get';
  /** GraphQL operation, CID, or `car`. */
  name: string;
}

/**
 * The API in memory: the committed schema executed by graphql-js over plain objects, blocks by CID, and the checks of a commit that
 * a client must satisfy. `intercept` makes the network fail.
 */
export class FakeApi {
  readonly blocks = new Map<string, Uint8Array>();
  readonly commits: ContributionCommitInput[] = [];
  readonly seen: Seen[] = [];
  readonly operator = Wallet.createRandom();
  /** Further resolvers by field name; the third argument is what the fake would answer. */
  readonly resolvers: Record<string, (args: never, account: string | null, usual: () => unknown) => unknown> = {};
  /** Updates of key files, as a gateway serves them. */
  readonly updates: SignedKeyFileUpdate[] = [];
  openIntake = 1;
  /** Return a Response, throw, or never resolve, to stand in for the network. */
  intercept: (seen: Seen) => Response | undefined | Promise<Response | undefined> = () => undefined;
  readonly #contracts: ContractAddresses;
  readonly #nonces = new Set<string>();
  readonly #tokens = new Map<string, string>();

  constructor(contracts: ContractAddresses) {
    this.#contracts = contracts;
  }

  readonly fetch = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const path = new URL(url).pathname;
    const token = new Headers(init.headers).get('authorization')?.slice('Bearer '.length);
    const account = (token && this.#tokens.get(token)) || null;
    if (path === '/graphql') {
      const { query, variables } = JSON.parse(textOf(init.body)) as {
        query: string;
        variables: Record<string, unknown>;
      };
      const name = /(?:query|mutation)\s+(\w+)/.exec(query)?.[1] as string;
      return (
        (await this.#stopped({ kind: 'graphql', name })) ??
        Response.json(await this.#execute(query, variables, account))
      );
    }
    if (path.startsWith('/allod/v1/key-file-updates/'))
      return Response.json({ v: 1, type: 'allod/key-file-updates', updates: this.updates });
    const cid = path.split('/')[2] as string;
    if (init.method === 'PUT')
      return (await this.#stopped({ kind: 'put', name: cid })) ?? this.#put(cid, init.body as Uint8Array, account);
    const stopped = await this.#stopped({ kind: 'get', name: cid });
    const block = this.blocks.get(cid);
    return (
      stopped ?? (block ? new Response(block as Uint8Array<ArrayBuffer>) : new Response('not here', { status: 404 }))
    );
  };

  /** Ends every session. */
  signEveryoneOut(): void {
    this.#tokens.clear();
  }

  /** Stores a whole file as its blocks. @returns its root CID */
  store(bytes: Uint8Array): string {
    const { root, blocks, leaves } = fileToDag(bytes);
    for (const block of [...blocks, ...leaves]) this.blocks.set(block.cid.toString(), block.bytes);
    return root.toString();
  }

  /** Stores a JSON document. @returns its CID */
  storeJson(value: unknown): string {
    return this.store(jsonBytes(value));
  }

  async #stopped(seen: Seen): Promise<Response | undefined> {
    this.seen.push(seen);
    return this.intercept(seen);
  }

  #put(name: string, body: Uint8Array, account: string | null): Response {
    if (!account) return Response.json({ code: 'UNAUTHENTICATED' }, { status: 401 });
    const blocks = name === 'car' ? blocksOf(body) : [{ cid: parseCid(name), bytes: body }];
    if (blocks.some(({ cid, bytes }) => !blockMatches(cid, bytes)))
      return Response.json({ code: 'HASH_MISMATCH' }, { status: 422 });
    for (const { cid, bytes } of blocks) this.blocks.set(cid.toString(), new Uint8Array(bytes));
    return new Response(null, { status: 201 });
  }

  async #execute(source: string, variableValues: Record<string, unknown>, account: string | null): Promise<object> {
    const usual: Record<string, (args: never) => unknown> = {
      signInChallenge: (p: { account: string; domain: string; uri: string }) => this.#challenge(p),
      signIn: (p: { message: string; signature: string }) => this.#signIn(p),
      contributionUploadBegin: ({ input }: { input: { blocks: { cid: string }[] } }) => ({
        __typename: 'UploadPlan',
        openIntake: this.openIntake,
        sources: 2,
        missing: input.blocks.map(({ cid }) => cid).filter((cid) => !this.blocks.has(cid)),
        quotaBytesLeft: '1000000',
      }),
      ownerKeys: () => this.#ownerKeys(account),
      lateContributions: () => ({ openIntake: this.openIntake, batches: [] }),
      contributionCommit: ({ input }: { input: ContributionCommitInput }) => this.#commit(input),
    };
    const bent = Object.entries(this.resolvers).map(([name, resolve]) => [
      name,
      (args: never) => resolve(args, account, () => usual[name]?.(args)),
    ]);
    const rootValue = { ...usual, ...Object.fromEntries(bent) };
    return graphql({ schema: loadSchema(), source, rootValue, variableValues });
  }

  #ownerKeys(account: string | null): object {
    const own = this.commits.filter(({ consent }) => consent.contributorRef === account);
    const sealed = own.flatMap((commit) => [
      ...(commit.ownerKek ? [commit.ownerKek] : []),
      commit.sealedKek,
      ...commit.labelPacks.map((pack) => pack.sealed),
    ]);
    const wraps = own.flatMap(({ sealedKek, contributions }) =>
      contributions.map(({ contributionId, intake, wrappedDek }) => {
        const { consentHash } = sealedKek.record as SealedKeyRecord;
        return { contributionId, kind: 'kek', intake, consentHash, packId: null, wrappedDek };
      }),
    );
    return { sealed, wraps };
  }

  #challenge(p: { account: string; domain: string; uri: string }): object {
    const nonce = `nonce${this.#nonces.size}aaaaaaaa`;
    this.#nonces.add(nonce);
    const message = [
      `${p.domain} wants you to sign in with your Ethereum account:`,
      p.account,
      '',
      'Sign in.',
      '',
      `URI: ${p.uri}`,
      'Version: 1',
      `Chain ID: ${CHAIN_ID}`,
      `Nonce: ${nonce}`,
      'Issued At: 2026-01-01T00:00:00.000Z',
    ].join('\n');
    return { message, nonce, expiresAt: '2100-01-01T00:00:00.000Z' };
  }

  #signIn({ message, signature }: { message: string; signature: string }): object {
    const account = verifyMessage(message, signature);
    if (message.split('\n')[1] !== account) return refused('WRONG_SIGNATURE');
    const token = `token-${this.#tokens.size}-${account}`;
    this.#tokens.set(token, account);
    return { __typename: 'Session', token, account, expiresAt: '2100-01-01T00:00:00.000Z' };
  }

  async #commit(input: ContributionCommitInput): Promise<object> {
    const before = this.commits.find(({ idempotencyKey }) => idempotencyKey === input.idempotencyKey);
    if (!before) {
      const problem = this.#problem(input);
      if (problem) return refused(problem);
      this.commits.push(structuredClone(input));
    }
    const { contributorRef } = input.consent;
    const receipt = { subject: input.root, kind: 1, evidenceHash: input.root, issuedAt: 1_800_000_000 };
    const statement = { contributorRef, datasetId: input.datasetId, ...receipt };
    const leaves = input.contributions.map((item) =>
      contributionLeaf({ ...item, contributorRef, datasetId: input.datasetId }),
    );
    return {
      __typename: 'ContributionBatchCommitted',
      root: input.root,
      replay: before !== undefined,
      contributions: input.contributions.map((item, index) => ({
        __typename: 'Contribution',
        id: item.contributionId,
        datasetId: input.datasetId,
        contributorRef,
        cid: item.leaves[0],
        size: item.size,
        intake: item.intake,
        state: 'COMMITTED',
        batchRoot: input.root,
        index,
        proof: contributionProof(leaves, index),
        committedAt: '2026-01-01T00:00:00.000Z',
      })),
      receipt: {
        ...receipt,
        signer: this.operator.address,
        signature: await signStruct(this.operator, 'Receipt', statement, CHAIN_ID, this.#contracts),
        text: 'Stored.',
      },
    };
  }

  /** Code of the first thing that is wrong with a commit. */
  #problem(input: ContributionCommitInput): string | undefined {
    const { consent, grant, datasetId } = input;
    const { signature, minPrice, ...terms } = consent;
    const agreed = { ...terms, minPrice: BigInt(minPrice) };
    const by = (
      struct: 'Consent' | 'DeviceGrant' | 'ContributionBatch' | 'SealedKey',
      value: object,
      sig: string,
    ): string => recoverAddress(digestOf(struct, value, CHAIN_ID, this.#contracts), sig);
    const hash = consentHash(agreed);
    if (by('Consent', agreed, signature) !== consent.contributorRef) return 'WRONG_SIGNATURE';
    if (by('DeviceGrant', grant, grant.signature) !== consent.contributorRef) return 'WRONG_SIGNATURE';
    const batch = { root: input.root, count: input.count, consentHash: hash, salt: input.salt };
    if (by('ContributionBatch', batch, input.batchSignature) !== grant.signer) return 'WRONG_SIGNATURE';
    if (input.contributions.some((item) => item.intake !== this.openIntake)) return 'INTAKE_CLOSED';
    if (input.contributions.some((item) => item.leaves.some((leaf) => !this.blocks.has(leaf)))) return 'BLOCK_MISSING';
    const leaves = input.contributions.map((item) =>
      contributionLeaf({ ...item, contributorRef: consent.contributorRef, datasetId }),
    );
    if (contributionRoot(leaves) !== input.root) return 'ROOT_MISMATCH';
    for (const sealed of [input.sealedKek, ...input.labelPacks.map((pack) => pack.sealed)]) {
      const record = sealed.record as SealedKeyRecord;
      const statement = { contributorRef: consent.contributorRef, datasetId, recordHash: sealedKeyHash(record) };
      if (
        by('SealedKey', statement, sealed.signature) !== sealed.signer ||
        record.consentHash !== hash ||
        !conditionOf(record)
      )
        return 'BAD_SEALED_KEY';
    }
    if (input.labelPacks.some((pack) => pack.wraps.length > 32)) return 'BAD_LABEL_PACK';
    return undefined;
  }
}
