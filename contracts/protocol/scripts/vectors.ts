import { readdirSync, readFileSync } from 'node:fs';
import { sha512 } from '@noble/hashes/sha2.js';
import { TypedDataEncoder } from 'ethers';
import { base58btc } from 'multiformats/bases/base58';
import { create as digestFrom } from 'multiformats/hashes/digest';
import * as protocol from '../src/index.ts';
import {
  annotationCommitment,
  canDecryptCondition,
  canLabelCondition,
  canonicalConditions,
  canonicalJson,
  capTable,
  capTableProof,
  conditionOf,
  conditionsHash,
  consentHash,
  contentAad,
  contentDigest,
  contributionId,
  contributionLeaf,
  contributionProof,
  contributionRoot,
  datasetId,
  digestOf,
  domainOf,
  fileDag,
  fileToDag,
  floeOpen,
  floeSeal,
  fromHex,
  hashStruct,
  ibeEncrypt,
  jobId,
  jsonBytes,
  jsonKeccak,
  jsonSha256,
  labelKey,
  labelSetRef,
  LEAF_SIZE,
  licenseId,
  offerId,
  packId,
  partitionOf,
  purchaseNonce,
  rawCid,
  refPrivateKey,
  refSeed,
  Role,
  scaleWeights,
  sealDataHash,
  sealedKeyHash,
  sealIdentity,
  sealRecord,
  sha256,
  signStruct,
  tag,
  taskId,
  toHex,
  topKek,
  types,
  uintBE,
  utf8,
  verifyingContractOf,
  walkKek,
  wrapDek,
  type CapTableFile,
  type CapTableLeaf,
  type Contribution,
  type DatasetMetadata,
  type Hex,
  type KeyFile,
  type Manifest,
  type ManifestItem,
  type RightsBundle,
  type SealedKek,
  type SealedLabelKey,
  type SignedKeyRecord,
  type StructName,
} from '../src/index.ts';
import { withFixedRandomness } from './fixed-randomness.ts';
import {
  accounts,
  labelSetConsent,
  batchSalt,
  CHAIN,
  CHAIN_ID,
  consent,
  consents,
  contracts,
  contribution,
  dataset,
  hash,
  INTAKE,
  job,
  keeperOf,
  kek,
  kekTop,
  labelRef,
  license,
  lower,
  names,
  networks,
  offer,
  pack,
  ref,
  refSeedBytes,
  refWallet,
  saltOf,
  schemaHash,
  secondDataset,
  seed,
  task,
  VALID_UNTIL,
  walletOf,
} from './world.ts';

/** A JSON value of a vector file: hex and decimal strings, booleans, arrays and objects; numbers only below 2^31. */
type Vector = Record<string, unknown>;

const word = (value: bigint): Hex => toHex(uintBE(value, 32));
const decimals = (value: object): Vector =>
  Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key,
      typeof field === 'number' || typeof field === 'bigint' ? String(field) : (field as unknown),
    ]),
  );

export function actors(): Vector {
  return {
    about:
      'Fixed inputs shared by the other files. All keys are public and only for tests; nothing is deployed at these addresses.',
    chainId: String(CHAIN_ID),
    chain: CHAIN,
    contracts,
    accounts: Object.fromEntries(
      names.map((name) => [name, { address: accounts[name], privateKey: walletOf(name).privateKey }]),
    ),
    contributor: { seed: toHex(seed), contributorRef: ref, privateKey: refWallet.privateKey },
    networks: networks.map((net) => ({
      networkKey: net.networkKey,
      threshold: net.threshold,
      secret: word(net.secret),
      keepers: [1, 2, 3].map((index) => {
        const keeper = keeperOf(net, index, '');
        return { index, share: word(keeper.share), commitment: keeper.commitment };
      }),
    })),
  };
}

