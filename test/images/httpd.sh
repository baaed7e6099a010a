# shellcheck shell=bash disable=SC2034
# As https://github.com/docker-library/httpd has it: everything below /usr/local/apache2, the pid file in its logs, logs on the streams.
tag=docker.io/library/httpd:2.4
packages=(apache2-bin media-types dash coreutils)
users=(www-data:33:/var/www)

layout() {
  rm -rf etc/apache2
  mkdir -p usr/local/apache2/{bin,cgi-bin,conf,htdocs,logs}
  ln -s /usr/lib/apache2/modules usr/local/apache2/modules
  cp etc/mime.types usr/local/apache2/conf/mime.types
  echo '<html><body><h1>It works!</h1></body></html>' >usr/local/apache2/htdocs/index.html

  # Debian compiled its own folders in; the official one's are below its root
  program usr/local/apache2/bin/httpd <<'SH'
#!/bin/sh
exec /usr/sbin/apache2 -d /usr/local/apache2 -f conf/httpd.conf "$@"
SH
  cat >usr/local/apache2/conf/httpd.conf <<'CONF'
ServerRoot "/usr/local/apache2"
ServerName localhost
DefaultRuntimeDir logs
PidFile logs/httpd.pid
Listen 80
LoadModule mpm_event_module modules/mod_mpm_event.so
LoadModule authz_core_module modules/mod_authz_core.so
LoadModule mime_module modules/mod_mime.so
LoadModule dir_module modules/mod_dir.so
User www-data
Group www-data
DocumentRoot "/usr/local/apache2/htdocs"
<Directory "/usr/local/apache2/htdocs">
    Require all granted
</Directory>
DirectoryIndex index.html
TypesConfig conf/mime.types
ErrorLog /proc/self/fd/2
LogFormat "%h %l %u %t \"%r\" %>s %b" common
CustomLog /proc/self/fd/1 common
CONF
  program usr/local/bin/httpd-foreground <<'SH'
#!/bin/sh
set -e
rm -f /usr/local/apache2/logs/httpd.pid
exec httpd -DFOREGROUND "$@"
SH
}

config='{
  "Cmd": ["httpd-foreground"],
  "WorkingDir": "/usr/local/apache2",
  "Env": ["PATH=/usr/local/apache2/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HTTPD_PREFIX=/usr/local/apache2"],
  "ExposedPorts": { "80/tcp": {} },
  "StopSignal": "SIGWINCH"
}'
