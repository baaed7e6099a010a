# shellcheck shell=bash disable=SC2034
# As https://github.com/docker-library/memcached has it: the user memcache from the start, nothing is written.
tag=docker.io/library/memcached:1.6
packages=(memcached dash coreutils)
users=(memcache:11211)

layout() {
  ln -sf dash usr/bin/sh
  rm -rf etc/{init.d,default,memcached.conf} usr/share/perl* usr/lib/*/perl* usr/share/memcached
}

config='{
  "Cmd": ["memcached"],
  "User": "memcache",
  "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
  "ExposedPorts": { "11211/tcp": {} }
}'
