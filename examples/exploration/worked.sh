#!/bin/sh
# The exploration of docs/worked_exploration.md: bits of the converters x size of the tiles x converters' mux x copies for an image classifier (ResNet-8
# of MLPerf Tiny on CIFAR-10), and with noise of the training too for a recogniser of spoken digits (LSTM). 360 points. MHO_DATA names the folder that
# holds models/, nets/, cifar10/ and fsdd/; the program mho-train must be beside mho.
#   examples/exploration/worked.sh [FOLDER] [JOBS] [speech | images]
# What is there already is not computed again: after a break the same command goes on.
set -eu
mho=${MHO:-mho}
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-worked}
jobs=${2:-2}
parts=${3:-speech images}
: "${MHO_DATA:?names the folder that holds models/, nets/, cifar10/ and fsdd/}"
mkdir -p "$folder"
cd "$folder"

# Chips just large enough: size of the tiles, copies of every matrix, and a mesh for them.
sizes=tile.rows/tile.columns/mapper.copies/chip.mesh.width/chip.mesh.height

speech() {
  "$mho" sweep "$MHO_DATA/nets/fsdd_lstm.onnx" --data fsdd --accuracy --times 1d --samples 200 --repeats 3 --jobs "$jobs" --db speech.db --name speech \
    --set chip.mesh.width=4 --set chip.mesh.height=4 \
    --vary recipe.epochs=3 --vary recipe.noise.scale=0,1,2 \
    --vary tile.adc.bits=4..8 --vary tile.adc.mux=4,8,16 \
    --vary "$sizes=64/64/none/4/3,64/64/4/6/4,128/128/none/4/2,128/128/4/7/2,256/256/none/3/2,256/256/4/4/2"
}

images() {
  "$mho" sweep "$MHO_DATA/models/mlperf_tiny_resnet8_cifar10.onnx" --data "$here/cifar10_small.yaml" --accuracy --times 1d --samples 150 --repeats 2 \
    --jobs "$jobs" --db images.db --name images \
    --vary tile.adc.bits=4..8 --vary tile.adc.mux=4,8,16 \
    --vary "$sizes=64/64/none/6/6,64/64/4/12/11,128/128/none/5/5,128/128/4/10/9,256/256/none/4/4,256/256/4/8/7"
}

for name in $parts; do
  "$name"
  "$mho" report "$name.db" --out "$name.html"
done
