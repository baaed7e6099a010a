# shellcheck shell=bash
# Builds programs from Go modules, once, into $bin. Sourced after common.sh, never run.
: "${tool:?}" "${bin:?}"

export CGO_ENABLED=0 GOWORK=off # static, so that one file is a whole container image; no workspace of a folder above

require_go() {
  command -v go >/dev/null || die "go is not on PATH; install Go 1.26 or newer (https://go.dev/dl): Kubernetes is built with it"
}

# module_field MODULE@VERSION FIELD: a field of what 'go mod download' reports (Dir, GoMod); downloads the module if it must
module_field() { go mod download -json "$1" | sed -n "s/^\t\"$2\": \"\(.*\)\",*$/\1/p"; }

# install_program NAME VERSION BUILD...: run BUILD in an empty folder, where it leaves ./NAME, and move that to $bin. The rename
# comes last, so whoever sees the program sees all of it. An empty file beside it remembers the version.
install_program() {
  local name=$1 version=$2 work=$CACHE/build started=$SECONDS
  [[ -x $bin/$name && -e $bin/.$name-$version ]] && return
  require_go
  say "building $name $version (takes minutes for Kubernetes; log: $work/build.log)"
  rm -rf "$work" # of a build that was killed
  mkdir "$work"
  (
    cd "$work" || exit
    "${@:3}" >build.log 2>&1 || { tail -n 20 build.log >&2 && die "building $name failed"; }
    mkdir -p "$bin"
    rm -f "$bin/.$name-v"* # of another version, which this one replaces
    mv "$name" "$bin/$name"
    touch "$bin/.$name-$version"
  )
  rm -rf "$work"
  say "built $name in $((SECONDS - started)) s"
}

# install_module_program NAME MODULE VERSION PACKAGE
install_module_program() { install_program "$1" "$3" build_module "$1" "$2@$3" "$4"; }

# build_module NAME MODULE@VERSION PACKAGE
build_module() {
  go mod init build && go mod edit -require="$2" && go build -mod=mod -trimpath -ldflags '-s -w' -o "$1" "$3"
}

# build_kubernetes NAME: k8s.io/kubernetes replaces its staging modules by folders that only its own repository has; the
# published modules of the same release (v0.MINOR.PATCH) take their place. Without the ldflags a program calls itself v0.0.0.
build_kubernetes() {
  local module=k8s.io/kubernetes version=k8s.io/component-base/version go_mod staging flags='-s -w'
  go_mod=$(module_field "$module@v$KUBERNETES_VERSION" GoMod) &&
    staging=$(sed -nE "s|^\s*(k8s.io/[a-z-]+) => \./staging/.*|-replace=\1=\1@v0.${KUBERNETES_VERSION#1.}|p" "$go_mod") || return
  flags+=" -X $version.gitVersion=v$KUBERNETES_VERSION -X $version.gitMajor=1 -X $version.gitMinor=$(cut -d. -f2 <<<"$KUBERNETES_VERSION")"
  flags+=" -X $version.gitTreeState=clean"
  # shellcheck disable=SC2086 # one word for each replacement
  go mod init build && go mod edit -require="$module@v$KUBERNETES_VERSION" $staging &&
    go build -mod=mod -trimpath -ldflags "$flags" -o "$1" "$module/cmd/$1"
}

ensure_kubernetes() {
  local name
  for name; do install_program "$name" "v$KUBERNETES_VERSION" build_kubernetes "$name"; done
}

# ensure_assets: what envtest wants to find in KUBEBUILDER_ASSETS
ensure_assets() {
  install_module_program etcd go.etcd.io/etcd/server/v3 "v$ETCD_VERSION" go.etcd.io/etcd/server/v3
  ensure_kubernetes kube-apiserver kubectl
}
