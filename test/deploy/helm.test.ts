import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import {
  availableRenderers,
  EXAMPLES,
  exampleFile,
  headOf,
  type Renderer,
} from '../../scripts/helm/chart.ts';
import { SETTINGS } from '../../src/config/settings.ts';
import { readVersion } from '../../src/version.ts';
import { ROOT, readDocument } from '../docs/markdown.ts';
import { compile, containerOf, type Manifest, parseManifests, testManifests } from './manifests.ts';

interface Values {
  readonly [name: string]: unknown;
}

const CHART = 'deploy/helm';
const defaults = parse(readDocument(`${CHART}/values.yaml`)) as Values;
const schema = JSON.parse(readDocument(`${CHART}/values.schema.json`));
const validate = new Ajv({ allErrors: true }).compile(schema);
const templates = readdirSync(new URL(`${CHART}/templates`, ROOT));
const renderers = availableRenderers();

/** Merges values as Helm does. */
function merge(base: Values, over: Values): Values {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const both = isMap(merged[key]) && isMap(value);
    merged[key] = both ? merge(merged[key] as Values, value as Values) : value;
  }
  return merged;
}

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns where values do not fit the schema. */
function problemsOf(values: Values): (string | undefined)[] {
  validate(merge(defaults, values));
  return (validate.errors ?? []).map(({ instancePath }) => instancePath);
}

const rendered = (name: string) => readFileSync(exampleFile(name, 'rendered'), 'utf8');

/** Returns every object under its kind and name, so that the order does not matter. */
function byName(text: string): Record<string, Manifest> {
  return Object.fromEntries(
    parseManifests(text).map((object) => [`${object.kind} ${object.metadata.name}`, object]),
  );
}

describe('the values', () => {
  test('and those of the examples fit the schema', () => {
    expect(problemsOf({})).toEqual([]);
    for (const name of Object.keys(EXAMPLES)) {
      expect([name, problemsOf(parse(readFileSync(exampleFile(name, 'values'), 'utf8')))]).toEqual([
        name,
        [],
      ]);
    }
  });

  test.each([
    ['a misspelled value', { replicaCout: 1 }, ''],
    ['a misspelled setting', { settings: { LOG_LEVLE: 'info' } }, '/settings'],
    ['a secret among the settings', { settings: { GATEWAY_ADMIN_KEY: 'x' } }, '/settings'],
    ['"off" that YAML reads as false', { settings: { SANDBOX: false } }, '/settings/SANDBOX'],
    ['a number', { settings: { MAX_DEPTH: 9 } }, '/settings/MAX_DEPTH'],
    ['a port that the probes do not use', { settings: { METRICS_PORT: '9000' } }, '/settings'],
    ['a URL in place of a host', { ingress: { host: 'https://gateway.example.com' } }, '/ingress/host'],
    ['replicas as text', { replicaCount: '2' }, '/replicaCount'],
  ])('%s does not fit the schema', (_what, values, path) => {
    expect(problemsOf(values)).toEqual([path]);
  });

  test('set settings that exist, and the schema allows no other and no secret', () => {
    const allowed = Object.keys(schema.properties.settings.properties);
    const known = SETTINGS.map(({ name }) => name);
    expect(allowed.length).toBeGreaterThan(40);
    expect(allowed.filter((name) => !known.includes(name))).toEqual([]);
    expect(allowed.filter((name) => /SECRET|KEYS?$|PASSWORD|DATABASE_URL/.test(name))).toEqual([]);
    expect(Object.keys(defaults.settings as Values).filter((name) => !allowed.includes(name))).toEqual([]);
  });

  test('are all used by the templates, and the templates use no others', () => {
    const text = templates.map((file) => readDocument(`${CHART}/templates/${file}`)).join('\n');
    const used = [...text.matchAll(/\.Values\.([\w.]+)/g)].map(([, path = '']) => path);
    const declared = Object.entries(defaults).flatMap(([key, value]) => {
      const isOpen = ['settings', 'resources'].includes(key) || Object.keys(value ?? {}).length === 0;
      return !isMap(value) || isOpen ? [key] : Object.keys(value as Values).map((inner) => `${key}.${inner}`);
    });
    const unknown = used.filter((path) => !declared.includes(path) && !path.startsWith('settings.'));
    expect([unknown, declared.filter((path) => !used.includes(path))]).toEqual([[], []]);
    const named = [...text.matchAll(/\.Values\.settings\.(\w+)/g)].map(([, name]) => name);
    expect(named.filter((name) => !SETTINGS.some((setting) => setting.name === name))).toEqual([]);
  });
});

test('the chart is for this version of the gateway', () => {
  expect(parse(readDocument(`${CHART}/Chart.yaml`))).toMatchObject({ appVersion: readVersion() });
});

describe.each(Object.keys(EXAMPLES))('the rendered example %s', (name) => {
  test('is of the chart as it is: run `npm run chart` after a change', () => {
    expect(rendered(name).split('\n', 1)).toEqual(headOf(name).split('\n', 1));
  });

  testManifests(parseManifests(rendered(name)));
});

