# shellcheck shell=bash disable=SC2034
# As https://github.com/docker-library/postgres has version 17: data in /var/lib/postgresql/data, the socket in /var/run/postgresql; started
# as root, the entrypoint becomes postgres; started as a user without a name, it makes one up with nss_wrapper and files in /tmp.
# The server is Debian's, which is older; the places are those of the official image.
tag=docker.io/library/postgres:17
packages=(postgresql-15 gosu libnss-wrapper bash dash coreutils findutils grep sed libc-bin)
users=(postgres:999:/var/lib/postgresql)

layout() {
  # what is only for Debian's clusters, and the compiler, which is optional
  rm -rf usr/share/{postgresql-common,zoneinfo-icu} usr/lib/*/{libLLVM,libz3,libperl}* usr/lib/llvm* usr/lib/postgresql/15/lib/{llvm*,bitcode} \
    etc/postgresql* var/lib/postgresql run/postgresql
  mkdir -p var/lib/postgresql/data run/postgresql docker-entrypoint-initdb.d
  chown 999:999 var/lib/postgresql var/lib/postgresql/data run/postgresql
  chmod 1777 var/lib/postgresql/data
  chmod 3777 run/postgresql
  sed -i -E "s!^#?(listen_addresses)\s*=\s*\S+.*!\1 = '*'!" usr/share/postgresql/15/postgresql.conf.sample
  ln -s /usr/share/zoneinfo usr/share/postgresql/15/timezone 2>/dev/null || true
  program usr/local/bin/docker-entrypoint.sh <<'SH'
#!/usr/bin/env bash
set -Eeo pipefail
user=$(id -u)
if [ "$1" = postgres ]; then
  mkdir -p "$PGDATA"
  chmod 00700 "$PGDATA" || :
  mkdir -p /var/run/postgresql || :
  chmod 03775 /var/run/postgresql || :
  if [ "$user" = 0 ]; then
    find "$PGDATA" \! -user postgres -exec chown postgres '{}' +
    find /var/run/postgresql \! -user postgres -exec chown postgres '{}' +
    exec gosu postgres "$BASH_SOURCE" "$@"
  fi
  if [ ! -s "$PGDATA/PG_VERSION" ]; then
    if [ -z "$POSTGRES_PASSWORD" ] && [ trust != "$POSTGRES_HOST_AUTH_METHOD" ]; then
      echo >&2 'Error: Database is uninitialized and superuser password is not specified.'
      exit 1
    fi
    if ! getent passwd "$user" &>/dev/null; then
      for wrapper in {/usr,}/lib{/*,}/libnss_wrapper.so; do
        if [ -s "$wrapper" ]; then
          NSS_WRAPPER_PASSWD=$(mktemp)
          NSS_WRAPPER_GROUP=$(mktemp)
          export LD_PRELOAD=$wrapper NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
          printf 'postgres:x:%s:%s:PostgreSQL:%s:/bin/false\n' "$user" "$(id -g)" "$PGDATA" >"$NSS_WRAPPER_PASSWD"
          printf 'postgres:x:%s:\n' "$(id -g)" >"$NSS_WRAPPER_GROUP"
          break
        fi
      done
    fi
    initdb --username=postgres --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD")
    if [[ ${LD_PRELOAD:-} == */libnss_wrapper.so ]]; then
      rm -f "$NSS_WRAPPER_PASSWD" "$NSS_WRAPPER_GROUP"
      unset LD_PRELOAD NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
    fi
    printf '\nhost all all all %s\n' "${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >>"$PGDATA/pg_hba.conf"
    PGUSER=postgres pg_ctl -D "$PGDATA" -o "-c listen_addresses='' -p 5432" -w start
    PGPASSWORD=$POSTGRES_PASSWORD psql -v ON_ERROR_STOP=1 --no-psqlrc --username postgres --dbname postgres <<'SQL'
SELECT 1 FROM pg_database WHERE datname = 'postgres';
SQL
    PGUSER=postgres pg_ctl -D "$PGDATA" -m fast -w stop
    echo 'PostgreSQL init process complete; ready for start up.'
  fi
fi
exec "$@"
SH
}

config='{
  "Entrypoint": ["docker-entrypoint.sh"],
  "Cmd": ["postgres"],
  "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postgresql/15/bin", "PG_MAJOR=17", "PGDATA=/var/lib/postgresql/data", "LANG=C.utf8"],
  "ExposedPorts": { "5432/tcp": {} },
  "StopSignal": "SIGINT"
}'
