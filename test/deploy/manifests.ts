import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { loadConfig } from '../../src/config/config.ts';
import { generateEncryptionKey } from '../../src/config/encryption-keys.ts';
import { SETTINGS } from '../../src/config/settings.ts';
import { ROOT, readDocument } from '../docs/markdown.ts';

/** What is read of the manifests below; their complete types are checked by the compiler. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Labels };
}

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

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

interface Container {
  readonly env: readonly Variable[];
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

/** Settings that have their values from a Secret. */
const SECRET = {
  DATABASE_URL: 'postgres://gateway:x@database:5432/gateway',
  GATEWAY_ADMIN_KEY: generateEncryptionKey(),
  GATEWAY_ENCRYPTION_KEYS: generateEncryptionKey(),
};

const MODULES: Record<string, string> = {
  Deployment: 'apps/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  Ingress: 'networking/v1',
  PersistentVolumeClaim: 'core/v1',
  PodDisruptionBudget: 'policy/v1',
  Service: 'core/v1',
  ServiceAccount: 'core/v1',
};

/** Parses a stream of YAML documents strictly. */
export function parseManifests(text: string): Manifest[] {
  const documents = parseAllDocuments(text, { strict: true, uniqueKeys: true });
  expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([]);
  return documents.map((document) => document.toJS() as Manifest);
}

/** Compiles manifests with Kubernetes' types, which rejects unknown fields and wrong types. Returns the errors. */
export function compile(objects: readonly { kind: string }[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'kubernetes-'));
  const types = fileURLToPath(new URL('node_modules/kubernetes-types/', ROOT));
  const lines = objects.map((object, index) => {
    const type = `import('${types}${MODULES[object.kind]}').${object.kind}`;
    return `export const object${index}: ${type} = ${JSON.stringify(object)};`;
  });
  writeFileSync(join(folder, 'manifests.ts'), lines.join('\n'));
  const tsc = fileURLToPath(new URL('node_modules/.bin/tsc', ROOT));
  const options =
    '--noEmit --strict --skipLibCheck --types  --module esnext --moduleResolution bundler manifests.ts';
  const { stdout } = spawnSync(tsc, options.split(' '), { cwd: folder, encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  return stdout.split('\n').filter((line) => line.includes('error'));
}

/** Returns the gateway's container and its environment, secrets excluded. */
export function containerOf(manifests: readonly Manifest[]) {
  const deployment = manifests.find(({ kind }) => kind === 'Deployment') as unknown as Deployment;
  const { metadata, spec: pod } = deployment.spec.template;
  const [container] = pod.containers;
  if (!container) throw new Error('The Deployment has no container.');
  const env = Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
  return { deployment, labels: metadata.labels, pod, container, env };
}

/** Declares the tests that all manifests of the gateway pass, written by hand or rendered by the chart. */
export function testManifests(manifests: readonly Manifest[]): void {
  const { deployment, labels, pod, container, env } = containerOf(manifests);
  const [service] = manifests.filter(({ kind }) => kind === 'Service') as unknown as Service[];
  const budget = manifests.find(({ kind }) => kind === 'PodDisruptionBudget');

  test('the Service and the budget select the pods', () => {
    expect(deployment.spec.selector.matchLabels).toEqual(labels);
    expect(service?.spec.selector).toEqual(labels);
    expect(budget).toMatchObject({ spec: { selector: { matchLabels: labels } } });
  });

  test('set settings that exist, and leave secrets to a Secret that docs/scaling.md creates', () => {
    const names = [...SETTINGS.map(({ name }) => name), 'OTEL_EXPORTER_OTLP_ENDPOINT'];
    expect(Object.keys(env).filter((name) => !names.includes(name))).toEqual([]);
    const document = readDocument('docs/scaling.md');
    const secret = [...document.matchAll(/--from-literal=(\w+)=(\S+)/g)].map(([, name = '']) => name);
    expect(secret.filter((name) => !names.includes(name))).toEqual([]);
    expect(container.envFrom).toEqual([{ secretRef: { name: 'twilio-graphql-gateway' } }]);
    expect(document).toContain('kubectl create secret generic twilio-graphql-gateway ');
    const config = loadConfig({ ...env, ...SECRET });
    expect(config).toMatchObject({ host: '0.0.0.0', observability: { host: '0.0.0.0' } });
    expect(config.twilio).not.toBeNull();
  });

  test('name the ports of the settings, and publish only the one that needs a key', () => {
    const ports = Object.fromEntries(container.ports.map(({ name, containerPort }) => [name, containerPort]));
    expect(ports).toEqual({ http: Number(env.PORT), metrics: Number(env.METRICS_PORT) });
    expect(service?.spec.ports.map(({ targetPort }) => targetPort)).toEqual(['http']);
  });

  test('probe what docs/scaling.md says', () => {
    const rows = [...readDocument('docs/scaling.md').matchAll(/^\| (\w+) \| `([^`]+)` \|/gm)];
    const { startupProbe, livenessProbe, readinessProbe } = container;
    expect(rows.map(([, name = '', path]) => [name, path])).toEqual([
      ['startup', startupProbe.httpGet.path],
      ['liveness', livenessProbe.httpGet.path],
      ['readiness', readinessProbe.httpGet.path],
    ]);
    for (const { httpGet } of [startupProbe, livenessProbe, readinessProbe]) {
      expect(httpGet.port).toBe('metrics');
    }
  });

  test('give a pod the time it takes to stop', () => {
    const pause = container.lifecycle.preStop.sleep.seconds;
    const { shutdownTimeoutMs } = loadConfig({ ...env, ...SECRET });
    expect(pod.terminationGracePeriodSeconds * 1000).toBeGreaterThanOrEqual(
      pause * 1000 + shutdownTimeoutMs + 5_000,
    );
  });
}
