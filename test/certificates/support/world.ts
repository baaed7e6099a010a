/**
 * Replicas that make rounds against a Secret and a webhook configuration, of which each request is held until somebody lets it through.
 * Cryptography is left out: names stand for certificates.
 */
import type { Authority, Bundle } from '../../../src/certificates/authority.ts';
import type { Leaf } from '../../../src/certificates/leaf.ts';
import type { CertificateMaker } from '../../../src/certificates/maker.ts';
import {
  type CertificateStore,
  type Clock,
  makeRound,
  type Replica,
  type Written,
} from '../../../src/certificates/round.ts';
import { backdate, type CertificateSettings } from '../../../src/certificates/settings.ts';
import type { Signer, Stored } from '../../../src/certificates/stored.ts';
import { createWriteBudget } from '../../../src/certificates/write-budget.ts';

export const settings: CertificateSettings = {
  hosts: ['webhook'],
  authorityLifetime: 1_000_000,
  certificateLifetime: 300_000,
  renewAt: 2 / 3,
  trustDelay: 10_000,
};

export interface World {
  now: number;
  secret: { data: string; version: number } | undefined;
  /** What the webhooks trusted, and from when on; the last one is the present. */
  bundles: { from: number; ids: string[]; garbage: boolean }[];
  version: number;
  authorities: Map<string, Authority>;
  /** Until when nothing can be expected, because somebody overwrote the caBundle. */
  disturbedUntil: number;
  writes: number;
}

export interface Node {
  replica: Replica;
  settings: CertificateSettings;
  /** Lets the request go on that it waits in. */
  release: ((isAlive: boolean) => void) | undefined;
  isIdle: boolean;
  isReady: boolean;
}

export function createWorld(): World {
  return {
    now: 1_800_000_000_000,
    secret: undefined,
    bundles: [{ from: 0, ids: [], garbage: false }],
    version: 1,
    authorities: new Map(),
    disturbedUntil: 1_800_000_015_000, // the first CA has no older one to lean on
    writes: 0,
  };
}

function bundleOf(world: World): Bundle {
  const { ids, garbage } = world.bundles.at(-1) ?? { ids: [], garbage: false };
  const authorities = ids.flatMap((id) => world.authorities.get(id) ?? []);
  return { authorities, hasGarbage: garbage };
}

function createNames(world: World, settings: CertificateSettings): CertificateMaker {
  const name = (prefix: string) => `${prefix}${++world.writes}`;
  return {
    parse: (data) => ({ stored: JSON.parse(data['json'] ?? '') as Stored, problems: [] }),
    format: (stored) => ({ json: JSON.stringify(stored) }),
    async makeAuthority(now): Promise<Signer> {
      const id = name('ca');
      const authority = {
        id,
        pem: id,
        from: now - backdate,
        until: now + settings.authorityLifetime,
        isOwn: true,
        subject: id,
      };
      world.authorities.set(id, authority);
      return { ...authority, key: id };
    },
    async issue(signer, now): Promise<Leaf> {
      const id = name('leaf');
      const until = Math.min(now + settings.certificateLifetime, signer.until);
      return { id, cert: id, key: id, from: now - backdate, until, issuer: signer.id, hosts: [], missingHosts: [] };
    },
  };
}

/** @param held is asked before and after each request: the answer may get lost too */
function createStore(world: World, held: () => Promise<void>): CertificateStore {
  const request = async <T>(work: () => T): Promise<T> => {
    await held();
    const answer = work();
    await held();
    return answer;
  };
  return {
    readHooks: () =>
      request(() => ({ hooks: [{ name: 'hook', index: 0, bundle: bundleOf(world) }], version: String(world.version) })),
    readSecret: () =>
      request(() => world.secret && { data: { json: world.secret.data }, version: String(world.secret.version) }),
    writeHooks: (_hooks, version, authorities) =>
      request((): Written => {
        if (version !== String(world.version)) return 'conflict';
        setBundle(world, { ids: authorities.map(({ id }) => id), garbage: false });
        return 'written';
      }),
    createSecret: ({ json = '' }) =>
      request((): Written => {
        if (world.secret) return 'conflict';
        world.secret = { data: json, version: ++world.version + 1_000_000 };
        return 'written';
      }),
    writeSecret: ({ json = '' }, version) =>
      request((): Written => {
        if (String(world.secret?.version) !== version) return 'conflict';
        world.secret = { data: json, version: ++world.version + 1_000_000 };
        return 'written';
      }),
  };
}

export function setBundle(world: World, { ids, garbage }: { ids: string[]; garbage: boolean }): void {
  world.bundles.push({ from: world.now, ids, garbage });
  world.version += 1;
  world.writes += 1;
}

export function createNode(jitter: number, own = settings): Node {
  const replica: Replica = { trust: new Map(), serving: undefined, budget: createWriteBudget(), jitter };
  return { replica, settings: own, release: undefined, isIdle: true, isReady: false };
}

export const createNodes = (own = settings): Node[] => [0.1, 0.5, 0.9].map((jitter) => createNode(jitter, own));

const clockOf = (world: World): Clock => ({ now: () => world.now, monotonic: () => world.now });

class Killed extends Error {}

function startRound(world: World, node: Node): void {
  node.isIdle = false;
  const held = () =>
    new Promise<void>((resolve, reject) => {
      node.release = (isAlive) => (isAlive ? resolve() : reject(new Killed()));
    });
  const context = {
    store: createStore(world, held),
    maker: createNames(world, node.settings),
    settings: node.settings,
    clock: clockOf(world),
    onCertificate() {},
  };
  makeRound(node.replica, context).then(
    ({ isTrusted }) => {
      node.isIdle = true;
      node.release = undefined;
      if (isTrusted) node.isReady = true;
    },
    (error: unknown) => {
      if (!(error instanceof Killed)) throw error;
    },
  );
}

/** Lets the promises run that can. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 12; turn++) await Promise.resolve();
};

export async function advance(world: World, node: Node): Promise<void> {
  if (node.isIdle) startRound(world, node);
  else node.release?.(true);
  await settle();
}