export function ids(): Vector {
  const datasetInput = { chainId: CHAIN_ID, datasetRegistry: contracts.DatasetRegistry, curator: accounts.curator };
  const annotation = (value: unknown, salt: Hex) => {
    const valueHash = jsonKeccak(value);
    return {
      input: { jobId: job, taskId: task, labeler: accounts.labeler, value: canonicalJson(value), valueHash, salt },
      commitment: annotationCommitment({ jobId: job, taskId: task, labeler: accounts.labeler, valueHash, salt }),
    };
  };
  const batches = [0, 1, 999].map((index) => ({ contributorRef: ref, datasetId: dataset, salt: batchSalt, index }));
  const packs = [0, 1].map((packIndex) => ({
    datasetId: dataset,
    contributorRef: ref,
    consentHash: hash,
    intake: INTAKE,
    packIndex,
  }));
  return {
    tags: Object.fromEntries(
      ['dataset', 'offer', 'license', 'job', 'pack', 'contribution', 'task', 'annotation', 'purchase'].map((name) => [
        `allod.${name}.v1`,
        tag(`allod.${name}.v1`),
      ]),
    ),
    datasetId: ['dataset', 'second dataset'].map((name) => ({
      input: decimals({ ...datasetInput, salt: saltOf(name) }),
      datasetId: datasetId({ ...datasetInput, salt: saltOf(name) }),
    })),
    offerId: [0, 1, 4294967295].map((offerIndex) => ({
      input: decimals({ datasetId: dataset, offerIndex }),
      offerId: offerId({ datasetId: dataset, offerIndex }),
    })),
    licenseId: [
      {
        input: { licensee: accounts.licensee, offerId: offer },
        licenseId: licenseId({ licensee: accounts.licensee, offerId: offer }),
      },
    ],
    jobId: [
      {
        input: decimals({
          chainId: CHAIN_ID,
          labelEscrow: contracts.LabelEscrow,
          datasetId: dataset,
          requester: accounts.requester,
          salt: saltOf('job'),
        }),
        jobId: jobId({
          chainId: CHAIN_ID,
          labelEscrow: contracts.LabelEscrow,
          datasetId: dataset,
          requester: accounts.requester,
          salt: saltOf('job'),
        }),
        labelSetRef: labelSetRef(job),
      },
    ],
    packId: packs.map((input) => ({ input: decimals(input), packId: packId(input) })),
    contributionId: batches.map((input) => ({ input: decimals(input), contributionId: contributionId(input) })),
    taskId: [
      {
        input: { jobId: job, contributionId: contribution },
        taskId: taskId({ jobId: job, contributionId: contribution }),
      },
    ],
    annotation: [
      annotation('7', saltOf('annotation')),
      annotation({ class: '7' }, saltOf('annotation 3')),
      annotation({ z: [1, 2.5, 'é'], a: null }, saltOf('annotation 2')),
    ],
  };
}

export function keys(): Vector {
  const evaluateHash = consentHash(consents.evaluateOnly);
  const chain = (consentHashOf: Hex) => {
    const top = topKek(refSeedBytes, CHAIN_ID, dataset, consentHashOf);
    return {
      consentHash: consentHashOf,
      keks: [1023, 1022, 1021, 512, INTAKE, 2, 1].map((index) => ({ index, kek: toHex(walkKek(top, 1023, index)) })),
    };
  };
  return {
    chainId: String(CHAIN_ID),
    seed: toHex(seed),
    refs: [dataset, secondDataset].map((id) => {
      const secret = refSeed(seed, CHAIN_ID, id);
      return {
        datasetId: id,
        refSeed: toHex(secret),
        privateKey: refPrivateKey(secret),
        contributorRef: lower(protocol.contributorRef(secret)),
      };
    }),
    kekChains: [chain(hash), chain(evaluateHash)],
    labelKey: { kekIndex: INTAKE, kek: toHex(kek), packId: pack, labelKey: toHex(labelKey(kek, pack)) },
  };
}

function contributionOf(index: number): Contribution {
  const body = `0x${String(index).padStart(2, '0').repeat(32)}`;
  return {
    contributionId: contributionId({ contributorRef: ref, datasetId: dataset, salt: batchSalt, index }),
    contributorRef: ref,
    datasetId: dataset,
    schemaHash,
    intake: INTAKE,
    contentDigest: toHex(sha256(fromHex(body))),
    size: 1000n + BigInt(index),
    floeHeader: `0x00000010000000000020${'5a'.repeat(31)}${String(index).padStart(2, '0')}${'c3'.repeat(32)}`,
    metadataHash: index % 2 === 0 ? `0x${'00'.repeat(32)}` : tag(`metadata ${index}`),
  };
}

const anyCid = (label: string): string => rawCid(utf8(label)).toString();

