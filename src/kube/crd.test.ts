import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { definitionFile, definitionText } from '../../scripts/lib/crd-file.ts';
import { imageProfileDefinition } from './crd.ts';

test('the file in manifests/ is current: if not, run make crd', () => {
  expect(readFileSync(definitionFile, 'utf8'), 'run make crd').toBe(definitionText());
});

test('every field has a type and a description for kubectl explain', () => {
  const bare: string[] = [];
  const walk = (schema: Record<string, unknown>, path: string): void => {
    if (schema['type'] === undefined) bare.push(`${path}: type`);
    const properties = (schema['properties'] ?? {}) as Record<string, Record<string, unknown>>;
    for (const [name, property] of Object.entries(properties)) {
      if (!property['description']) bare.push(`${path}.${name}: description`);
      walk(property, `${path}.${name}`);
    }
    if (schema['items']) walk(schema['items'] as Record<string, unknown>, `${path}[]`);
  };
  const spec = imageProfileDefinition().spec.versions[0]?.schema.openAPIV3Schema.properties.spec;
  walk({ ...spec, description: 'of the whole' }, 'spec');
  expect(bare).toEqual([]);
});