test('the rendered examples have the types of Kubernetes', () => {
  const objects = Object.keys(EXAMPLES).flatMap((name) => parseManifests(rendered(name)));
  expect(compile(objects.filter(({ kind }) => kind !== 'ServiceMonitor'))).toEqual([]);
}, 60_000);

test('the default renders to deploy/kubernetes.yaml, with what Helm adds', () => {
  const plain = byName(readDocument('deploy/kubernetes.yaml'));
  const { 'ServiceAccount twilio-graphql-gateway': account, ...chart } = byName(rendered('default'));
  expect(account).toMatchObject({ automountServiceAccountToken: false });
  expect(normalized(chart)).toEqual(normalized(plain));
});

test('production renders to the objects it enables', () => {
  const objects = byName(rendered('production'));
  const name = 'production-twilio-graphql-gateway';
  expect(Object.keys(objects).sort()).toEqual([
    `Deployment ${name}`,
    `HorizontalPodAutoscaler ${name}`,
    `Ingress ${name}`,
    `PodDisruptionBudget ${name}`,
    `Service ${name}`,
    `Service ${name}-metrics`,
    `ServiceAccount ${name}`,
    `ServiceMonitor ${name}`,
  ]);
  const { container, env, labels } = containerOf(Object.values(objects));
  expect(objects[`Deployment ${name}`]).not.toHaveProperty('spec.replicas');
  expect(container.env.find(({ name }) => name === 'DATABASE_URL')?.valueFrom).toEqual({
    secretKeyRef: { name: 'gateway-postgres', key: 'uri' },
  });
  expect(env.PUBLIC_URL).toBe('https://gateway.example.com');
  const metrics = objects[`Service ${name}-metrics`];
  expect(metrics).toMatchObject({ spec: { clusterIP: 'None', selector: labels } });
  // The compiler does not know this type.
  const monitor = objects[`ServiceMonitor ${name}`] as unknown as { spec: Values & { jobLabel: string } };
  expect(monitor).toMatchObject({
    apiVersion: 'monitoring.coreos.com/v1',
    metadata: { labels: { release: 'prometheus' } },
    spec: {
      selector: { matchLabels: { ...labels, 'app.kubernetes.io/component': 'metrics' } },
      endpoints: [{ port: 'metrics', path: '/metrics', interval: '30s' }],
    },
  });
  expect(Object.keys(monitor.spec).sort()).toEqual(['endpoints', 'jobLabel', 'selector']);
  const job = metrics?.metadata.labels[monitor.spec.jobLabel];
  expect(readDocument('deploy/prometheus/alerts.yaml')).toContain(`job="${job}"`);
});

if (renderers.length === 0) {
  test.skip(
    'is rendered anew: neither Helm nor Go with the libraries of scripts/helm/render.go is installed',
  );
}

