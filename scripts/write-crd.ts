/** Writes the CustomResourceDefinition of ImageProfile, made from the schema of the files under profiles/, into manifests/. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { definitionFile, definitionText } from './lib/crd-file.ts';

mkdirSync(dirname(definitionFile), { recursive: true });
writeFileSync(definitionFile, definitionText());
