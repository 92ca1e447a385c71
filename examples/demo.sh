#!/usr/bin/env bash
# Plays the story of the new hires in Rust, Python (sync and async) and Node, and compares what is in the tenants then.
set -euo pipefail
cd "$(dirname "$0")/.."

states=$(mktemp -d)
trap 'rm -rf "$states"' EXIT

play() {
  local language=$1
  shift
  printf '\n== %s ==\n' "$language"
  FINAL_STATE="$states/$language.json" "$@"
}

play rust cargo run --quiet --bin new_hires
play python-sync .venv/bin/python examples/python/new_hires.py
play python-async .venv/bin/python examples/python/new_hires_async.py
play node node examples/node/new_hires.mjs

printf '\n'
for language in python-sync python-async node; do
  if ! cmp -s "$states/rust.json" "$states/$language.json"; then
    echo "demo: the tenant of $language does not end like that of rust" >&2
    exit 1
  fi
done
echo "demo: four tenants, one story, the same end"