const structValues: Record<StructName, { value: object; signer: string }> = {
  Consent: { value: consent, signer: 'contributor' },
  DeviceGrant: {
    value: { contributorRef: ref, datasetId: dataset, signer: accounts.device, validUntil: VALID_UNTIL, grantNonce: 1 },
    signer: 'contributor',
  },
  GrantRevocation: {
    value: { contributorRef: ref, datasetId: dataset, grantNonce: 1, deadline: VALID_UNTIL },
    signer: 'contributor',
  },
  Contribution: { value: contributionOf(0), signer: 'device' },
  ContributionBatch: {
    value: {
      root: contributionRoot([0, 1, 2].map((i) => contributionLeaf(contributionOf(i)))),
      count: 3,
      consentHash: hash,
      salt: batchSalt,
    },
    signer: 'device',
  },
  Withdrawal: {
    value: { contributorRef: ref, datasetId: dataset, consentNonce: 0, deadline: VALID_UNTIL },
    signer: 'contributor',
  },
  ItemWithdrawal: {
    value: { contributorRef: ref, datasetId: dataset, contributionId: contribution, reason: 1, issuedAt: 1780000000 },
    signer: 'contributor',
  },
  PayeeChange: {
    value: { contributorRef: ref, payee: accounts.payee, nonce: 0, deadline: VALID_UNTIL },
    signer: 'contributor',
  },
  RecoveryChange: {
    value: { contributorRef: ref, recovery: accounts.recovery, nonce: 1, deadline: VALID_UNTIL },
    signer: 'contributor',
  },
  Receipt: {
    value: {
      contributorRef: ref,
      datasetId: dataset,
      subject: contribution,
      kind: 1,
      evidenceHash: tag('evidence'),
      issuedAt: 1780000000,
    },
    signer: 'operator',
  },
  KeyFileUpdate: {
    value: {
      contributorRef: ref,
      datasetId: dataset,
      version: INTAKE,
      oldCid: anyCid('old key file'),
      newCid: anyCid('new key file'),
      reason: 1,
    },
    signer: 'operator',
  },
  SealedKey: {
    value: { contributorRef: ref, datasetId: dataset, recordHash: toHex(sha256(utf8('record'))) },
    signer: 'device',
  },
  JobApproval: {
    value: { jobId: job, datasetId: dataset, requester: accounts.requester, deadline: VALID_UNTIL },
    signer: 'curator',
  },
  Lease: {
    value: {
      jobId: job,
      labeler: accounts.labeler,
      taskId: task,
      price: 30_000n,
      ruleHash: tag('rule'),
      deadline: 1780000600,
      autoApproveAt: 1780259800,
    },
    signer: 'jobSigner',
  },
  Annotation: {
    value: {
      jobId: job,
      taskId: task,
      labeler: accounts.labeler,
      commitment: annotationCommitment({
        jobId: job,
        taskId: task,
        labeler: accounts.labeler,
        valueHash: jsonKeccak('7'),
        salt: saltOf('annotation'),
      }),
    },
    signer: 'labeler',
  },
  CommitmentReceipt: {
    value: { leaseHash: tag('replaced below'), commitment: tag('replaced below'), receivedAt: 1780000300 },
    signer: 'jobSigner',
  },
  LeaseRejection: {
    value: { jobId: job, labeler: accounts.labeler, taskId: task, reason: 3, evidenceHash: tag('evidence') },
    signer: 'jobSigner',
  },
  Voucher: {
    value: { jobId: job, labeler: accounts.labeler, cumulative: 1_230_000n, settledThrough: 1780259800 },
    signer: 'jobSigner',
  },
  SeatAcceptance: {
    value: { licensee: accounts.licensee, datasetId: dataset, user: accounts.seatUser, deadline: VALID_UNTIL },
    signer: 'seatUser',
  },
  OpenFailureReport: {
    value: {
      licenseId: license,
      contributionId: contribution,
      version: INTAKE,
      reason: 4,
      evidenceHash: tag('evidence'),
      reportedAt: 1780000000,
    },
    signer: 'licensee',
  },
};
structValues.CommitmentReceipt.value = {
  leaseHash: hashStruct('Lease', structValues.Lease.value),
  commitment: (structValues.Annotation.value as { commitment: Hex }).commitment,
  receivedAt: 1780000300,
};

export async function typedData(): Promise<Vector> {
  const walletFor = (signer: string) => (signer === 'contributor' ? refWallet : walletOf(signer));
  const entry = async (struct: StructName, value: object, signer: string) => {
    const encoder = TypedDataEncoder.from({ [struct]: [...types[struct]] });
    const encodeType = encoder.encodeType(struct);
    const wallet = walletFor(signer);
    return {
      struct,
      verifyingContract: verifyingContractOf[struct],
      encodeType,
      typeHash: tag(encodeType),
      value: decimals(value),
      hashStruct: hashStruct(struct, value),
      digest: digestOf(struct, value, CHAIN_ID, contracts),
      signer,
      signerAddress: lower(wallet.address),
      signature: await signStruct(wallet, struct, value, CHAIN_ID, contracts),
    };
  };
  const structs = [];
  for (const struct of Object.keys(types) as StructName[]) {
    const { value, signer } = structValues[struct];
    structs.push(await entry(struct, value, signer));
  }
  const domains = (['ConsentRegistry', 'LabelEscrow', 'LicenseVault'] as const).map((name) => {
    const struct = (Object.keys(types) as StructName[]).find((key) => verifyingContractOf[key] === name) as StructName;
    const domain = domainOf(struct, CHAIN_ID, contracts);
    return { contract: name, ...decimals(domain), separator: TypedDataEncoder.hashDomain(domain) };
  });
  return {
    domains,
    structs,
    consentsUnderOneNonce: [
      await entry('Consent', consents.trainAndLabel, 'contributor'),
      await entry('Consent', consents.evaluateOnly, 'contributor'),
    ],
  };
}

export function contributionTree(): Vector {
  const values = Array.from({ length: 8 }, (_, index) => contributionOf(index));
  const leaves = values.map((value) => contributionLeaf(value));
  const trees = [1, 2, 3, 5, 8].map((count) => {
    const some = leaves.slice(0, count);
    return {
      count,
      root: contributionRoot(some),
      leaves: some,
      proofs: some.map((_, index) => contributionProof(some, index)),
    };
  });
  const five = leaves.slice(0, 5);
  return {
    contributions: values.map((value, index) => ({
      value: decimals(value),
      hashStruct: hashStruct('Contribution', value),
      leaf: leaves[index],
    })),
    trees,
    invalid: [
      {
        why: 'another index',
        root: contributionRoot(five),
        leaf: five[1],
        index: 0,
        proof: contributionProof(five, 1),
      },
      { why: 'another leaf', root: contributionRoot(five), leaf: five[0], index: 1, proof: contributionProof(five, 1) },
      {
        why: 'proof cut',
        root: contributionRoot(five),
        leaf: five[1],
        index: 1,
        proof: contributionProof(five, 1).slice(0, -1),
      },
      {
        why: 'index beyond the depth',
        root: contributionRoot(five),
        leaf: five[1],
        index: 9,
        proof: contributionProof(five, 1),
      },
    ],
  };
}

