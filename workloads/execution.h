#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/random.h"
#include "periphery/number_format.h"
#include "workloads/network.h"
#include "workloads/rows.h"

namespace mho::workloads {

/// Runs a network graph for a few samples at a time, node by node. Which matrix a node on tiles is multiplied by is the caller's: the exact one or a
/// tile.
class Executor {
 public:
  /// Multiplies a batch of input vectors of node `node`: x [events][inputs] to y [events][outputs].
  using Product = std::function<void(std::size_t node, std::span<const float> x, std::span<const base::EventId> events, std::span<float> y)>;
  /// Sees the input tensor of a node on tiles for one sample, before its product.
  using Observer = std::function<void(std::size_t node, const Rows& rows, std::uint32_t sample, std::span<const float> input)>;

  /// `result_format`: what every node's output is rounded to; empty leaves float32.
  Executor(const Network& network, std::optional<periphery::NumberFormat> result_format);

  /// `inputs` [samples][elements of the input], `samples` their indices in the data set; returns [samples][elements of the output].
  [[nodiscard]] std::vector<float> run(std::span<const float> inputs, std::span<const std::uint32_t> samples, const Product& product,
                                       const Observer& observer = {}) const;

 private:
  void run_analog(std::size_t node, std::span<const float> input, std::span<const std::uint32_t> samples, const Product& product,
                  const Observer& observer, std::span<float> output) const;

  const Network& network_;
  std::optional<periphery::NumberFormat> result_format_;
  std::vector<std::optional<Rows>> rows_;  ///< by node; set for nodes on tiles
  std::vector<std::size_t> last_use_;      ///< by value: the last node that reads it
};

}  // namespace mho::workloads
