import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apply, createNamespace, deleteNamespace, endedPod, kubectl } from './support/cluster.ts';
import { pod } from './support/workloads.ts';

let frozen = '';
let free = '';

beforeAll(async () => {
  [frozen, free] = await Promise.all([createNamespace('frozen', 'enforce'), createNamespace('free')]);
});
afterAll(async () => {
  await Promise.all([deleteNamespace(frozen), deleteNamespace(free)]);
});

/** Changes the host's setting, reads it, and puts back what was there, whatever happens. */
const swappiness = `f=/proc/sys/vm/swappiness; old=$(cat $f); trap 'echo $old >$f 2>/dev/null' EXIT
new=$((old == 33 ? 34 : 33)); echo $new >$f; [ "$(cat $f)" = $new ] && echo written`;

/** A container that asks for a read-only root itself, and for the means to undo it. */
const remount = 'mount -o remount,rw / && touch /etc/permafrost-e2e && echo written';

const holes = [
  { name: 'swappiness', does: 'writes /proc/sys/vm/swappiness', security: { privileged: true }, command: swappiness },
  {
    name: 'remount',
    does: 'remounts its read-only root',
    security: { privileged: true, readOnlyRootFilesystem: true },
    command: remount,
  },
  {
    name: 'sys-admin',
    does: 'remounts its read-only root with SYS_ADMIN alone',
    security: { capabilities: { add: ['SYS_ADMIN'] }, readOnlyRootFilesystem: true },
    command: remount,
  },
];

describe.concurrent.each(holes)('a container that $does', ({ name, security, command }) => {
  const attempt = async (namespace: string) => {
    const container = { name: 'hole', image: 'debian:12', command: ['sh', '-c', command], securityContext: security };
    await apply(namespace, pod(name, { restartPolicy: 'Never', containers: [container] }));
    await endedPod(namespace, name);
    return kubectl(['--namespace', namespace, 'logs', name]);
  };

  test('can, where the namespace has no label', async () => {
    expect(await attempt(free)).toContain('written');
  });

  test('cannot, where it says enforce', async () => {
    const log = await attempt(frozen);
    expect(log).not.toContain('written');
    expect(log).toMatch(/Read-only file system|permission denied|Operation not permitted/i);
  });
});
