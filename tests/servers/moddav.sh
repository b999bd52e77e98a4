#!/usr/bin/env bash
# Apache httpd with mod_dav on 127.0.0.1, in the foreground, as one process.
#   moddav.sh PORT FOLDER [digest|default]   what its ETags are made of (FileETag)
# Says "ready" when it accepts connections. Ends with its parent, or by any signal. As root it gives
# the folder to www-data and runs as that user.
set -euo pipefail
port=${1:?usage: moddav.sh PORT FOLDER [digest|default]}
folder=${2:?usage: moddav.sh PORT FOLDER [digest|default]}
tags=${3:-digest}
modules=/usr/lib/apache2/modules

mkdir -p "$folder/documents/forms" "$folder/run"
{
  echo "ServerName 127.0.0.1"
  echo "ServerRoot \"$folder\""
  echo "Listen 127.0.0.1:$port"
  echo "PidFile \"$folder/run/pid\""
  echo "DefaultRuntimeDir \"$folder/run\""
  echo "ErrorLog \"$folder/run/error.log\""
  for module in mpm_event authz_core mime dav dav_fs; do
    echo "LoadModule ${module}_module $modules/mod_$module.so"
  done
  # One thread: with several, mod_dav lets more than one writer win a race.
  printf '%s 1\n' StartServers ServerLimit ThreadLimit ThreadsPerChild MinSpareThreads \
    MaxSpareThreads MaxRequestWorkers
  echo "AsyncRequestWorkerFactor 16"
  # Else the connections that wait for a next request keep others from the one thread for seconds.
  echo "KeepAlive Off"
  echo "DavLockDB \"$folder/run/locks\""
  echo "DocumentRoot \"$folder/documents\""
  echo "TypesConfig /dev/null"
  echo "AddType application/json .json"
  echo "<Directory \"$folder/documents\">"
  echo "Dav On"
  echo "Require all granted"
  if [ "$tags" = digest ]; then echo "FileETag Digest"; fi
  echo "</Directory>"
} > "$folder/httpd.conf"

user=()
if [ "$(id -u)" = 0 ]; then
  chown -R www-data:www-data "$folder"
  user=(--reuid=www-data --regid=www-data --clear-groups)
fi

server=$$
(
  until (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null; do
    kill -0 "$server" 2> /dev/null || exit 0
    sleep 0.05
  done
  echo ready
) &
exec setpriv --pdeathsig KILL "${user[@]}" /usr/sbin/apache2 -X -f "$folder/httpd.conf"
