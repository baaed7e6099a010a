# shellcheck shell=bash
# Pinned versions, paths and the few helpers that every verb shares. Sourced, never run.

export KUBERNETES_VERSION=1.36.3 ETCD_VERSION=3.6.16 KIND_VERSION=0.33.0 CRICTL_VERSION=1.36.0 DEBIAN_SUITE=bookworm

tool=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=${CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/permafrost}
mkdir -p "$CACHE"
CACHE=$(cd "$CACHE" && pwd)
bin=$CACHE/k8s-$KUBERNETES_VERSION/bin
verb=${0##*/}
export tool CACHE bin

say() { echo "$verb: $*" >&2; }
die() { say "error: $*"; exit 1; }

# usage: print the comment block at the top of the running script
usage() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0"; }

# with_lock NAME COMMAND...: one at a time among all processes that share the cache. The lock's descriptor is closed for the
# command, else a container's monitor would inherit it and hold the lock for as long as the container lives.
with_lock() {
  (
    flock --nonblock 9 || { say "waiting for another process to finish with $1" && flock 9; }
    "${@:2}" 9>&-
  ) 9>"$CACHE/$1.lock"
}

require_root() { ((EUID == 0)) || die "must run as root: it installs packages and starts privileged containers"; }

# answers KUBECONFIG NODE...: whether the API server answers and all of the nodes have joined; a busy machine gets a minute for it
answers() {
  local end=$((SECONDS + 60))
  until kubectl --kubeconfig "$1" get --raw /readyz --request-timeout 10s; do
    ((SECONDS < end)) || return
    sleep 1
  done
  kubectl --kubeconfig "$1" get node "${@:2}" --request-timeout 30s
}

# ensure_packages PACKAGE...: install the Debian packages that are missing
ensure_packages() {
  local package missing=()
  for package; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  say "installing ${missing[*]}"
  {
    apt-get update -q &&
      DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 "${missing[@]}"
  } >"$CACHE/apt.log" 2>&1 || { tail -n 5 "$CACHE/apt.log" >&2 && die "apt-get could not install ${missing[*]}"; }
}