const capLeafJson = (leaf: CapTableLeaf): Vector => decimals(leaf);

export function capTables(): Vector {
  const account = (i: number): Hex => lower(walletOf(`contributor ${i}`).address);
  const contributorLeaves: CapTableLeaf[] = [0, 1, 2, 3, 4].map((i) => ({
    role: Role.CONTRIBUTOR,
    account: i === 4 ? account(0) : account(i),
    weight: 1000n + BigInt(i) * 337n,
    validUntil: BigInt(VALID_UNTIL + i),
    consentNonce: i === 4 ? 1 : 0,
  }));
  const otherLeaves: CapTableLeaf[] = [
    { role: Role.LABELER, account: accounts.labeler, weight: 400_000_000_000n, validUntil: 0n, consentNonce: 0 },
    { role: Role.CURATOR, account: accounts.curator, weight: 600_000_000_000n, validUntil: 0n, consentNonce: 0 },
    {
      role: Role.PROTOCOL,
      account: accounts.operator,
      weight: protocol.MAX_WEIGHT - 1_000_000_000_000n,
      validUntil: 0n,
      consentNonce: 0,
    },
  ];
  const tableOf = (name: string, leaves: CapTableLeaf[]) => {
    const table = capTable(leaves);
    return {
      name,
      count: leaves.length,
      root: word(table.root),
      total: String(table.total),
      leaves: table.leaves.map((leaf, index) => ({
        ...capLeafJson(leaf),
        word: word(table.words[index] as bigint),
        proof: capTableProof(table, index).map(word),
      })),
    };
  };
  const five = capTable(contributorLeaves);
  const proof = capTableProof(five, 1).map(word);
  const leaf = five.leaves[1] as CapTableLeaf;
  const invalid = (why: string, change: { leaf?: Partial<CapTableLeaf>; index?: number; proof?: Hex[] }) => ({
    why,
    root: word(five.root),
    leaf: capLeafJson({ ...leaf, ...change.leaf }),
    index: change.index ?? 1,
    proof: change.proof ?? proof,
  });
  const raised = [word(BigInt(proof[0] as Hex) + 1n), ...proof.slice(1)];
  const overflow = [word((BigInt(proof[0] as Hex) & ~protocol.MAX_WEIGHT) | protocol.MAX_WEIGHT), ...proof.slice(1)];
  const scaled = (raw: bigint[], total?: bigint) => ({
    raw: raw.map(String),
    total: String(total ?? protocol.MAX_WEIGHT),
    scaled: scaleWeights(raw, total).map(String),
  });
  return {
    maxWeight: String(protocol.MAX_WEIGHT),
    maxDepth: 32,
    roles: Role,
    emptyRoot: word(capTable([]).root),
    tables: [
      tableOf('one contributor', contributorLeaves.slice(0, 1)),
      tableOf('two contributors', contributorLeaves.slice(0, 2)),
      tableOf('three others, full to 2^40 - 1', otherLeaves),
      tableOf('five contributors, one account under two nonces', contributorLeaves),
    ],
    invalid: [
      invalid('larger weight', { leaf: { weight: leaf.weight + 1n } }),
      invalid('other account', { leaf: { account: accounts.payee } }),
      invalid('other role', { leaf: { role: Role.CURATOR } }),
      invalid('later validUntil', { leaf: { validUntil: leaf.validUntil + 1n } }),
      invalid('other consentNonce', { leaf: { consentNonce: leaf.consentNonce + 1 } }),
      invalid('other index', { index: 0 }),
      invalid('index beyond the depth', { index: 9 }),
      invalid('proof cut', { proof: proof.slice(0, -1) }),
      invalid('sibling sum raised', { proof: raised }),
      invalid('sum above 2^40 - 1', { proof: overflow }),
      invalid('zero weight', { leaf: { weight: 0n } }),
    ],
    scaling: [
      scaled([1n, 2n, 3n]),
      scaled([1n, 1n, 1n], 100n),
      scaled([5n, 3n, 1n], 7n),
      scaled([10n ** 30n, 10n ** 30n, 1n]),
      scaled([protocol.MAX_WEIGHT, protocol.MAX_WEIGHT, 1n]),
      scaled([0n, 0n]),
    ],
  };
}

export function purchaseNonces(): Vector {
  const first = {
    chainId: CHAIN_ID,
    vault: contracts.LicenseVault,
    licensee: accounts.licensee,
    datasetId: dataset,
    offerIndex: 1,
    slot: 0,
    version: INTAKE,
    maxPrice: 99_000_000n,
    maxWithdrawnBps: 500,
    salt: saltOf('purchase'),
  };
  return {
    purchases: [
      first,
      { ...first, slot: 7 },
      { ...first, maxPrice: 2n ** 128n - 1n, maxWithdrawnBps: 10_000, version: 1023 },
    ].map((input) => ({
      input: decimals(input),
      nonce: purchaseNonce(input),
    })),
  };
}

