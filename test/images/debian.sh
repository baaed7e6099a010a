# shellcheck shell=bash disable=SC2034
# As https://github.com/debuerreotype/docker-debian-artifacts has it, with curl besides: what jobs and helpers run in.
tag=docker.io/library/debian:12
packages=(bash coreutils curl dash findutils grep hostname mount sed util-linux)

layout() {
  ln -sf dash usr/bin/sh
  rm -rf usr/share/{perl*,zoneinfo,bash-completion} usr/lib/*/perl*
}

config='{
  "Cmd": ["bash"],
  "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
}'
