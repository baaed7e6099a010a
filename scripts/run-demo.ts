/** `make run`: starts the real webhook on this machine, sends it the nginx pod of examples/, shows what came back, and keeps serving. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import jsonPatch from 'fast-json-patch';
import { parse } from 'yaml';
import { reviewOf, sendReview } from './demo/review.ts';
import { createScreen } from './demo/screen.ts';
import { startServer } from './demo/server.ts';

const file = 'examples/nginx-pod.yaml';
const root = fileURLToPath(new URL('..', import.meta.url));
const screen = createScreen(process.stdout, process.env);

screen.title('Permafrost', 'immutable containers that still run');
screen.step('starting the webhook: built-in profiles, a certificate of its own');
const server = await startServer(root, (text) => screen.note(text)).catch((error: Error) => {
  screen.failure(error.message);
  process.exit(1);
});
let isEnding = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end());
screen.done(`ready in ${server.milliseconds} ms: ${server.url}, metrics at ${server.metrics}`);

screen.step(`sending it ${file}, as an API server would`);
const pod = parse(readFileSync(join(root, file), 'utf8'));
const review = reviewOf(pod);
const reviewFile = join(server.folder, 'review.json');
writeFileSync(reviewFile, JSON.stringify(review));
const { milliseconds, response } = await sendReview(server, review);
const patch = JSON.parse(Buffer.from(response.patch ?? 'W10=', 'base64').toString());
screen.done(`answered in ${milliseconds} ms: ${patch.length} changes, ${response.warnings?.length ?? 0} warnings`);

screen.heading('What becomes of the pod');
screen.difference(file, pod, jsonPatch.applyPatch(structuredClone(pod), patch).newDocument);
screen.heading('What kubectl shows to whoever creates it');
for (const warning of response.warnings ?? []) screen.warning(warning);

screen.heading('Next, with kubectl: a cluster whose API server runs on this machine');
screen.command(`./permafrost webhook-config --url ${server.url} --ca-bundle ${server.caFile} | kubectl apply -f -`);
screen.command('kubectl create namespace frozen');
screen.command('kubectl label namespace frozen permafrost.dev/mode=enforce   # or audit, or warn');
screen.command(`kubectl --namespace frozen apply -f ${file}`);
screen.command('kubectl --namespace frozen get pod nginx -o yaml');
if (server.lanUrl) screen.aside(`elsewhere, such as kind: the same with --url ${server.lanUrl}`);
screen.aside('afterwards: kubectl delete mutatingwebhookconfiguration permafrost');

screen.heading('Next, with curl: the same review again; then only the patch in its answer');
const curl = `curl -sS --cacert ${server.caFile} -H 'Content-Type: application/json' --data @${reviewFile} ${server.url}/mutate/enforce`;
screen.command(curl);
screen.command(`${curl} | grep -o '"patch":"[^"]*' | cut -d'"' -f4 | base64 -d`);
screen.command(`curl -sS ${server.metrics} | grep ^permafrost_`);

screen.heading('Next, without any server');
screen.command('./permafrost harden --diff examples/');
screen.heading('Serving. Reviews appear here; Ctrl-C ends it.');
server.onReview((line) => screen.review(line));
server.exit.then((code) => {
  if (isEnding) return;
  screen.failure(`the webhook ended by itself with ${code}; its log is ${server.logFile}`);
  process.exit(1);
});

async function end(): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  await server.stop();
  screen.bye('stopped: what was in flight was answered');
  process.exit(0);
}
