import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { imageProfileDefinition } from '../../src/kube/crd.ts';

export const definitionFile = fileURLToPath(
  new URL('../../manifests/base/12-image-profile-definition.yaml', import.meta.url),
);

export function definitionText(): string {
  return `# Made from src/profiles/profile.ts by "make crd"; do not edit.\n${stringify(imageProfileDefinition(), { lineWidth: 0, aliasDuplicateObjects: false })}`;
}