const conditionTerms = (purposes: number) => ({
  chain: CHAIN,
  accessPolicy: contracts.AccessPolicy,
  datasetId: dataset,
  contributorRef: ref,
  consentNonce: 0,
  purposes,
  validUntil: VALID_UNTIL,
  sources: 2,
});

export function conditions(): Vector {
  const sealedKey = kek;
  const entry = (condition: protocol.EvmContractCondition, key: Uint8Array, terms: object) => ({
    function: condition.functionName,
    terms: decimals(terms),
    canonicalText: canonicalConditions([condition]),
    conditionsHash: conditionsHash([condition]),
    sealedKey: toHex(key),
    dataHash: sealDataHash(key),
    identity: sealIdentity([condition], sealDataHash(key)),
  });
  const decryptTerms = [consents.trainAndLabel.purposes, consents.evaluateOnly.purposes].map((purposes) => ({
    ...conditionTerms(purposes),
    version: INTAKE,
  }));
  const labelTerms = { ...conditionTerms(consent.purposes), packId: pack };
  return {
    chainNames: protocol.CHAIN_NAMES,
    canDecryptInputs: protocol.CAN_DECRYPT_INPUTS,
    canLabelInputs: protocol.CAN_LABEL_INPUTS,
    conditions: [
      ...decryptTerms.map((terms) => entry(canDecryptCondition(terms), sealedKey, terms)),
      entry(canLabelCondition(labelTerms), labelKey(kek, pack), labelTerms),
    ],
  };
}

export function recordCore(): Vector {
  const core = { contributionId: contribution, datasetId: dataset, schemaHash };
  const canonicalText = canonicalJson(core);
  return { cores: [{ core, canonicalText, aad: toHex(contentAad(core)) }] };
}

const DEK = sha256(utf8('allod test dek'));
const WRAP_IV = Uint8Array.from({ length: 12 }, (_, i) => 0xa0 + i);

export function wrappedDek(): Vector {
  const entry = (name: string, key: Uint8Array) => ({
    name,
    key: toHex(key),
    dek: toHex(DEK),
    contributionId: contribution,
    iv: toHex(WRAP_IV),
    wrapped: toHex(wrapDek(key, DEK, contribution, WRAP_IV)),
  });
  return {
    size: protocol.WRAPPED_DEK_SIZE,
    wraps: [entry('under the KEK of its intake', kek), entry('under a label key', labelKey(kek, pack))],
  };
}

const hexFile = (folder: URL, name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.from(readFileSync(new URL(name, folder), 'utf8').trim(), 'hex'));

export async function floe(): Promise<Vector> {
  const folder = new URL('../vectors/floe/', import.meta.url);
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('_ct.txt'))
    .sort();
  const key = new Uint8Array(32);
  const aad = utf8('This is AAD');
  const known = [];
  for (const ciphertext of files) {
    const bytes = hexFile(folder, ciphertext);
    const params = {
      segmentSize: new DataView(bytes.buffer).getUint32(2),
      rotationBits: ciphertext.includes('rotation') ? 2 : 20,
    };
    const plain = await floeOpen(key, aad, bytes.slice(0, 74), bytes.slice(74), params);
    known.push({ ciphertext, plaintext: ciphertext.replace('_ct', '_pt'), ...params, plainBytes: plain.length });
  }
  const core = { contributionId: contribution, datasetId: dataset, schemaHash };
  const message = async (name: string, plain: Uint8Array<ArrayBuffer>) => {
    const { header, body } = await withFixedRandomness(`floe ${name}`, () => floeSeal(DEK, contentAad(core), plain));
    return { header: toHex(header), body };
  };
  const short = await message('short', utf8('Allod'));
  const long = await message('long', new Uint8Array(LEAF_SIZE).fill(0x61));
  return {
    params: toHex(fromHex(short.header).subarray(0, 10)),
    segmentSize: protocol.FLOE.segmentSize,
    rotationBits: protocol.FLOE.rotationBits,
    headerSize: protocol.FLOE_HEADER_SIZE,
    segmentOverhead: protocol.FLOE_SEGMENT_OVERHEAD,
    known: { key: toHex(key), aad: 'This is AAD', files: known },
    messages: [
      {
        name: 'one segment',
        dek: toHex(DEK),
        core,
        aad: toHex(contentAad(core)),
        plain: toHex(utf8('Allod')),
        header: short.header,
        body: toHex(short.body),
      },
    ],
    twoSegments: {
      about: 'Plaintext: 1,048,576 bytes 0x61. Only sizes, the second segment and the root are written out.',
      dek: toHex(DEK),
      aad: toHex(contentAad(core)),
      header: long.header,
      firstSegmentNonce: toHex(long.body.subarray(4, 16)),
      firstSegmentSha256: toHex(sha256(long.body.subarray(0, LEAF_SIZE))),
      secondSegment: toHex(long.body.subarray(LEAF_SIZE)),
      size: long.body.length,
      rootCid: fileToDag(long.body).root.toString(),
    },
  };
}

/** Leaf i of the pattern files is full of the byte (i mod 4); the last one may be shorter. */
export function patternLeaf(index: number, size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(size).fill(index % 4);
}

