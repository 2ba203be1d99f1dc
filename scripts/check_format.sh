#!/usr/bin/env bash
# Fails if clang-format would change a C++ file, and names the file. Code 77 (skipped) without clang-format 14 or git.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v clang-format >/dev/null || ! git rev-parse --git-dir >/dev/null 2>&1; then
  echo "skipped: clang-format and a git checkout are needed"
  exit 77
fi
if ! clang-format --version | grep -q 'version 14\.'; then
  echo "skipped: clang-format 14 is needed, other versions break lines elsewhere; this is $(clang-format --version)"
  exit 77
fi
findings=$(mktemp)
trap 'rm -f "$findings"' EXIT
if ! git ls-files -z -- '*.cpp' '*.h' | xargs -0 clang-format --dry-run --Werror 2>"$findings"; then
  sed -n 's/^\([^:]*:[0-9]*\):.*error: code should be clang-formatted.*/\1: not formatted; run `make format`/p' "$findings" | sort -u | head -50
  exit 1
fi
