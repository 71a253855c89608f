/** ReCap (EIP-5573): the capability object inside a SIWE message, and the sentence that must spell it out. */
export type Attenuations = Record<string, Record<string, unknown[]>>;

const PREFIX = 'urn:recap:';
const PREAMBLE = 'I further authorize the stated URI to perform the following actions on my behalf: ';

/** @returns undefined when the resource is not a well-formed recap without proofs */
export function decodeRecap(resource: string): Attenuations | undefined {
  if (!resource.startsWith(PREFIX)) return undefined;
  try {
    const { att, prf } = JSON.parse(Buffer.from(resource.slice(PREFIX.length), 'base64url').toString('utf8')) as {
      att?: unknown;
      prf?: unknown;
    };
    if (!isRecord(att) || !Array.isArray(prf) || prf.length > 0) return undefined;
    const wellFormed = Object.values(att).every(
      (abilities) =>
        isRecord(abilities) &&
        Object.entries(abilities).every(([name, rules]) => /^[^/\s]+\/[^/\s]+$/.test(name) && Array.isArray(rules)),
    );
    return wellFormed ? (att as Attenuations) : undefined;
  } catch {
    return undefined;
  }
}

/** The human-readable sentence that EIP-5573 requires at the end of the SIWE statement. */
export function recapStatement(att: Attenuations): string {
  const clauses = Object.keys(att)
    .sort()
    .flatMap((resource) => {
      const abilities = Object.keys(att[resource]!)
        .sort()
        .map((ability) => ability.split('/') as [namespace: string, name: string]);
      return [...new Set(abilities.map(([namespace]) => namespace))].map((namespace) => {
        const names = abilities.filter((ability) => ability[0] === namespace).map(([, name]) => `'${name}'`);
        return `'${namespace}': ${names.join(', ')} for '${resource}'.`;
      });
    });
  return PREAMBLE + clauses.map((clause, i) => `(${i + 1}) ${clause}`).join(' ');
}

/** Whether the attenuations let the holder decrypt `resource` ("lit-accesscontrolcondition://…"). */
export function recapCovers(att: Attenuations, resource: string): boolean {
  return ['lit-accesscontrolcondition://*', resource].some((key) =>
    ['*/*', 'Threshold/*', 'Threshold/Decryption'].some((ability) => att[key]?.[ability] !== undefined),
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
