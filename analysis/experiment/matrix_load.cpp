#include "analysis/experiment/matrix_load.h"

namespace mho::analysis {

MatrixLoad matrix_load(const workloads::Network& network, double share) {
  MatrixLoad load;
  for (const workloads::Node& node : network.nodes) {
    for (const int index : node.matrices) {
      // Each group of a convolution is a separate matrix.
      const workloads::Matrix& matrix = network.matrices.at(static_cast<std::size_t>(index));
      // The steps of a recurrent layer run one after the other.
      const double steps =
          node.recurrence() == nullptr ? 1 : static_cast<double>(network.values.at(static_cast<std::size_t>(node.output)).shape.front());
      const MatrixWork one{static_cast<double>(matrix.inputs) / matrix.groups, static_cast<double>(matrix.outputs) / matrix.groups,
                           static_cast<double>(network.positions(node)) / steps * share, steps};
      load.products.insert(load.products.end(), static_cast<std::size_t>(matrix.groups), one);
    }
  }
  for (const workloads::Matrix& matrix : network.matrices) load.weights += static_cast<double>(matrix.inputs) * matrix.outputs / matrix.groups;
  constexpr double bits = 8;
  const auto count = [&](int value) {
    return static_cast<double>(workloads::element_count(network.values.at(static_cast<std::size_t>(value)).shape));
  };
  load.port_bits = bits * (count(network.input) + count(network.output)) * share;
  return load;
}

}  // namespace mho::analysis
