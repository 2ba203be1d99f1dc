#!/usr/bin/env bash
# Runs clang-tidy over C++ sources of the product; a finding is an error.
# usage: scripts/tidy.sh all | changed [MOST]
#   all       every source
#   changed   the files of scripts/changed_files.sh, at most MOST of them (default 24); the output says if others are left to `all`
# clang 14 does not compile the headers of libtorch as C++20: sources that include them are left out.
# The flags of the build are those of gcc: clang ignores unknown ones. .clang-tidy determines the errors, not -Werror.
set -euo pipefail
if ! command -v clang-tidy >/dev/null || ! git -C "$(dirname "$0")" rev-parse --git-dir >/dev/null 2>&1; then
  echo "skipped: clang-tidy and a git checkout are needed"
  exit 77
fi
which=$1
most=${2:-24}
cd "$(dirname "$0")/.."
case "$which" in
  all) list=$(git ls-files -- '*.cpp') ;;
  changed) list=$(scripts/changed_files.sh) ;;
  *)
    echo "tidy.sh: '$which' is neither all nor changed" >&2
    exit 2
    ;;
esac
sources=$(grep -E '\.cpp$' <<<"$list" | grep -vE '^(tests|bench|examples|workloads/autograd|cli/train)/' || true)
count=$(grep -c . <<<"$sources" || true)
if [ "$which" = changed ] && [ "$count" -gt "$most" ]; then
  echo "$count sources have changed; the first $most are checked here, all of them by 'make tidy'"
  sources=$(head -n "$most" <<<"$sources")
fi
if [ -z "$sources" ]; then
  echo "no source of the product has changed"
  exit 0
fi
# Each source is compiled alone; the release build combines several.
cmake --preset tidy >/dev/null
xargs -P "$(nproc)" -n 1 clang-tidy --quiet -p build/tidy \
  --extra-arg=-Wno-unknown-warning-option --extra-arg=-Wno-error <<<"$sources"
