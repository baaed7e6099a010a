import { describe, expect, it } from 'vitest';
import { version } from '../../src/version.ts';
import { run } from './support/run.ts';

describe('help', () => {
  it.each([
    [[]],
    [['harden']],
    [['profiles']],
    [['profiles', 'list']],
    [['profiles', 'show']],
    [['profiles', 'lint']],
    [['profiles', 'new']],
    [['profiles', 'compare']],
    [['policy']],
    [['policy', 'lint']],
    [['policy', 'show']],
  ])('permafrost %j --help', async (command) => {
    const { code, stdout, stderr } = await run([...command, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatchSnapshot();
  });

  it('prints the version', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('prints help and fails without a command', async () => {
    const { code, stdout, stderr } = await run([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: permafrost');
  });
});
