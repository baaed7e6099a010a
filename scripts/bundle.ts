/**
 * Bundles the program into one file, dist/permafrost.js, with the built-in profiles compiled in: what the image runs. Beside it are the
 * licences of what is in it. Development needs none of this; Node runs the sources themselves.
 *
 * The same sources give the same bytes, wherever they lie.
 */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { builtInFolder, loadProfiles } from '../src/profiles/load.ts';
import { formatDiagnostic } from '../src/yaml/diagnostic.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
/** The first argument, for tests. */
const outfile = process.argv[2] ?? `${root}dist/permafrost.js`;

/** Puts the profiles of the built-in folder where the loader would read them: no YAML to parse at start, no folder to ship. */
const compiledProfiles: Plugin = {
  name: 'compiled-profiles',
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/profiles\/load\.ts$/ }, ({ path }) => {
      const { profiles, problems } = loadProfiles(builtInFolder);
      if (problems.length > 0) return { errors: problems.map((problem) => ({ text: formatDiagnostic(problem) })) };
      const named = profiles.map((sourced) => ({ ...sourced, file: relative(root, sourced.file) }));
      const source = readFileSync(path, 'utf8')
        .replace(/^export const builtInFolder = .*;$/m, "export const builtInFolder = 'profiles (built in)';")
        .replace('export function loadProfiles(', 'function readFolder(');
      return {
        loader: 'ts',
        contents: `${source}
          let builtIn = ${JSON.stringify(JSON.stringify(named))};
          export function loadProfiles(folder) {
            return folder === builtInFolder ? { profiles: JSON.parse(builtIn), problems: [] } : readFolder(folder);
          }`,
      };
    });
  },
};

/** What libraries bring and nothing here uses: 3 MB to read at start, and to keep in memory. */
const unused: [file: RegExp, instead: string][] = [
  // messages in fifty languages; errors here are in English
  [/\/zod\/v4\/locales\/index\.js$/, "export { default as en } from './en.js';"],
  // express hands these on as express.json() and its like; src/http/body.ts reads a body itself
  [/\/body-parser\/index\.js$/, 'module.exports = {};'],
  // a class for each kind there is, for KubeConfig.makeApiClient(); src/kube/api.ts takes applyToHTTPSOptions()
  [
    /\/client-node\/dist\/gen\/index\.js$/,
    'export const createConfiguration = undefined, ServerConfiguration = undefined;',
  ],
  // for KubeConfig.applyToFetchOptions()
  [/\/undici\/index\.js$/, 'exports.Agent = exports.ProxyAgent = undefined;'],
];

const withoutUnused: Plugin = {
  name: 'without-unused',
  setup({ onLoad }) {
    for (const [filter, contents] of unused) onLoad({ filter }, () => ({ contents }));
  },
};

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/bin.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  minifySyntax: true,
  minifyWhitespace: true, // names stay, so that a stack trace can be read
  // a name with an umlaut in a licence would have Node keep the whole text at two bytes a character
  legalComments: 'external',
  metafile: true,
  logLevel: 'warning',
  plugins: [compiledProfiles, withoutUnused],
  // express and others are CommonJS and require Node's own modules
  banner: {
    js: "import { createRequire as permafrostRequire } from 'node:module';\nconst require = permafrostRequire(import.meta.url);",
  },
});

const bytes = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint)?.bytes ?? 0;
process.stdout.write(`${relative(root, outfile)}: ${Math.round(bytes / 1024)} KiB\n`);
