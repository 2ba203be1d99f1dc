#!/usr/bin/env bash
# Trains the default network and writes examples/default_network/strokes.onnx. Needs the packages of `make test`.
set -euo pipefail
cd "$(dirname "$0")/../.."
cmake --preset release -DMHO_EXAMPLES=ON
cmake --build --preset release --target train_default_network
build/release/train_default_network examples/default_network/strokes.onnx
