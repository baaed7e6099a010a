/**
 * The CustomResourceDefinition of ImageProfile, made from the schema of the files under profiles/. Pure.
 *
 * A structural schema knows less than the zod schema: what JSON Schema cannot say is said in CEL, within the API server's limits on cost;
 * what neither can (the syntax of a range of versions) is found when the resource is read, and shown in its status.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
import * as z from 'zod';
import { imageProfileSchema } from '../profiles/profile.ts';
import { profileGroup, profilePlural, profileVersion } from './crd-names.ts';

interface Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
  [keyword: string]: unknown;
}

interface Rule {
  rule: string;
  message?: string;
  messageExpression?: string;
}

/** `/./` and `//` are one slash. */
const slashes = '(/[.]?)*';

const pathRules: Rule[] = [
  {
    rule: `!self.matches('(^|/)[.][.](/|$)')`,
    message: 'must be an absolute path without ".."',
  },
  {
    rule: `!self.matches('^${slashes}(/(proc|sys|dev|etc|usr|bin|sbin|lib[^/]*|boot))?${slashes}$')`,
    messageExpression: `self + ' would hide the system itself; name the folder below it that the image writes'`,
  },
  {
    rule: `!self.matches('^${slashes}/(proc|sys)${slashes}/[.]*[^/.]')`,
    messageExpression: `self + ' belongs to the kernel; no volume can be mounted there'`,
  },
];

const imageRules: Rule[] = [
  {
    rule: `!self.matches('^([^*]*[*]+){5}')`,
    message: 'has more than 4 wildcards',
  },
];

/** Paths as they are written: cleaning each pair of them would cost more than the API server allows; odd spellings are found later. */
const writablePathsRules: Rule[] = [
  {
    rule: `self.all(below, !has(below.content) || below.content != 'copy' || !self.exists(above, (!has(above.content) || above.content != 'copy') && below.path.startsWith(above.path + '/')))`,
    message:
      'a volume that starts empty would hide content that is copied below it: give the upper path content: copy too',
  },
];

/** What JSON Schema cannot say, by the place in the resource. */
const rules: Record<string, Rule[]> = {
  'spec.images[]': imageRules,
  'spec.writablePaths': writablePathsRules,
  'spec.writablePaths[].path': pathRules,
};

const statusSchema: Schema = {
  type: 'object',
  description: 'What Permafrost made of the profile.',
  properties: {
    conditions: {
      type: 'array',
      description:
        '`Accepted`: whether the profile is in use. `Conflict`: another profile claims one of its images as well.',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
      items: {
        type: 'object',
        required: ['type', 'status', 'lastTransitionTime', 'reason', 'message'],
        properties: {
          type: { type: 'string', maxLength: 316 },
          status: { type: 'string', enum: ['True', 'False', 'Unknown'] },
          observedGeneration: { type: 'integer', format: 'int64', minimum: 0 },
          lastTransitionTime: { type: 'string', format: 'date-time' },
          reason: { type: 'string', minLength: 1, maxLength: 1024 },
          message: { type: 'string', maxLength: 32768 },
        },
      },
    },
    paths: { type: 'integer', format: 'int32', description: 'How many writable paths the profile has.' },
  },
};

/** Makes the object that `manifests/` holds. */
export function imageProfileDefinition() {
  const { properties = {} } = structural(z.toJSONSchema(imageProfileSchema, { io: 'input' }) as Schema, '');
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${profilePlural}.${profileGroup}`, labels: { 'app.kubernetes.io/name': 'permafrost' } },
    spec: {
      group: profileGroup,
      scope: 'Cluster',
      names: {
        kind: 'ImageProfile',
        listKind: 'ImageProfileList',
        plural: profilePlural,
        singular: 'imageprofile',
        shortNames: ['iprof'],
        categories: ['permafrost'],
      },
      versions: [
        {
          name: profileVersion,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: [
            { name: 'Image', type: 'string', jsonPath: '.spec.images[0]' },
            { name: 'Images', type: 'string', jsonPath: '.spec.images', priority: 1 },
            { name: 'Versions', type: 'string', jsonPath: '.spec.versions', priority: 1 },
            { name: 'Paths', type: 'integer', jsonPath: '.status.paths' },
            { name: 'Accepted', type: 'string', jsonPath: '.status.conditions[?(@.type=="Accepted")].status' },
            {
              name: 'Conflict',
              type: 'string',
              jsonPath: '.status.conditions[?(@.type=="Conflict")].status',
              priority: 1,
            },
            { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
          ],
          schema: {
            openAPIV3Schema: {
              type: 'object',
              description: 'What one image must write, so that it runs on a read-only root.',
              required: ['spec'],
              properties: {
                // these three are the API server's own: https://github.com/kubernetes/kubernetes/issues/59485
                apiVersion: { type: 'string' },
                kind: { type: 'string' },
                metadata: { type: 'object' },
                spec: properties['spec'],
                status: statusSchema,
              },
            },
          },
        },
      ],
    },
  };
}

/** Takes out what a structural schema may not have, and puts in the rules. Unknown fields are refused or pruned by the API server. */
function structural(schema: Schema, field: string): Schema {
  const { $schema: _, additionalProperties: __, properties, items, const: only, ...keywords } = schema;
  const own = rules[field];
  return {
    ...keywords,
    ...(only !== undefined && { enum: [only] }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, value]) => [name, structural(value, field ? `${field}.${name}` : name)]),
      ),
    }),
    ...(items && { items: structural(items, `${field}[]`) }),
    ...(own && { 'x-kubernetes-validations': own }),
  };
}