export function content(): Vector {
  const full = [0, 1, 2, 3].map((i) => rawCid(patternLeaf(i, LEAF_SIZE)));
  const pattern = (name: string, count: number, lastSize: number) => {
    const leaves = Array.from({ length: count }, (_, i) =>
      i < count - 1 || lastSize === LEAF_SIZE
        ? { cid: full[i % 4] as protocol.CID, size: LEAF_SIZE }
        : { cid: rawCid(patternLeaf(i, lastSize)), size: lastSize },
    );
    const dag = fileDag(leaves);
    return {
      name,
      leaves: count,
      lastLeafSize: lastSize,
      size: String((count - 1) * LEAF_SIZE + lastSize),
      root: dag.root.toString(),
      contentDigest: contentDigest(dag.root),
      codec: dag.blocks.length === 0 ? 'raw' : 'dag-pb',
      innerBlocks: dag.blocks.map((block) => ({ cid: block.cid.toString(), size: block.bytes.length })),
      ...(count <= 2 && dag.blocks[0] ? { rootBlock: toHex(dag.blocks[0].bytes) } : {}),
    };
  };
  const text = fileToDag(utf8('Allod')).root;
  return {
    leafSize: LEAF_SIZE,
    maxLinks: protocol.MAX_LINKS,
    about: 'Leaf i is full of the byte (i mod 4).',
    text: { utf8: 'Allod', root: text.toString(), contentDigest: contentDigest(text) },
    files: [
      pattern('one short leaf', 1, 3),
      pattern('one full leaf', 1, LEAF_SIZE),
      pattern('one full leaf and one byte', 2, 1),
      pattern('1,024 full leaves: one inner node', 1024, LEAF_SIZE),
      pattern('1,025 leaves: three inner nodes', 1025, 3),
    ],
    refused: [
      { why: 'CIDv0', cid: protocol.CID.createV0(text.multihash as never).toString() },
      { why: 'codec dag-json', cid: protocol.CID.createV1(0x0129, text.multihash).toString() },
      { why: 'identity hash', cid: protocol.CID.createV1(0x55, digestFrom(0, utf8('Allod'))).toString() },
      { why: 'sha2-512', cid: protocol.CID.createV1(0x55, digestFrom(0x13, sha512(utf8('Allod')))).toString() },
      { why: 'base58 text', cid: text.toString(base58btc) },
    ],
  };
}

async function signedKek(options: {
  version: number;
  name: string;
  networkKeys: string[];
}): Promise<SignedKeyRecord<SealedKek>> {
  const record = await withFixedRandomness(`seal ${options.name}`, () =>
    sealRecord<SealedKek>(
      {
        v: 1,
        kind: 'kek',
        ...conditionTerms(consent.purposes),
        chainId: CHAIN_ID,
        consentHash: hash,
        version: options.version,
      },
      walkKek(kekTop, 1023, options.version),
      options.networkKeys,
    ),
  );
  return signRecord(record);
}

async function signedLabelKey(): Promise<SignedKeyRecord<SealedLabelKey>> {
  const record = await withFixedRandomness('seal label', () =>
    sealRecord<SealedLabelKey>(
      {
        v: 1,
        kind: 'label',
        ...conditionTerms(consent.purposes),
        chainId: CHAIN_ID,
        consentHash: hash,
        intake: INTAKE,
        packIndex: 0,
        packId: pack,
      },
      labelKey(kek, pack),
      [networks[0].networkKey],
    ),
  );
  return signRecord(record);
}

async function signRecord<R extends SealedKek | SealedLabelKey>(record: R): Promise<SignedKeyRecord<R>> {
  const value = { contributorRef: ref, datasetId: dataset, recordHash: sealedKeyHash(record) };
  const device = walletOf('device');
  return {
    record,
    signature: await signStruct(device, 'SealedKey', value, CHAIN_ID, contracts),
    signer: lower(device.address),
  };
}

export async function sealedKeys(): Promise<Vector> {
  const entry = (name: string, key: Uint8Array, signed: SignedKeyRecord) => ({
    name,
    sealedKey: toHex(key),
    record: signed.record,
    canonicalText: canonicalJson(signed.record),
    recordHash: sealedKeyHash(signed.record),
    signature: signed.signature,
    signer: signed.signer,
    identity: sealIdentity([conditionOf(signed.record)], sealDataHash(key)),
    shares: signed.record.seals.map((seal, i) => {
      const identity = sealIdentity([conditionOf(signed.record)], seal.dataHash);
      return [1, 2, 3].map((index) => {
        const keeper = keeperOf(networks[i] as (typeof networks)[0], index, identity);
        return { index, commitment: keeper.commitment, signature: keeper.signature };
      });
    }),
  });
  return {
    records: [
      entry(
        'KEK of the intake',
        kek,
        await signedKek({ version: INTAKE, name: 'kek', networkKeys: [networks[0].networkKey] }),
      ),
      entry('label key of a pack', labelKey(kek, pack), await signedLabelKey()),
      entry(
        'KEK under two networks',
        kek,
        await signedKek({ version: INTAKE, name: 'two networks', networkKeys: networks.map((net) => net.networkKey) }),
      ),
    ],
  };
}

