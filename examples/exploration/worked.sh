#!/bin/sh
# The exploration of docs/worked_exploration.md: converter bits, tile size, columns that share a converter, copies, and noise in training, for an image
# classifier (ResNet-20 on CIFAR-10) and a recogniser of spoken digits (LSTM). 450 points. MHO_DATA names the folder with models/, nets/, cifar10/ and
# fsdd/; the program mho-train must be beside mho.
#   examples/exploration/worked.sh [FOLDER] [JOBS] [speech | tiles | training]
# Existing results are not computed again: after an interruption the same command continues.
set -eu
mho=${MHO:-mho}
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-worked}
jobs=${2:-2}
parts=${3:-speech tiles training}
: "${MHO_DATA:?names the folder that holds models/, nets/, cifar10/ and fsdd/}"
mkdir -p "$folder"
cd "$folder"

# Chips that are just large enough: tile size, copies of every matrix, and the mesh that holds them.
sizes=tile.rows/tile.columns/mapper.copies/chip.mesh.width/chip.mesh.height

speech() {
  "$mho" sweep "$MHO_DATA/nets/fsdd_lstm.onnx" --data fsdd --accuracy --times 1d --samples 300 --repeats 3 --jobs "$jobs" --db speech.db --name speech \
    --set chip.mesh.width=4 --set chip.mesh.height=4 \
    --vary recipe.epochs=3 --vary recipe.noise.scale=0,1,2 \
    --vary tile.adc.bits=4..8 --vary tile.adc.mux=4,8,16 \
    --vary "$sizes=64/64/none/4/3,64/64/4/6/4,128/128/none/4/2,128/128/4/7/2,256/256/none/3/2,256/256/4/4/2"
}

images() {
  "$mho" sweep "$MHO_DATA/models/cifar10_resnet20_akamaster.onnx" --data "$here/cifar10_small.yaml" --accuracy --times 1d --samples 300 --repeats 2 \
    --jobs "$jobs" --set chip.mesh.width=8 --set chip.mesh.height=8 --set chip.digital_buffer=256KiB \
    --vary tile.adc.bits=4..8 --vary tile.adc.mux=4,8,16 "$@"
}

# The original network on every size of tiles.
tiles() {
  images --db tiles.db --name tiles \
    --vary "$sizes=64/64/none/10/10,64/64/4/20/20,128/128/none/8/8,128/128/4/15/16,256/256/none/7/6,256/256/4/12/12"
}

# Learned input ranges belong to one size of tiles: that of the training.
training() {
  images --db training.db --name training --vary "recipe=none,$here/noise_1.yaml,$here/noise_3.yaml" \
    --set tile.rows=128 --set tile.columns=128 --vary "mapper.copies/chip.mesh.width/chip.mesh.height=none/8/8,4/15/16"
}

for name in $parts; do
  "$name"
  "$mho" report "$name.db" --out "$name.html"
done
