/** What Permafrost's service account may do in a cluster: this list, and nothing more. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubectl } from '../integration/support/cluster.ts';
import {
  apply,
  applyForeignDefinitions,
  type Manifest,
  overlays,
  ownNamespace,
  removeAdmission,
  render,
} from './support/overlay.ts';

interface Rule {
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
  verbs: string[];
}

const certificates = [
  'secrets permafrost-tls: get list patch watch',
  'secrets: create',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io permafrost: get list patch watch',
];
const settings = [
  'configmaps permafrost-policy: list watch',
  'imageprofiles.permafrost.dev: list watch',
  'imageprofiles.permafrost.dev/status: patch',
];
const clusterWide = [...certificates, ...settings].filter((right) => /^(mutating|imageprofiles)/.test(right));

beforeAll(applyForeignDefinitions);
afterAll(removeAdmission);

describe.each(overlays)('manifests/%s', (overlay) => {
  it('grants nothing by wildcard', async () => {
    for (const { metadata, rules } of await roles(overlay)) {
      expect(JSON.stringify(rules), metadata.name).not.toContain('*');
    }
  });

  it('grants exactly what is listed here', async () => {
    const granted = (await roles(overlay)).flatMap(({ rules }) => (rules as Rule[]).flatMap(describeRule));
    const expected = readsCertificateFiles(overlay) ? settings : [...certificates, ...settings];
    expect(granted.toSorted()).toEqual(expected.toSorted());
  });
});

describe('the service account, as the API server sees it', () => {
  const user = `system:serviceaccount:${ownNamespace}:permafrost`;

  it('may do exactly that in its own namespace', async () => {
    await apply(await render('.'));
    expect(await rightsOf(user, ownNamespace)).toEqual([...certificates, ...settings].toSorted());
  });

  it('may do nothing in other namespaces but what is for the whole cluster', async () => {
    expect(await rightsOf(user, 'default')).toEqual(clusterWide.toSorted());
  });

  it.each([
    ['read pods', 'list pods'],
    ['read another Secret', 'get secret/other'],
    ['delete its Secret', 'delete secret/permafrost-tls'],
    ['make a webhook configuration', 'create mutatingwebhookconfigurations'],
    ['change another webhook configuration', 'patch mutatingwebhookconfiguration/other'],
    ['change a profile', 'patch imageprofiles'],
    ['grant itself more', 'create rolebindings'],
  ])('may not %s', async (_what, action) => {
    const { stdout } = await kubectl([
      'auth',
      'can-i',
      ...action.split(' '),
      `--namespace=${ownNamespace}`,
      `--as=${user}`,
    ]);
    expect(stdout.trim()).toBe('no');
  });
});

async function roles(overlay: string): Promise<Manifest[]> {
  return (await render(overlay)).filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole');
}

function readsCertificateFiles(overlay: string): boolean {
  return overlay === 'overlays/cert-manager';
}

function describeRule({ apiGroups = [], resources = [], resourceNames = [''], verbs }: Rule): string[] {
  return apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      resourceNames.map((name) => {
        const [kind, subresource] = resource.split('/');
        const full = `${kind}${group && `.${group}`}${subresource ? `/${subresource}` : ''}`;
        return `${full}${name && ` ${name}`}: ${verbs.toSorted().join(' ')}`;
      }),
    ),
  );
}

/** Asks the API server, and leaves out what every service account may do. */
async function rightsOf(user: string, namespace: string): Promise<string[]> {
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } };
  const ask = async (as: string): Promise<string[]> => {
    const groups = ['system:serviceaccounts', 'system:authenticated'].map((group) => `--as-group=${group}`);
    const { stdout, stderr } = await kubectl(
      ['create', '--filename=-', '--output=json', '--validate=false', `--as=${as}`, ...groups],
      JSON.stringify(review),
    );
    if (!stdout) throw new Error(stderr);
    const { status } = JSON.parse(stdout) as { status: { resourceRules: Rule[] } };
    return status.resourceRules.flatMap(describeRule);
  };
  const everybody = new Set(await ask('system:serviceaccount:default:somebody'));
  return (await ask(user)).filter((right) => !everybody.has(right)).toSorted();
}
