#include "workloads/training/initial_weights.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/random.h"
#include "workloads/training/recipe.h"

namespace mho::workloads {

void set_initial_weights(Network& network, std::uint64_t seed) {
  const NetworkKind kind = kind_of(network);
  const bool rectified = kind == NetworkKind::convolutional || kind == NetworkKind::perceptron;
  for (Matrix& matrix : network.matrices) {
    const base::RandomStream stream({.seed = seed, .purpose = base::Purpose::training, .node = base::hash_name("initial " + matrix.name)});
    std::vector<float> normals(matrix.weights.size());
    stream.normals({}, 0, normals);
    const double fan_in = static_cast<double>(matrix.inputs) / matrix.groups;
    const auto deviation = static_cast<float>(std::sqrt((rectified ? 2.0 : 1.0) / fan_in));
    // A weight of exactly 0 lies outside the groups of a grouped matrix and stays 0.
    for (std::size_t k = 0; k < normals.size(); ++k) matrix.weights[k] = matrix.weights[k] == 0.0F ? 0.0F : deviation * normals[k];
  }
  for (Node& node : network.nodes) {
    std::ranges::fill(node.bias, 0.0F);
    if (Recurrence* own = node.recurrence()) std::ranges::fill(own->candidate_bias, 0.0F);
    if (!std::holds_alternative<TableRows>(node.attributes)) continue;
    ValueInfo& table = network.values[static_cast<std::size_t>(node.inputs[1])];
    if (!table.constant) continue;
    const base::RandomStream stream({.seed = seed, .purpose = base::Purpose::training, .node = base::hash_name("initial " + table.name)});
    stream.normals({}, 0, table.data);
  }
}

}  // namespace mho::workloads
