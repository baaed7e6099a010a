# shellcheck shell=bash
# Makes file systems out of Debian packages, where no container registry can be reached. Sourced, never run.
source "$(dirname "${BASH_SOURCE[0]}")/../../test/cluster/lib/common.sh"

images=$CACHE/images # archives and file systems, by a hash of what they are made from
mkdir -p "$images"

# ensure_debian: what is needed to read Debian packages
ensure_debian() {
  command -v apt-get >/dev/null ||
    die "neither a container registry nor Debian packages can be had here; run on Debian or Ubuntu, or where a registry answers"
  [[ -x $(command -v mmdebstrap) ]] || {
    require_root
    with_lock packages ensure_packages mmdebstrap
  }
}

# debian_rootfs FOLDER PACKAGE...: the files of the packages and of all that they depend on. Nothing of them is run, so there are no
# users and no caches; documentation, locales and character sets are left out.
debian_rootfs() {
  local folder=$1 packages
  packages=$(IFS=, && echo "${*:2}")
  ensure_debian
  say "fetching Debian packages: ${packages//,/ }"
  mmdebstrap --quiet --variant=extract --include="$packages" \
    --dpkgopt='path-exclude=/usr/share/'{doc,man,info,locale,lintian,bug,menu,bash-completion}'/*' \
    --dpkgopt='path-exclude=/usr/lib/*/gconv/*' \
    --setup-hook='for d in bin sbin lib lib64; do mkdir -p "$1/usr/$d" && ln -s "usr/$d" "$1/$d"; done' \
    "$DEBIAN_SUITE" "$folder" >"$images/mmdebstrap.log" 2>&1 ||
    { tail -n 5 "$images/mmdebstrap.log" >&2 && die "mmdebstrap could not fetch $packages (log: $images/mmdebstrap.log)"; }
  rm -rf "${folder:?}"/var/{cache,log,lib/{apt,dpkg,ucf}} "${folder:?}"/{boot,dev,home,media,mnt,opt,proc,srv,sys,run} \
    "$folder"/usr/share/{doc,man,info,locale,lintian,bug,menu,gdb,gcc} "$folder"/usr/lib/*/gconv \
    "$folder"/etc/{apt,dpkg,fstab,hostname,resolv.conf}
  mkdir -p "$folder"/{dev,etc,proc,root,run,sys,tmp,var/{cache,lib,log,tmp}}
  chmod 0700 "$folder/root"
  chmod 1777 "$folder"/{tmp,var/tmp}
  ln -s /run "$folder/var/run"
  ln -s /run/lock "$folder/var/lock"
}

# add_users FOLDER [NAME:UID[:HOME]]...: /etc/passwd and /etc/group with root, nobody, and these
add_users() {
  local folder=$1 user name id home
  printf '%s\n' root:x:0:0:root:/root:/sbin/nologin nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin >"$folder/etc/passwd"
  printf '%s\n' root:x:0: tty:x:5: nogroup:x:65534: >"$folder/etc/group"
  for user in "${@:2}"; do
    IFS=: read -r name id home <<<"$user"
    echo "$name:x:$id:$id:$name:${home:-/nonexistent}:/sbin/nologin" >>"$folder/etc/passwd"
    echo "$name:x:$id:" >>"$folder/etc/group"
  done
  printf 'passwd: files\ngroup: files\nhosts: files dns\n' >"$folder/etc/nsswitch.conf"
}

# key_of FILE|FOLDER...: a short hash of names and contents; the same for all checkouts
key_of() {
  local hash
  hash=$(find "$@" -type f -print0 | xargs -0 sha256sum | sed 's|  .*/|  |' | LC_ALL=C sort | sha256sum)
  echo "${hash:0:12}"
}