export async function ibe(): Promise<Vector> {
  const identity = 'lit-accesscontrolcondition://allod/test';
  const message = sha256(utf8('allod test sealed key'));
  const ciphertext = await withFixedRandomness('ibe', () =>
    ibeEncrypt(fromHex(networks[0].networkKey), identity, message),
  );
  const random = await withFixedRandomness('ibe', () => globalThis.crypto.getRandomValues(new Uint8Array(32)));
  return {
    networkKey: networks[0].networkKey,
    identity,
    message: toHex(message),
    random: toHex(random),
    ciphertext: toHex(ciphertext),
    threshold: networks[0].threshold,
    keepers: [1, 2, 3].map((index) => {
      const keeper = keeperOf(networks[0], index, identity);
      return { index, commitment: keeper.commitment, signature: keeper.signature };
    }),
  };
}

export async function documents(): Promise<Vector> {
  const metadata: DatasetMetadata = {
    v: 1,
    type: 'allod/dataset',
    name: 'Weather station days',
    description: 'One JSON document per station and day.',
    mediaType: 'application/json',
    schema: { type: 'object', required: ['day', 'station'] },
    source: 'example of the vectors',
  };
  const item = async (
    index: number,
    mediaType: string,
    contributorRef: string,
    consentHashOf: string,
    extra: Partial<ManifestItem> = {},
  ) => {
    const id = contributionId({ contributorRef, datasetId: dataset, salt: batchSalt, index });
    const aad = contentAad({ contributionId: id, datasetId: dataset, schemaHash });
    const { header, body } = await withFixedRandomness(`item ${contributorRef} ${index}`, () =>
      floeSeal(DEK, aad, utf8(`{"item":${index}}`)),
    );
    const value: ManifestItem = {
      contributionId: id,
      contributorRef,
      cid: fileToDag(body).root.toString(),
      size: body.length,
      floeHeader: toHex(header),
      schemaHash,
      intake: INTAKE,
      consentHash: consentHashOf,
      mediaType,
      weight: String(1_000_000 * (index + 1)),
      checked: 'unchecked',
      ...extra,
    };
    return value;
  };
  const byId = (a: { contributionId: string }, b: { contributionId: string }) =>
    a.contributionId < b.contributionId ? -1 : 1;
  const items = [
    await item(0, 'application/json', ref, hash),
    await item(1, 'application/json', ref, hash, { checked: 'validated' }),
  ].sort(byId);

  const labelSetItem = await item(0, 'application/json', labelRef, consentHash(labelSetConsent(labelRef)), {
    weight: '0',
    checked: 'validated',
  });
  const contributorTable = capTable([
    { role: Role.CONTRIBUTOR, account: ref, weight: 3_000_000n, validUntil: BigInt(VALID_UNTIL), consentNonce: 0 },
  ]);
  const otherTable = capTable([
    { role: Role.LABELER, account: accounts.labeler, weight: 40n, validUntil: 0n, consentNonce: 0 },
    { role: Role.CURATOR, account: accounts.curator, weight: 50n, validUntil: 0n, consentNonce: 0 },
    { role: Role.PROTOCOL, account: accounts.operator, weight: 10n, validUntil: 0n, consentNonce: 0 },
  ]);
  const fileLeaf = (leaf: CapTableLeaf) => ({
    role: leaf.role,
    account: leaf.account,
    weight: String(leaf.weight),
    validUntil: Number(leaf.validUntil),
    consentNonce: leaf.consentNonce,
  });
  const capTableFile: CapTableFile = {
    v: 1,
    type: 'allod/cap-table',
    datasetId: dataset,
    version: INTAKE,
    contributor: contributorTable.leaves.map(fileLeaf),
    other: otherTable.leaves.map(fileLeaf),
  };
  const keyFile: KeyFile = {
    v: 1,
    type: 'allod/key-file',
    chainId: CHAIN_ID,
    datasetId: dataset,
    contributorRef: ref,
    version: INTAKE,
    sealed: [await signedKek({ version: INTAKE, name: 'kek', networkKeys: [networks[0].networkKey] })],
    wraps: items.map((one, i) => ({
      contributionId: one.contributionId,
      intake: INTAKE,
      consentHash: hash,
      wrappedDek: toHex(
        wrapDek(
          kek,
          DEK,
          one.contributionId,
          WRAP_IV.map((byte) => byte + i),
        ),
      ),
    })),
  };
  const cidOf = (document: unknown): string => fileToDag(jsonBytes(document)).root.toString();
  const manifest: Manifest = {
    v: 1,
    type: 'allod/manifest',
    chainId: CHAIN_ID,
    datasetRegistry: contracts.DatasetRegistry,
    datasetId: dataset,
    version: INTAKE,
    parent: INTAKE - 1,
    items,
    keyFiles: [{ contributorRef: ref, cid: cidOf(keyFile) }],
    capTable: {
      cid: cidOf(capTableFile),
      contributorRoot: word(contributorTable.root),
      otherRoot: word(otherTable.root),
    },
    scorerHash: 'none',
    labelSet: { ...labelSetItem, jobId: job, count: 1 },
  };
  const leaves = items.map((one, index) =>
    contributionLeaf({
      ...contributionOf(index),
      contributionId: one.contributionId,
      contentDigest: contentDigest(protocol.parseCid(one.cid)),
      size: one.size,
      floeHeader: one.floeHeader,
      metadataHash: `0x${'00'.repeat(32)}`,
    }),
  );
  const rights: RightsBundle = {
    '@context': [
      'https://schema.org/',
      'http://mlcommons.org/croissant/1.1',
      { odrl: 'http://www.w3.org/ns/odrl/2/', prov: 'http://www.w3.org/ns/prov#' },
    ],
    '@type': 'sc:Dataset',
    'dct:conformsTo': 'http://mlcommons.org/croissant/1.1',
    name: metadata.name,
    license: {
      '@type': 'odrl:Agreement',
      'odrl:uid': license,
      'odrl:assignee': accounts.licensee,
      'odrl:target': dataset,
      'odrl:permission': [{ 'odrl:action': 'TRAIN' }, { 'odrl:action': 'FINE_TUNE' }],
      'odrl:duty': [{ 'odrl:action': 'ACKNOWLEDGE_WITHDRAWAL' }],
    },
    'prov:wasDerivedFrom': items.map((one, index) => ({
      '@id': `ipfs://${one.cid}`,
      contributionId: one.contributionId,
      consentHash: one.consentHash,
      batchRoot: contributionRoot(leaves),
      index,
      proof: contributionProof(leaves, index),
    })),
    distribution: items.map((one) => ({
      '@type': 'cr:FileObject',
      '@id': one.contributionId,
      contentUrl: `ipfs://${one.cid}`,
      sha256: contentDigest(protocol.parseCid(one.cid)).slice(2),
    })),
  };
  const entry = (document: unknown) => ({
    document,
    canonicalText: canonicalJson(document),
    sha256: jsonSha256(document),
    cid: cidOf(document),
    size: jsonBytes(document).length,
  });
  return {
    metadata: { ...entry(metadata), schemaHash: jsonKeccak(metadata.schema) },
    manifest: entry(manifest),
    keyFile: entry(keyFile),
    capTable: entry(capTableFile),
    rightsBundle: entry(rights),
    jcs: [
      { b: 1, a: [true, null, 'é', '\u20ac\u0000'], '\u00e9': 1e21, z: -0, n: 0.000001 },
      { '\ud83d\ude00': 'emoji key', '\ufb33': 'after it in code units' },
    ].map((value) => ({
      value,
      canonicalText: canonicalJson(value),
      sha256: jsonSha256(value),
      keccak256: jsonKeccak(value),
    })),
  };
}

