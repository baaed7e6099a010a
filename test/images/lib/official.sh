# shellcheck shell=bash
# What official images have in common, and Debian's packages do not. Sourced by build, for itself and for the recipes; never run.

# like_official: a shell, folders for what is not Debian's, nothing for its init and its perl. Called in the image's root folder.
like_official() {
  ln -sf dash usr/bin/sh
  mkdir -p usr/local/{bin,sbin}
  rm -rf etc/{default,init.d,logrotate.d} usr/share/perl* usr/lib/*/perl*
}

# program FILE: standard input becomes a program
program() {
  cat >"$1"
  chmod 0755 "$1"
}

# with_path CONFIG: the image's settings, with PATH in Env
with_path() {
  jq 'if any(.Env[]?; startswith("PATH=")) then . else .Env = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"] + (.Env // []) end' <<<"$1"
}
