# shellcheck shell=bash disable=SC2034
# As https://github.com/docker-library/memcached has it: the user memcache from the start, nothing is written.
tag=docker.io/library/memcached:1.6
packages=(memcached dash coreutils)
users=(memcache:11211)

layout() {
  rm -rf etc/memcached.conf usr/share/memcached
}

config='{
  "Cmd": ["memcached"],
  "User": "memcache",
  "ExposedPorts": { "11211/tcp": {} }
}'