export function codes(): Vector {
  return {
    codes: Object.values(protocol.Code),
    verdictReasons: protocol.VerdictReason,
    itemReasons: protocol.ItemReason,
    receiptKinds: protocol.ReceiptKind,
    purposes: protocol.Purpose,
    allPurposes: protocol.ALL_PURPOSES,
    roles: Role,
  };
}

export function partitions(): Vector {
  return {
    partitions: protocol.PARTITIONS,
    keys: [dataset, secondDataset, `0x${'00'.repeat(32)}`, `0x${'ff'.repeat(32)}`, `0x${'00'.repeat(31)}40`].map(
      (id) => ({ datasetId: id, partition: partitionOf(id) }),
    ),
  };
}

export function limits(): Vector {
  return {
    firstIntake: 1,
    lastIntake: protocol.MAX_VERSION,
    firstVersion: 1,
    lastVersion: protocol.MAX_VERSION,
    topKekIndex: protocol.MAX_VERSION,
    maxBatch: protocol.MAX_BATCH,
    maxPackItems: 32,
    maxSeals: 4,
    maxEntitlementSources: 4,
    maxCapTableDepth: 32,
    maxWeight: String(protocol.MAX_WEIGHT),
    leafSize: LEAF_SIZE,
    maxLinks: protocol.MAX_LINKS,
    floeHeaderSize: protocol.FLOE_HEADER_SIZE,
    floeSegmentOverhead: protocol.FLOE_SEGMENT_OVERHEAD,
    wrappedDekSize: protocol.WRAPPED_DEK_SIZE,
    maxUint40: String(2n ** 40n - 1n),
    maxUint128: String(2n ** 128n - 1n),
    refusedWalks: [
      { from: 3, to: 4 },
      { from: 3, to: 0 },
      { from: 1024, to: 1 },
    ],
  };
}

/** Every generated file and what makes it. */
export const files: Record<string, () => Vector | Promise<Vector>> = {
  'actors.json': actors,
  'ids.json': ids,
  'keys.json': keys,
  'typed-data.json': typedData,
  'contribution-tree.json': contributionTree,
  'cap-table.json': capTables,
  'purchase-nonce.json': purchaseNonces,
  'conditions.json': conditions,
  'record-core.json': recordCore,
  'wrapped-dek.json': wrappedDek,
  'floe.json': floe,
  'content.json': content,
  'sealed-keys.json': sealedKeys,
  'ibe.json': ibe,
  'documents.json': documents,
  'codes.json': codes,
  'partitions.json': partitions,
  'limits.json': limits,
};
