/** The two ways of copying an image's content, run for real: the init container's shell script, and `permafrost copy-content`. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { copyContainer } from '../../src/harden/content-copy.ts';
import { bin } from './support/run.ts';

let folder: string;
let image: string;
let volume: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'permafrost-copy-'));
  [image, volume] = [join(folder, 'image'), join(folder, 'volume')];
  sh(`mkdir -p "$1/etc/app/conf.d" "$2"; cd "$1/etc/app"
    echo one > conf.d/a.conf; ln conf.d/a.conf conf.d/b.conf; ln -s a.conf conf.d/link; ln -s /dev/stdout log
    mkdir -m 1777 tmp; mkdir -m 0500 closed; touch closed/x; chmod 4755 conf.d/a.conf
    touch -d 2001-02-03 conf.d/a.conf; touch -h -d 2002-03-04 log; chmod 0750 .; touch -d 2003-04-05 .`);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function sh(script: string): string {
  return execFileSync('sh', ['-c', script, 'sh', image, volume], { encoding: 'utf8' });
}

const { command } = copyContainer(
  { name: 'app', image: 'app' },
  { name: 'copy', copies: [], method: { kind: 'shell' }, imageVolume: '' },
);
const ways: [string, (paths: string[]) => void][] = [
  ['the shell of the image', (paths) => run((command as string[]).concat(paths))],
  ['permafrost copy-content', (paths) => run([process.execPath, bin, 'copy-content', ...paths])],
];

function run([program = '', ...args]: string[]): void {
  execFileSync(program, args, { stdio: 'pipe' });
}

/** Type, mode, owner, links, size, time, name, target. */
function listing(at: string): string[] {
  const format = '%y %m %U:%G %n %s %TY-%Tm-%Td %P %l\\n';
  return execFileSync('find', [at, '-printf', format], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.replace(/^d (\S+ \S+) \d+ \d+/, 'd $1'))
    .toSorted();
}

describe.each(ways)('%s', (_name, copy) => {
  test('keeps links, owners, modes and times, the folder’s own too', () => {
    copy([join(image, 'etc/app'), volume]);
    expect(listing(join(volume, 'content'))).toEqual(listing(join(image, 'etc/app')));
  });

  test('leaves what is there when it runs again, and mends a copy that was cut off', () => {
    sh('mkdir -p "$2/partial/rest"');
    copy([join(image, 'etc/app'), volume]);
    sh('echo changed > "$2/content/conf.d/new"');
    copy([join(image, 'etc/app'), volume]);
    expect(sh('ls "$2"; cat "$2/content/conf.d/new"; ls "$2/content"')).toBe(
      'content\nchanged\nclosed\nconf.d\nlog\ntmp\n',
    );
  });

  test('fills several volumes; what the image does not have becomes an empty folder', () => {
    sh('mkdir "$2/0" "$2/1"');
    copy([join(image, 'etc/app/conf.d'), join(volume, '0'), join(image, 'missing'), join(volume, '1')]);
    expect(sh('cd "$2"; find . -mindepth 2 | sort')).toBe(
      './0/content\n./0/content/a.conf\n./0/content/b.conf\n./0/content/link\n./1/content\n',
    );
  });
});

test('copy-content refuses a folder without a volume', () => {
  expect(() => run([process.execPath, bin, 'copy-content', '/a'])).toThrow(/paths come in pairs/);
});
