# shellcheck shell=bash disable=SC2034
# As https://github.com/docker-library/haproxy has it: the user haproxy from the start, no configuration, master-worker mode.
tag=docker.io/library/haproxy:3.0
packages=(haproxy dash coreutils)
users=(haproxy:99:/var/lib/haproxy)

layout() {
  rm -rf etc/{haproxy,rsyslog.d} var/lib/haproxy
  mkdir -p usr/local/etc/haproxy var/lib/haproxy
  chown 99:99 var/lib/haproxy
  ln -s /usr/sbin/haproxy usr/local/sbin/haproxy
  program usr/local/bin/docker-entrypoint.sh <<'SH'
#!/bin/sh
set -e
if [ "${1#-}" != "$1" ]; then
  set -- haproxy "$@"
fi
if [ "$1" = haproxy ]; then
  shift
  set -- haproxy -W -db "$@"
fi
exec "$@"
SH
}

config='{
  "Entrypoint": ["docker-entrypoint.sh"],
  "Cmd": ["haproxy", "-f", "/usr/local/etc/haproxy/haproxy.cfg"],
  "User": "haproxy",
  "WorkingDir": "/var/lib/haproxy",
  "Env": ["HAPROXY_VERSION=3.0"],
  "StopSignal": "SIGUSR1"
}'
