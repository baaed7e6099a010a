# shellcheck shell=bash disable=SC2034
# As https://github.com/redis/docker-library-redis has it: started as root, the entrypoint gives /data to the user redis and becomes it.
#
# The official image declares /data as VOLUME. That is left out here, as in the other recipes: containerd makes such a path writable by
# itself, other runtimes (CRI-O with image_volumes = "mkdir") do not, and a profile must hold on all of them.
tag=docker.io/library/redis:7
packages=(redis-server redis-tools gosu dash coreutils findutils)
users=(redis:999)

layout() {
  rm -rf etc/redis var/lib/redis
  mkdir -p data
  chown 999:999 data
  program usr/local/bin/docker-entrypoint.sh <<'SH'
#!/bin/sh
set -e
if [ "${1#-}" != "$1" ]; then
  set -- redis-server "$@"
fi
if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
  find . \! -user redis -exec chown redis '{}' +
  exec gosu redis "$0" "$@"
fi
exec "$@"
SH
}

# the official redis is compiled without protected mode
config='{
  "Entrypoint": ["docker-entrypoint.sh"],
  "Cmd": ["redis-server", "--protected-mode", "no"],
  "WorkingDir": "/data",
  "Env": ["REDIS_VERSION=7"],
  "ExposedPorts": { "6379/tcp": {} }
}'