describe.each(renderers)('rendered by $name', ({ open }) => {
  const folder = mkdtempSync(join(tmpdir(), 'chart-values-'));
  let render: Renderer | undefined;
  afterAll(() => rmSync(folder, { recursive: true }));

  function renderWith(values: Values, release = 'one') {
    render ??= open();
    const file = join(folder, 'values.yaml');
    writeFileSync(file, stringify(merge({ image: { repository: 'registry.example.com/gateway' } }, values)));
    return render(release, [file]);
  }

  test.each(Object.entries(EXAMPLES))(
    'the committed example %s is what it renders to',
    (name, release) => {
      render ??= open();
      const { stdout, stderr } = render(release, [exampleFile(name, 'values')]);
      expect(stderr).toBe('');
      expect(byName(stdout)).toEqual(byName(rendered(name)));
    },
    120_000,
  );

  test.each([
    [
      'two replicas of a SQLite file',
      { database: { secretName: '' } },
      'replicaCount is 2, but a SQLite file',
    ],
    [
      'autoscaling of a SQLite file',
      { database: { secretName: '' }, replicaCount: 1, autoscaling: { enabled: true } },
      'autoscaling needs PostgreSQL',
    ],
    ['no image', { image: { repository: '' } }, 'image.repository is required'],
    ['an ingress without a host', { ingress: { enabled: true } }, 'ingress.host is required'],
    [
      'a budget that blocks every drain',
      { podDisruptionBudget: { minAvailable: 2 } },
      'podDisruptionBudget.minAvailable is 2 of 2 replicas',
    ],
    [
      'a maximum below the minimum',
      { autoscaling: { enabled: true, minReplicas: 9 } },
      'autoscaling.maxReplicas must not be less',
    ],
  ])('rejects %s, and says what to do', (_what, values, message) => {
    const { stdout, stderr } = renderWith(values);
    expect([stdout, stderr]).toEqual(['', expect.stringContaining(message)]);
  });

  test('one replica with a SQLite file has a volume that stays, and is never two', () => {
    const { stdout, stderr } = renderWith({ database: { secretName: '' }, replicaCount: 1 });
    expect(stderr).toBe('');
    const objects = byName(stdout);
    const name = 'one-twilio-graphql-gateway';
    expect(Object.keys(objects).sort()).toEqual([
      `Deployment ${name}`,
      `PersistentVolumeClaim ${name}`,
      `Service ${name}`,
      `ServiceAccount ${name}`,
    ]);
    const { deployment, pod, env } = containerOf(Object.values(objects));
    expect(deployment).toMatchObject({ spec: { replicas: 1, strategy: { type: 'Recreate' } } });
    expect(pod).toMatchObject({
      securityContext: { fsGroup: 1000, runAsUser: 1000 },
      volumes: [{ name: 'tmp' }, { name: 'data', persistentVolumeClaim: { claimName: name } }],
      containers: [{ volumeMounts: [{ name: 'tmp' }, { name: 'data', mountPath: '/data' }] }],
    });
    expect([env.DATABASE_FILE, 'DATABASE_URL' in env]).toEqual(['/data/gateway.db', false]);
    const claim = objects[`PersistentVolumeClaim ${name}`];
    expect(claim).toMatchObject({ metadata: { annotations: { 'helm.sh/resource-policy': 'keep' } } });
  });

  test('every value without a default reaches its place', () => {
    const { stdout, stderr } = renderWith({
      fullnameOverride: 'desk',
      secretName: '',
      image: { tag: '1.2.3', pullPolicy: 'Always' },
      imagePullSecrets: [{ name: 'registry' }],
      extraVolumes: [{ name: 'documents', configMap: { name: 'documents' } }],
      extraVolumeMounts: [{ name: 'documents', mountPath: '/documents' }],
      settings: {
        DOCUMENTS: '/documents',
        MAX_CONNECTIONS_PER_ADDRESS: null,
        OIDC_AUDIENCE: 'a "quoted" one: #1',
      },
      service: { type: 'NodePort', port: 8080 },
      serviceAccount: { create: false, name: 'shared' },
      podAnnotations: { team: 'support' },
      nodeSelector: { disk: 'ssd' },
      tolerations: [{ key: 'gateway', operator: 'Exists' }],
      affinity: { nodeAffinity: {} },
    });
    expect(stderr).toBe('');
    const objects = byName(stdout);
    const { deployment, pod, container, env } = containerOf(Object.values(objects));
    expect(deployment).toMatchObject({
      metadata: { name: 'desk' },
      spec: { template: { metadata: { annotations: { team: 'support', 'prometheus.io/port': '9464' } } } },
    });
    expect(pod).toMatchObject({
      serviceAccountName: 'shared',
      imagePullSecrets: [{ name: 'registry' }],
      nodeSelector: { disk: 'ssd' },
      tolerations: [{ key: 'gateway', operator: 'Exists' }],
      affinity: { nodeAffinity: {} },
      volumes: [{ name: 'tmp' }, { name: 'documents', configMap: { name: 'documents' } }],
    });
    expect(container).toMatchObject({
      image: 'registry.example.com/gateway:1.2.3',
      imagePullPolicy: 'Always',
      volumeMounts: [{ name: 'tmp' }, { name: 'documents', mountPath: '/documents' }],
    });
    expect(container).not.toHaveProperty('envFrom');
    expect(env).toMatchObject({ DOCUMENTS: '/documents', OIDC_AUDIENCE: 'a "quoted" one: #1' });
    // Helm removes a default whose value is null.
    expect(env).not.toHaveProperty('MAX_CONNECTIONS_PER_ADDRESS');
    expect(objects['Service desk']).toMatchObject({ spec: { type: 'NodePort', ports: [{ port: 8080 }] } });
    expect(Object.keys(objects).sort()).toEqual([
      'Deployment desk',
      'PodDisruptionBudget desk',
      'Service desk',
    ]);
  });
});

/** Leaves out the labels of Helm, and what is the same by another name or by default. */
function normalized(objects: Record<string, Manifest>): unknown {
  const added = ['instance', 'version', 'managed-by'].map((name) => `app.kubernetes.io/${name}`);
  const text = JSON.stringify(objects, (key, value) => {
    if ([...added, 'helm.sh/chart', 'serviceAccountName'].includes(key)) return undefined;
    // The Service's default, and the image's for a tag other than "latest".
    if ((key === 'type' && value === 'ClusterIP') || key === 'imagePullPolicy') return undefined;
    // The Secret is read as a whole, too; the chart also names the key that must be there.
    if (key === 'env') return sorted(value.filter(({ name }: { name: string }) => name !== 'DATABASE_URL'));
    // The plain budget has no labels of its own.
    if (isMap(value) && value.kind === 'PodDisruptionBudget') {
      return { ...value, metadata: { name: value.metadata.name } };
    }
    return value;
  });
  return JSON.parse(text);
}

const sorted = (list: readonly { name: string }[]) => [...list].sort((a, b) => (a.name < b.name ? -1 : 1));
