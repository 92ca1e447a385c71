#!/usr/bin/env bash
# Makes tenant-status.png anew: a tenant, some requests, and headless Chromium. `make screenshot` runs it.
set -euo pipefail
cd "$(dirname "$0")/../.."

scratch=$(mktemp -d)
mkfifo "$scratch/stdin"
target/debug/cyberark-identity-emulator --seed-users 100000 \
  --fault '[{"match": {"path": "/Org/", "times": 2}, "action": {"status": 503, "retry_after": 2}},
            {"match": {"prefix": "/scim/Users", "nth": 40}, "action": "close_in_body"}]' \
  < "$scratch/stdin" > "$scratch/line" &
# The tenant ends when its standard input closes.
exec 3> "$scratch/stdin"
trap 'exec 3>&-; rm -rf "$scratch"' EXIT
until [ -s "$scratch/line" ]; do sleep 0.05; done
field() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$scratch/line" "$1"; }
url=$(field url)
token=$(field token)
call() { curl -s -o /dev/null -H "Authorization: Bearer $token" -H 'Content-Type: application/json' "$@"; }

call "$url/scim/v2/Users?filter=userName%20sw%20%22sakura%22&count=50"
call -d '{"userName": "vera.lindqvist@acme.example", "displayName": "Vera Lindqvist"}' "$url/scim/Users"
call -d '{"userName": "vera.lindqvist@acme.example", "displayName": "Vera Lindqvist"}' "$url/scim/Users"
call -d '{}' "$url/Org/ListAll"
call -d '{"username": "nobody@acme.example"}' "$url/CDirectoryService/GetUserByName"
curl -s -o /dev/null "$url/scim/Users"
call -d '{"Script": "Select ID, Username from User order by Username limit 10"}' "$url/Redrock/query"
curl -s -o /dev/null -u "$(field client_id):$(field client_secret)" -d 'grant_type=client_credentials&scope=api' \
  "$url/oauth2/token/$(field app_id)"
curl -s -o /dev/null -d '{"advance_ms": 3600000}' -H 'Content-Type: application/json' "$url/_emulator/clock"

chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
  --disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$scratch/profile" \
  --window-size="${WIDTH:-1100},${HEIGHT:-1230}" ${DARK:+--force-dark-mode --blink-settings=preferredColorScheme=0} \
  --screenshot="${1:-docs/images/tenant-status.png}" "$url/" 2> "$scratch/chromium.log"
pngquant --force --output "${1:-docs/images/tenant-status.png}" 64 "${1:-docs/images/tenant-status.png}"
