# shellcheck shell=bash disable=SC2034
# As https://github.com/debuerreotype/docker-debian-artifacts has it, with curl besides: what jobs and helpers run in.
tag=docker.io/library/debian:12
packages=(bash coreutils curl dash findutils grep hostname mount sed util-linux)

layout() {
  rm -rf usr/share/{zoneinfo,bash-completion}
}

config='{
  "Cmd": ["bash"]
}'
