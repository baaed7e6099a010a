# Permafrost. `make` lists what can be made. Only npm is needed; Node 24 comes with it as the npm package `node`.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

installed := node_modules/.package-lock.json

.PHONY: help
help: ## list these targets
	@echo 'Permafrost: immutable containers that still run. Targets:'
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/  \1\t\2/' | column -t -s "$$(printf '\t')"

$(installed): package.json package-lock.json
	@command -v npm >/dev/null || { echo 'error: npm is not on PATH; install Node.js 20 or newer, which brings it' >&2; exit 1; }
	@echo 'installing packages'
	@npm ci --loglevel=error
	@touch $@

.PHONY: install
install: $(installed) ## install the packages, Node 24 among them

.PHONY: run
run: $(installed) ## start the webhook, harden the nginx pod of examples/, and keep serving
	@node scripts/run-demo.ts

.PHONY: test
test: $(installed) ## run all tests, those against a real API server included (built on first use, which takes minutes)
	@vitest run --project '!e2e' --reporter=default --reporter=json --outputFile.json=test-results/vitest.json

.PHONY: lint
lint: $(installed) ## check style, the core's purity, and types
	@biome check --error-on-warnings .
	@tsc --noEmit

.PHONY: golden
golden: $(installed) ## write the expected files of the golden fixtures anew; read the difference before you commit it
	@UPDATE_GOLDEN=1 vitest run --project unit test/golden.test.ts test/profiles/typical-pods.test.ts

.PHONY: crd
crd: $(installed) ## write the definition of the ImageProfile resource in manifests/ anew, out of its schema
	@node scripts/write-crd.ts

.PHONY: docs
docs: $(installed) ## write docs/profiles.md anew, out of profiles/
	@node scripts/write-docs.ts

.PHONY: bench
bench: $(installed) ## measure side by side with peers, in 15 minutes (ONLY=server,memory: some sections; the first time builds peers)
	@node bench/run.ts $(if $(ONLY),--only $(ONLY),--json bench/results/latest.json --chart docs/benchmarks.svg --page docs/benchmarks.md)

.PHONY: bench-smoke
bench-smoke: $(installed) ## run the benchmark in seconds, without peers: fails on nonsense, never on time
	@node bench/run.ts --smoke

.PHONY: image
image: $(installed) ## build the container image into dist/, without a container registry if none answers
	@scripts/image

.PHONY: kind-up
kind-up: $(installed) ## create a kind cluster, out of packages if no container registry answers (which takes minutes the first time)
	@scripts/kind-up

.PHONY: deploy
deploy: $(installed) ## install Permafrost into the kind cluster, built from this source
	@scripts/deploy

.PHONY: demo
demo: $(installed) ## play the story of the immutable nginx on the kind cluster
	@scripts/kind-demo

.PHONY: kind-down
kind-down: $(installed) ## delete the kind cluster
	@scripts/kind-down

.PHONY: e2e
e2e: $(installed) ## run the tests on a real cluster, which is made for them and deleted again (KEEP=1 keeps it)
	@mkdir -p ~/.cache/permafrost
	@exec 9>~/.cache/permafrost/e2e.lock; \
	flock --nonblock 9 || { echo 'e2e: waiting for another run on this machine, since they would share the cluster' >&2; flock 9; }; \
	vitest run --project e2e --reporter=default --reporter=json --outputFile.json=test-results/vitest.json 9>&-

.PHONY: clean
clean: ## remove what was installed and made here; keeps the cache of built programs in ~/.cache/permafrost
	@rm -rf node_modules dist test-results
