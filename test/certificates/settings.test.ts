import { expect, test } from 'vitest';
import { day, findSettingsProblem } from '../../src/certificates/settings.ts';
import { settings } from './support/examples.ts';

test('settings that cannot work are refused, with the flag', () => {
  expect(findSettingsProblem(settings)).toBeUndefined();
  expect(findSettingsProblem({ ...settings, certificateLifetime: 200 * day })).toContain('--ca-lifetime must be twice');
  expect(findSettingsProblem({ ...settings, trustDelay: 60 * day })).toContain('--trust-delay is too long');
  expect(findSettingsProblem({ ...settings, renewAt: Number.NaN })).toContain('--renew-at');
  expect(findSettingsProblem({ ...settings, certificateLifetime: 1 })).toContain('--certificate-lifetime');
});
