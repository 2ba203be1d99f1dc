#!/usr/bin/env bash
# Prints the C++ files that differ from BASE, one per line: committed since BASE, changed in the working tree, or new.
# usage: scripts/changed_files.sh [BASE]
# Without BASE: the common ancestor with the upstream branch if they differ, otherwise five commits back (a fresh clone is at its upstream).
set -euo pipefail
cd "$(git rev-parse --show-toplevel)"
base=${1:-}
if [ -z "$base" ]; then
  if upstream=$(git rev-parse --verify --quiet '@{upstream}' 2>/dev/null) && [ "$upstream" != "$(git rev-parse HEAD)" ]; then
    base=$(git merge-base "$upstream" HEAD)
  else
    base=$(git rev-parse --verify --quiet HEAD~5 || git rev-list --max-parents=0 HEAD | tail -1)
  fi
fi
{
  git diff --name-only --diff-filter=d "$base" -- '*.cpp' '*.h'
  git ls-files --others --exclude-standard -- '*.cpp' '*.h'
} | sort -u
