# shellcheck shell=bash disable=SC2034
# As https://github.com/MariaDB/mariadb-docker has it: data in /var/lib/mysql, the socket in /run/mysqld; started as root, the entrypoint gives
# both to the user mysql and becomes it. The server is Debian's, which is older.
tag=docker.io/library/mariadb:11
packages=(mariadb-server-core mariadb-client-core gosu bash dash coreutils findutils grep sed mawk)
users=(mysql:999:/home/mysql)

layout() {
  ln -sf mawk usr/bin/awk
  rm -rf etc/mysql var/lib/mysql run/mysqld
  mkdir -p etc/mysql/conf.d var/lib/mysql run/mysqld docker-entrypoint-initdb.d
  chown 999:999 var/lib/mysql run/mysqld
  chmod 1777 run/mysqld
  cat >etc/mysql/my.cnf <<'CONF'
[client-server]
socket = /run/mysqld/mysqld.sock

[mariadbd]
pid-file = /run/mysqld/mysqld.pid
datadir = /var/lib/mysql
skip-name-resolve
host-cache-size = 0

!includedir /etc/mysql/conf.d/
CONF
  program usr/local/bin/docker-entrypoint.sh <<'SH'
#!/bin/bash
set -eo pipefail
if [ "$1" = mariadbd ]; then
  mkdir -p /var/lib/mysql
  if [ "$(id -u)" = 0 ]; then
    find /var/lib/mysql \! -user mysql \( -exec chown mysql: '{}' + -o -true \)
    find /run/mysqld -maxdepth 0 \! -user mysql \( -exec chown mysql: '{}' \; -o -true \)
    exec gosu mysql "${BASH_SOURCE[0]}" "$@"
  fi
  if [ ! -d /var/lib/mysql/mysql ]; then
    mariadb-install-db --datadir=/var/lib/mysql --rpm --auth-root-authentication-method=normal --cross-bootstrap --skip-test-db \
      --skip-log-bin
    "$@" --skip-networking &
    server=$!
    for i in {60..0}; do
      mariadb --protocol=socket -uroot <<<'SELECT 1' &>/dev/null && break
      sleep 0.5
    done
    [ "$i" != 0 ]
    mariadb --protocol=socket -uroot <<SQL
CREATE USER 'root'@'%' IDENTIFIED BY '$MARIADB_ROOT_PASSWORD';
GRANT ALL ON *.* TO 'root'@'%' WITH GRANT OPTION;
ALTER USER 'root'@'localhost' IDENTIFIED BY '$MARIADB_ROOT_PASSWORD';
SQL
    kill "$server"
    wait "$server"
    echo 'MariaDB init process done. Ready for start up.'
  fi
fi
exec "$@"
SH
}

config='{
  "Entrypoint": ["docker-entrypoint.sh"],
  "Cmd": ["mariadbd"],
  "Env": ["LANG=C.UTF-8"],
  "ExposedPorts": { "3306/tcp": {} }
}'
