# shellcheck shell=bash
# Runs inside the node's file system and writes a tar of the programs that kube-proxy calls, with their libraries.
set -euo pipefail

programs=(/usr/sbin/{ip6tables,iptables}{,-save,-restore} /usr/sbin/{nft,conntrack} /usr/bin/kmod)
mapfile -t extensions < <(find /usr/lib/*-linux-gnu/xtables -name '*.so')
ldd "${programs[@]}" "${extensions[@]}" | grep -oP '/lib\S+(?= \()' | sort -u |
  tar -c --dereference --files-from=- "${programs[@]}" "${extensions[@]}" /etc/protocols 2> >(grep -v 'Removing leading' >&2)
