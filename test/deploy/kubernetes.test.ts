import { describe, expect, test } from 'vitest';
import { readDocument } from '../docs/markdown.ts';
import { compile, parseManifests, testManifests } from './manifests.ts';

describe('the manifests of deploy/kubernetes.yaml', () => {
  const manifests = parseManifests(readDocument('deploy/kubernetes.yaml'));

  test('are a Deployment, a Service and a budget', () => {
    expect(manifests.map(({ kind }) => kind)).toEqual(['Deployment', 'Service', 'PodDisruptionBudget']);
  });

  test('have the types of Kubernetes', () => {
    const misspelled = { kind: 'Service', apiVersion: 'v1', spec: { prots: [] } };
    expect(compile([...manifests, misspelled])).toEqual([expect.stringContaining('"prots"')]);
  }, 60_000);

  testManifests(manifests);
});
