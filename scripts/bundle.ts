/**
 * Bundles the program into a folder, dist/app: what the image runs. permafrost.mjs is the program, the other modules are what each of its
 * commands needs, profiles.json is the built-in table, LEGAL.txt has the licences of what is in it. Development needs none of this; Node
 * runs the sources themselves.
 *
 * The same sources give the same bytes, wherever they lie.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { build, type Plugin } from 'esbuild';
import { builtInFolder, loadProfiles } from '../src/profiles/load.ts';
import { formatDiagnostic } from '../src/yaml/diagnostic.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const ownFolder = join(root, 'dist/app');
const command = new Command('bundle.ts')
  .description('Bundles the program, as the image runs it.')
  .argument('[folder]', 'a new one, as nothing of somebody else may be lost; dist/app unless given, which is replaced')
  .addHelpText('after', '\nExample:\n  node scripts/bundle.ts /tmp/app && node /tmp/app/permafrost.mjs --help')
  .parse();
const [folder = ownFolder] = command.args;
if (folder === ownFolder) rmSync(folder, { recursive: true, force: true });
else if (existsSync(folder)) command.error(`error: ${folder} is there already; name a folder that is not`);
mkdirSync(join(folder, '..'), { recursive: true });
mkdirSync(folder);

/**
 * Writes the profiles of the built-in folder into one file, and has the loader read that: no YAML to parse at start. They are not in the
 * program itself, as Node would keep their text as long as it runs.
 */
const compiledProfiles: Plugin = {
  name: 'compiled-profiles',
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/profiles\/load\.ts$/ }, ({ path }) => {
      const { profiles, problems } = loadProfiles(builtInFolder);
      if (problems.length > 0) return { errors: problems.map((problem) => ({ text: formatDiagnostic(problem) })) };
      const named = profiles.map((sourced) => ({ ...sourced, file: relative(root, sourced.file) }));
      writeFileSync(join(folder, 'profiles.json'), JSON.stringify(named));
      const source = readFileSync(path, 'utf8')
        .replace(/^export const builtInFolder = .*;$/m, "export const builtInFolder = 'profiles (built in)';")
        .replace('export function loadProfiles(', 'function readFolder(');
      return {
        loader: 'ts',
        contents: `${source}
          export function loadProfiles(folder) {
            if (folder !== builtInFolder) return readFolder(folder);
            return { profiles: JSON.parse(readFileSync(new URL('profiles.json', import.meta.url), 'utf8')), problems: [] };
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
  // express finds the type of a file by its name; no file is served
  [/\/mime-db\/index\.js$/, 'module.exports = {};'],
  // files and query strings: the one path there is has neither
  [/\/(send|serve-static)\/index\.js$/, 'module.exports = undefined;'],
  [/\/qs\/lib\/index\.js$/, 'module.exports = {};'],
  // a log written to a file by its number; here it goes to a stream
  [/\/sonic-boom\/index\.js$/, 'module.exports = class {};'],
  // traces beside metrics
  [/\/@opentelemetry\/api\/dist\/index\.cjs$/, 'module.exports = undefined;'],
  // metrics of several processes, and logs written by another thread: each loads a part of Node that nobody needs
  [/\/prom-client\/lib\/cluster\.js$/, 'module.exports = undefined;'],
  [/\/thread-stream\/index\.js$/, 'module.exports = undefined;'],
  [/\/prom-client\/lib\/pushgateway\.js$/, 'module.exports = undefined;'],
  // an entry for each collection of garbage, which is itself 4 KB of it (createMetrics takes the metric out)
  [/\/prom-client\/lib\/metrics\/gc\.js$/, 'module.exports = () => {};'],
];

const withoutUnused: Plugin = {
  name: 'without-unused',
  setup({ onLoad }) {
    for (const [filter, contents] of unused) onLoad({ filter }, () => ({ contents }));
  },
};

/**
 * Has Node's own modules required instead of imported: for an import Node reads all that a module exports, and much of that is loaded only
 * when it is read (a WebSocket client for `node:http`, a command line editor for `node:fs`, the standard input for `node:process`).
 */
const requiredNode: Plugin = {
  name: 'required-node',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(node:)?(${builtinModules.join('|')})$`) }, ({ kind, path }) =>
      kind === 'require-call' ? { path, external: true } : { path, namespace: 'required' },
    );
    onLoad({ filter: /./, namespace: 'required' }, ({ path }) => ({
      contents: `module.exports = require('${path}');`,
    }));
  },
};

await build({
  absWorkingDir: root,
  entryPoints: ['src/bin.ts'],
  outdir: folder,
  entryNames: 'permafrost',
  chunkNames: '[name]-[hash]',
  outExtension: { '.js': '.mjs' }, // so that Node need not find out what it is
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  minifySyntax: true,
  minifyWhitespace: true, // names stay, so that a stack trace can be read
  // a name with an umlaut in a licence would have Node keep the whole text at two bytes a character
  legalComments: 'external',
  logLevel: 'warning',
  plugins: [compiledProfiles, withoutUnused, requiredNode],
  // express and others are CommonJS and require Node's own modules
  banner: {
    js: "import { createRequire as permafrostRequire } from 'node:module';\nconst require = permafrostRequire(import.meta.url);",
  },
});

/** esbuild writes the licences beside each module. */
function gatherLicences(): void {
  const texts = new Set<string>();
  for (const file of listFolder().filter((path) => path.endsWith('.LEGAL.txt'))) {
    texts.add(readFileSync(file, 'utf8'));
    rmSync(file);
  }
  writeFileSync(join(folder, 'LEGAL.txt'), [...texts].join('\n'));
}

function listFolder(): string[] {
  return readdirSync(folder)
    .toSorted()
    .map((name) => join(folder, name));
}

gatherLicences();
const bytes = listFolder().reduce((sum, file) => sum + statSync(file).size, 0);
process.stdout.write(`${relative(root, folder)}: ${Math.round(bytes / 1024)} KiB\n`);
