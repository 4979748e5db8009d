import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { loadConfig } from '../../src/config/config.ts';
import { generateEncryptionKey } from '../../src/config/encryption-keys.ts';
import { SETTINGS } from '../../src/config/settings.ts';
import { ROOT, readDocument } from '../docs/markdown.ts';

/** What is read of the manifests below; their complete types are checked by the compiler. */
interface Labels {
  readonly [name: string]: string;
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

interface Deployment {
  readonly spec: {
    readonly selector: { readonly matchLabels: Labels };
    readonly template: {
      readonly metadata: { readonly labels: Labels };
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly containers: readonly Container[];
      };
    };
  };
}

interface Container {
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly envFrom: readonly object[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
  readonly lifecycle: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
}

interface Service {
  readonly spec: { readonly selector: Labels; readonly ports: readonly { readonly targetPort: string }[] };
}

const NAMES = SETTINGS.map(({ name }) => name);
const file = parseAllDocuments(readDocument('deploy/kubernetes.yaml'), { strict: true, uniqueKeys: true });
const manifests = file.map((document) => document.toJS() as { kind: string });
const deployment = manifests.find(({ kind }) => kind === 'Deployment') as unknown as Deployment;
const service = manifests.find(({ kind }) => kind === 'Service') as unknown as Service;
const pod = deployment.spec.template.spec;
const [container] = pod.containers;
const env = Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]));

const MODULES: Record<string, string> = {
  Deployment: 'apps/v1',
  Service: 'core/v1',
  PodDisruptionBudget: 'policy/v1',
};

/** Compiles manifests with Kubernetes' types, which rejects unknown fields and wrong types. */
function compile(objects: readonly { kind: string }[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'kubernetes-'));
  const types = fileURLToPath(new URL('node_modules/kubernetes-types/', ROOT));
  const lines = objects.map((object, index) => {
    const type = `import('${types}${MODULES[object.kind]}').${object.kind}`;
    return `export const object${index}: ${type} = ${JSON.stringify(object)};`;
  });
  writeFileSync(join(folder, 'manifests.ts'), lines.join('\n'));
  const tsc = fileURLToPath(new URL('node_modules/.bin/tsc', ROOT));
  const { stdout } = spawnSync(
    tsc,
    [
      '--noEmit',
      '--strict',
      '--types',
      '',
      '--module',
      'esnext',
      '--moduleResolution',
      'bundler',
      'manifests.ts',
    ],
    { cwd: folder, encoding: 'utf8' },
  );
  rmSync(folder, { recursive: true });
  return stdout;
}

describe('deploy/kubernetes.yaml', () => {
  test('parses strictly, and has the types of Kubernetes', () => {
    expect(file.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
    expect(manifests.map(({ kind }) => kind)).toEqual(['Deployment', 'Service', 'PodDisruptionBudget']);
    expect(compile(manifests)).toBe('');
    const misspelled = { kind: 'Service', apiVersion: 'v1', spec: { prots: [] } };
    expect(compile([misspelled])).toContain('"prots"');
  });

  test('its Service and its budget select its pods', () => {
    const labels = deployment.spec.template.metadata.labels;
    expect(deployment.spec.selector.matchLabels).toEqual(labels);
    expect(service.spec.selector).toEqual(labels);
    expect(manifests.at(-1)).toMatchObject({ spec: { selector: { matchLabels: labels } } });
  });

  test('sets settings that exist, and leaves secrets to a Secret that docs/scaling.md creates', () => {
    expect(Object.keys(env).filter((name) => !NAMES.includes(name))).toEqual([]);
    const document = readDocument('docs/scaling.md');
    const secret = [...document.matchAll(/--from-literal=(\w+)=(\S+)/g)].map(([, name = '']) => name);
    expect(secret.filter((name) => !NAMES.includes(name))).toEqual([]);
    expect(container?.envFrom).toEqual([{ secretRef: { name: 'twilio-graphql-gateway' } }]);
    expect(document).toContain('kubectl create secret generic twilio-graphql-gateway ');
    const key = generateEncryptionKey();
    const config = loadConfig({
      ...env,
      DATABASE_URL: 'postgres://gateway:x@database:5432/gateway',
      GATEWAY_ADMIN_KEY: key,
      GATEWAY_ENCRYPTION_KEYS: key,
    });
    expect(config).toMatchObject({ host: '0.0.0.0', observability: { host: '0.0.0.0' } });
    expect(config.twilio).toBeDefined();
  });

  test('names the ports of the settings, and publishes only the one that needs a key', () => {
    const ports = Object.fromEntries(
      (container?.ports ?? []).map(({ name, containerPort }) => [name, containerPort]),
    );
    expect(ports).toEqual({ http: Number(env.PORT), metrics: Number(env.METRICS_PORT) });
    expect(service.spec.ports.map(({ targetPort }) => targetPort)).toEqual(['http']);
  });

  test('probes what docs/scaling.md says', () => {
    const rows = [...readDocument('docs/scaling.md').matchAll(/^\| (\w+) \| `([^`]+)` \|/gm)];
    const probes = rows.map(([, name = '', path]) => [name, path]);
    expect(probes).toEqual(
      (['startup', 'liveness', 'readiness'] as const).map((name) => [
        name,
        container?.[`${name}Probe`]?.httpGet.path,
      ]),
    );
    for (const name of ['startup', 'liveness', 'readiness'] as const) {
      expect(container?.[`${name}Probe`]?.httpGet.port).toBe('metrics');
    }
  });

  test('gives a pod the time it takes to stop', () => {
    const pause = container?.lifecycle.preStop.sleep.seconds ?? 0;
    const { shutdownTimeoutMs } = loadConfig({});
    expect(pod.terminationGracePeriodSeconds * 1000).toBeGreaterThanOrEqual(
      pause * 1000 + shutdownTimeoutMs + 5_000,
    );
  });
});
