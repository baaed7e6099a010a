# shellcheck shell=bash disable=SC2034
# An image of somebody's own: nginx as the user 999, which needs what is in the folders that it writes, with everything in them that a
# copy can get wrong.
# shellcheck source=nginx.sh
source "$(dirname "${BASH_SOURCE[0]}")/nginx.sh"
eval "layout_of_nginx() $(declare -f layout | tail -n +2)"
tag=registry.example/web:1
packages+=(findutils)
users=(app:999:/var/lib/app)

layout() {
  layout_of_nginx
  sed -i 's/^user .*//' etc/nginx/nginx.conf
  sed -i 's/listen       80;/listen 8080;/' etc/nginx/conf.d/default.conf
  printf 'location = /included { return 200 "included"; }\n' >etc/nginx/conf.d/included
  sed -i 's,server_name .*,&\n    include /etc/nginx/conf.d/active;,' etc/nginx/conf.d/default.conf
  ln -s included etc/nginx/conf.d/active
  chown -R 999:999 etc/nginx/conf.d var/cache/nginx

  # 0700, as databases have it; links to and from, a hole in the tree, a name with a space, a program, an old file
  mkdir -p var/lib/app/{a/b/c,empty,bin}
  echo secret >var/lib/app/a/b/c/key
  ln -s a/b/c/key var/lib/app/relative
  ln -s /etc/passwd var/lib/app/absolute
  ln -s nowhere var/lib/app/dangling
  ln var/lib/app/a/b/c/key var/lib/app/hard
  echo '#!/bin/sh' >'var/lib/app/bin/run me'
  echo hidden >var/lib/app/.hidden
  chmod 0600 var/lib/app/a/b/c/key
  chmod 0750 'var/lib/app/bin/run me'
  chmod 2770 var/lib/app/empty
  chown -hR 999:999 var/lib/app
  chown 0:999 var/lib/app/.hidden
  touch -h -d 2001-02-03T04:05:06Z var/lib/app/a/b/c/key var/lib/app/relative var/lib/app/.hidden
  touch -d 2002-03-04T05:06:07Z var/lib/app/a/b
  chmod 0700 var/lib/app

  # 1777, as a /tmp has it, with something in it
  mkdir -p var/lib/drop
  echo kept >var/lib/drop/kept
  chmod 1777 var/lib/drop
}

config=$(jq '.User = "999" | .ExposedPorts = { "8080/tcp": {} }' <<<"$config")
