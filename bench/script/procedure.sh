#!/usr/bin/env bash
# The procedure that people run by hand, one service after the other: flag off, wait for it, undo, status, look.
# procedure.sh URL PAUSE-IN-SECONDS SERVICE…
set -euo pipefail
url=$1
pause=$2
shift 2
for service in "$@"; do
  curl -fsS -X PUT --data off "$url/$service-flag"
  sleep "$pause"
  curl -fsS -X PUT --data 1.0.0 "$url/$service"
  until [ "$(curl -fsS "$url/$service")" = 1.0.0 ]; do sleep 0.1; done
  curl -fsS -o /dev/null "$url/$service"
done
