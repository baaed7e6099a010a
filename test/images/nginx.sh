# shellcheck shell=bash disable=SC2034
# As https://github.com/nginx/docker-nginx has it: /var/cache/nginx for temporary files, /var/run for the pid, logs linked to the streams.
tag=docker.io/library/nginx:1.27
packages=(nginx-light dash coreutils sed grep)
users=(nginx:101)

layout() {
  rm -rf etc/nginx/{sites-*,snippets,modules-*,conf.d,nginx.conf} var/lib/nginx etc/ufw
  mkdir -p etc/nginx/conf.d var/cache/nginx var/log/nginx usr/share/nginx/html docker-entrypoint.d
  ln -sf /dev/stdout var/log/nginx/access.log
  ln -sf /dev/stderr var/log/nginx/error.log
  chown 101:101 var/cache/nginx

  # the five paths are compiled into the official nginx
  cat >etc/nginx/nginx.conf <<'CONF'
user  nginx;
worker_processes  2;
error_log  /var/log/nginx/error.log notice;
pid        /var/run/nginx.pid;

events {
    worker_connections  1024;
}

http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;
    log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                      '$status $body_bytes_sent "$http_referer" '
                      '"$http_user_agent" "$http_x_forwarded_for"';
    access_log  /var/log/nginx/access.log  main;
    client_body_temp_path  /var/cache/nginx/client_temp;
    proxy_temp_path        /var/cache/nginx/proxy_temp;
    fastcgi_temp_path      /var/cache/nginx/fastcgi_temp;
    uwsgi_temp_path        /var/cache/nginx/uwsgi_temp;
    scgi_temp_path         /var/cache/nginx/scgi_temp;
    sendfile        on;
    keepalive_timeout  65;
    include /etc/nginx/conf.d/*.conf;
}
CONF
  cat >etc/nginx/conf.d/default.conf <<'CONF'
server {
    listen       80;
    server_name  localhost;
    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }
}
CONF
  cat >usr/share/nginx/html/index.html <<'HTML'
<!DOCTYPE html>
<html>
<head><title>Welcome to nginx!</title></head>
<body><h1>Welcome to nginx!</h1></body>
</html>
HTML
  # the official one writes to /etc/nginx/conf.d too, and goes on when it cannot
  program docker-entrypoint.sh <<'SH'
#!/bin/sh
set -e
if [ "$1" = nginx ]; then
  if touch /etc/nginx/conf.d/default.conf 2>/dev/null; then
    sed -i -E 's,listen       80;,listen       80;\n    listen  [::]:80;,' /etc/nginx/conf.d/default.conf
  else
    echo "10-listen-on-ipv6-by-default.sh: info: can not modify /etc/nginx/conf.d/default.conf (read-only file system?)"
  fi
  echo "$0: Configuration complete; ready for start up"
fi
exec "$@"
SH
}

config='{
  "Entrypoint": ["/docker-entrypoint.sh"],
  "Cmd": ["nginx", "-g", "daemon off;"],
  "Env": ["NGINX_VERSION=1.27"],
  "ExposedPorts": { "80/tcp": {} },
  "StopSignal": "SIGQUIT"
}'
