#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tiles/analog_matrix.h"
#include "workloads/dataset.h"
#include "workloads/execution.h"
#include "workloads/network.h"

namespace mho::workloads {

/// The exact matrices of a network's analog nodes.
class FloatProducts {
 public:
  explicit FloatProducts(const Network& network);
  void operator()(std::size_t node, std::span<const float> x, std::span<const base::EventId> events, std::span<float> y) const {
    matrices_[node]->forward(x, events.size(), y);
  }

 private:
  std::vector<std::optional<tiles::FloatMatrix>> matrices_;
};

/// Samples [first, first + count) in batches; `index` counts from 0.
struct Batch {
  std::vector<std::uint32_t> samples;
  std::vector<float> inputs;
};
std::size_t batch_count(std::size_t samples, int batch);
Batch load_batch(const Network& network, const Dataset& data, std::size_t first, std::size_t count, int batch, std::size_t index);

/// Right answers (argmax; the lowest index wins a tie) among `outputs` [samples][classes]. Throws UserError (failed_check) for an output that is not
/// finite.
std::size_t count_right(const Network& network, const Dataset& data, std::span<const std::uint32_t> samples, std::span<const float> outputs);

/// Runs the float network over samples [first, first + count); returns the number of right answers.
std::size_t run_float_batches(const Network& network, const Dataset& data, std::size_t first, std::size_t count, int threads,
                              const std::string& label, const Executor::Observer& observer);

}  // namespace mho::workloads
