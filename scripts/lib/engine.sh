# shellcheck shell=bash
# Finds a container engine, and out whether a registry answers. Sourced after common.sh, never run.

# engine: the first of docker, podman and buildah that works; nothing if none does. ENGINE=NAME chooses, ENGINE=none does without.
engine() {
  local candidate
  if [[ ${ENGINE:-} == none ]]; then return; fi
  for candidate in ${ENGINE:-docker podman buildah}; do
    if command -v "$candidate" >/dev/null && timeout 10 "$candidate" info >/dev/null 2>&1; then
      echo "$candidate"
      return
    fi
  done
  [[ -z ${ENGINE:-} ]] || die "ENGINE=$ENGINE does not work here; '$ENGINE info' says why"
}

# registry_answers IMAGE...: whether the registries of these images can be reached, within seconds. REGISTRY=yes|no decides instead.
registry_answers() {
  local image host code
  case ${REGISTRY:-} in
    yes) return 0 ;;
    no) return 1 ;;
    '') ;;
    *) die "REGISTRY is '$REGISTRY'; it is yes or no" ;;
  esac
  for image; do
    host=${image%%/*}
    [[ $host != docker.io ]] || host=registry-1.docker.io
    code=$(curl --silent --output /dev/null --connect-timeout 3 --max-time 6 --write-out '%{http_code}' "https://$host/v2/" || true)
    [[ $code == 200 || $code == 401 ]] || return 1
  done
}
