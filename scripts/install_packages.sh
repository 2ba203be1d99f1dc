#!/usr/bin/env bash
# Installs the Debian 12 packages that mho needs and that are missing.
# usage: scripts/install_packages.sh [--list] SET...     SET: run | train | python | test | browser | cluster | develop | coverage
#   run      for `make run`: the compiler and the libraries of the command
#   train    additionally for `make mho-train`: libtorch, for `mho retrain`
#   python   additionally for `make python`: the Python module
#   test     additionally for `make test`: tests, benchmarks, examples
#   browser  for tests of pages in a browser
#   cluster  for the long test of a Slurm array
#   develop  for checks of style, `make format` and `make tidy`
#   coverage additionally for `make coverage`
# --list prints the packages of the sets, one per line, and installs nothing.
set -euo pipefail

run_packages=(
  cmake ninja-build g++ ccache mold       # build
  libsystemc-dev                          # hw: the cycle-level simulation
  libfmt-dev nlohmann-json3-dev           # base: text, JSON
  libyaml-cpp-dev                         # base: design files
  libhwy-dev                              # tiles, base: SIMD with run-time dispatch
  libonnx-dev libprotobuf-dev zlib1g-dev  # workloads: networks and data sets
  libsqlite3-dev libsqlitecpp-dev         # analysis: the database
  libcli11-dev                            # cli
  libpagmo-dev                            # analysis: searches
  libboost-dev                            # base: distributions and quantiles; analysis: processes that evaluate points
  libcereal-dev                           # analysis: cached results as bytes
)
train_packages=(
  libtorch-dev libdnnl-dev  # retraining
)
python_packages=(
  python3-dev pybind11-dev        # the module
  python3-numpy python3-pandas    # its arrays and frames
)
test_packages=(
  libgtest-dev libgmock-dev librapidcheck-dev  # tests
  ngspice                                      # tests: an independent solution of circuits
  libtorch-dev libdnnl-dev                     # retraining; tests: an independent reference
  libbenchmark-dev                             # bench
  sqlite3                                      # tests: queries of the database with sqlite3
  python3-jsonschema python3-pandas            # tests: output of --json; examples that read results
  python3                                      # tests: the script that writes large networks
  python3-dev pybind11-dev python3-pytest      # tests: the Python module
  zsh fish man-db                              # tests: completion and the manual page
)
browser_packages=(chromium)
cluster_packages=(slurm-wlm munge)
develop_packages=(clang-format clang-tidy)
coverage_packages=(gcovr)

list_only=false
sets=()
for argument in "$@"; do
  case "$argument" in
    --list) list_only=true ;;
    run | train | python | test | browser | cluster | develop | coverage) sets+=("$argument") ;;
    *)
      echo "install_packages.sh: '$argument' is not a set of packages; the sets are run, train, python, test, browser, cluster, develop and coverage" >&2
      exit 2
      ;;
  esac
done
if [ ${#sets[@]} -eq 0 ]; then
  echo "usage: scripts/install_packages.sh [--list] SET...     SET: run | train | python | test | browser | cluster | develop | coverage" >&2
  exit 2
fi

wanted=()
for set in "${sets[@]}"; do
  case "$set" in
    run) wanted+=("${run_packages[@]}") ;;
    train) wanted+=("${train_packages[@]}") ;;
    python) wanted+=("${python_packages[@]}") ;;
    test) wanted+=("${test_packages[@]}") ;;
    browser) wanted+=("${browser_packages[@]}") ;;
    cluster) wanted+=("${cluster_packages[@]}") ;;
    develop) wanted+=("${develop_packages[@]}") ;;
    coverage) wanted+=("${coverage_packages[@]}") ;;
  esac
done
if $list_only; then
  printf '%s\n' "${wanted[@]}"
  exit 0
fi

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  echo "This machine has no apt. Please see to it that these Debian 12 packages, or their like, are there:"
  printf '  %s\n' "${wanted[@]}"
  exit 0
fi

missing=()
for package in "${wanted[@]}"; do
  state=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  echo "All ${#wanted[@]} Debian packages for '${sets[*]}' are installed."
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "These Debian packages are missing, and there is no sudo to install them; please run as root:"
    echo "  apt-get install --no-install-recommends ${missing[*]}"
    exit 0
  fi
  as_root=(sudo)
fi
echo "Installing ${#missing[@]} missing Debian packages: ${missing[*]}"
"${as_root[@]}" apt-get update -q || echo "apt-get update failed; going on with the package lists that are there"
if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"; then
  echo "apt-get could not install these packages; the build goes on without and says what it misses:"
  printf '  %s\n' "${missing[@]}"
fi
