# shellcheck shell=bash
# Which cluster `make kind-up`, `deploy`, `demo` and `kind-down` work on, and how images get into it. Sourced, never run.
#
# With docker or podman and a registry: plain kind. Else test/cluster, which makes the nodes from packages. ENGINE and REGISTRY (see
# engine.sh) decide instead. A file in the cache remembers who made the cluster. CLUSTER=NAME is another one of the same shape.
source "$(dirname "${BASH_SOURCE[0]}")/../../test/cluster/lib/common.sh"
source "$(dirname "${BASH_SOURCE[0]}")/engine.sh"

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
config=$root/kind-config.yaml
cluster=${CLUSTER:-$(sed -nE 's/^name: *"?([a-z0-9.-]+)"?.*/\1/p' "$config")}
made_by=$CACHE/cluster-$cluster # docker, podman, or packages
node_image_of_kind=docker.io/kindest/node
export KUBECONFIG=$CACHE/kubeconfig-$cluster
[[ -d $root/node_modules/.bin ]] || die "the packages are not installed; run: make install"
export PATH=$root/node_modules/.bin:$bin:$PATH

# use_kubectl: the one on PATH, else the one that test/cluster builds
use_kubectl() {
  command -v kubectl >/dev/null && return
  "$tool/assets" >/dev/null
}

# who_makes: docker or podman where plain kind works, packages where it does not
who_makes() {
  local engine
  engine=$(engine)
  if [[ $engine == docker || $engine == podman ]] && registry_answers "$node_image_of_kind"; then echo "$engine"; else echo packages; fi
}

# plain_kind ARGUMENT...: kind, on the engine that made the cluster
plain_kind() {
  command -v kind >/dev/null || {
    command -v go >/dev/null || die "neither kind nor go is on PATH; install kind (https://kind.sigs.k8s.io) or Go 1.26"
    say "building kind"
    GOBIN=$bin go install "sigs.k8s.io/kind@v$KIND_VERSION"
  }
  KIND_EXPERIMENTAL_PROVIDER=$(<"$made_by") kind "$@"
}

is_plain() { [[ -s $made_by && $(<"$made_by") != packages ]]; }

plain_exists() { plain_kind get clusters --quiet | grep -xF "$cluster" >/dev/null; }

# plain_is_whole: whether all nodes have joined and the API server answers; writes the kubeconfig
plain_is_whole() {
  local nodes
  mapfile -t nodes < <(plain_kind get nodes --name "$cluster" --quiet)
  plain_kind export kubeconfig --name "$cluster" --kubeconfig "$KUBECONFIG" --quiet && answers "$KUBECONFIG" "${nodes[@]}"
}

# load_images ARCHIVE...: into all nodes
load_images() {
  local archive
  if is_plain; then
    for archive; do plain_kind load image-archive "$archive" --name "$cluster" >&2; done
  else
    "$tool/kind-load" --name "$cluster" "$@" 2>"$CACHE/kind-load.log" || { cat "$CACHE/kind-load.log" >&2 && die "the images cannot be loaded"; }
  fi
}

# load_once ARCHIVE...: those whose content this cluster has not got yet
load_once() {
  local archive list missing=()
  list=$CACHE/loaded-$(kubectl get namespace kube-system -o jsonpath='{.metadata.uid}')
  touch "$list"
  for archive; do
    grep -qF "$(sha256sum <"$archive")" "$list" || missing+=("$archive")
  done
  ((${#missing[@]})) || return 0
  say "loading images into the nodes"
  load_images "${missing[@]}"
  for archive in "${missing[@]}"; do sha256sum <"$archive"; done >>"$list"
}

# require_cluster: one that answers
require_cluster() {
  if [[ ! -e $KUBECONFIG ]] || ! kubectl get --raw /readyz --request-timeout 10s >/dev/null 2>&1; then
    die "the cluster '$cluster' does not run; run: make kind-up"
  fi
}
