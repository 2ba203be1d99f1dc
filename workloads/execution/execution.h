#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "base/random.h"
#include "tiles/analog_matrix.h"
#include "workloads/execution/result_rounding.h"
#include "workloads/graph/network.h"

namespace mho::workloads {

/// Interface of the matrix products of a network's analog nodes, by index of the node.
class Products {
 public:
  Products() = default;
  Products(const Products&) = delete;
  Products& operator=(const Products&) = delete;
  virtual ~Products() = default;
  /// true: grouped matrices are multiplied group by group. false: once, as the whole block-diagonal matrix.
  [[nodiscard]] virtual bool by_group() const = 0;
  /// Multiplies by matrix `which` of the node, without bias: `rows` [events][inputs], `y` [events][outputs]; inputs and outputs are those of one
  /// group if by_group().
  virtual void multiply(std::size_t node, std::size_t which, int group, std::span<const float> rows, std::span<const base::EventId> events,
                        std::span<float> y) = 0;
  /// Called with results of the node before they are rounded to the result format.
  virtual void results(std::size_t /*node*/, RoundedTensor /*tensor*/, std::span<const float> /*values*/) {}
};

/// Exact float products. Zeros of grouped matrices are skipped.
class FloatProducts : public Products {
 public:
  explicit FloatProducts(const Network& network);
  [[nodiscard]] bool by_group() const override { return true; }
  void multiply(std::size_t node, std::size_t which, int group, std::span<const float> rows, std::span<const base::EventId> events,
                std::span<float> y) override;

 private:
  const Network& network_;
  std::vector<std::vector<tiles::FloatMatrix>> matrices_;  ///< [matrix][group]
};

/// Runs a network for several samples at once. Values with disjoint lifetimes share buffers. Thread-safe.
class Execution {
 public:
  explicit Execution(const Network& network);

  /// Number of samples whose values together fit the processor's caches, at most 64; 64 for recurrent networks.
  [[nodiscard]] int preferred_batch() const;

  /// Inputs of a batch. `ids`: for each sample its index in the data set, which keys the random draws.
  struct Inputs {
    std::span<const std::uint32_t> ids;
    std::span<const float> samples;              ///< [batch][elements of the input]
    std::span<const float> lengths;              ///< [batch]; empty: whole sequences
    std::vector<std::span<const float>> states;  ///< for each of Network::states, [batch][elements]; empty: zeros
  };
  struct Outputs {
    std::vector<float> scores;               ///< [batch][elements of the output]
    std::vector<std::vector<float>> states;  ///< for each of Network::states, [batch][elements]
  };
  /// Runs a batch. If `rounding` is given, each node's output is rounded. Throws UserError with exit code failed_check if an output is not finite.
  [[nodiscard]] Outputs run(const Inputs& inputs, Products& products, const ResultRounding* rounding) const;
  /// The scores of samples with indices from `first_sample` on, with whole sequences and zero initial states.
  [[nodiscard]] std::vector<float> run(std::span<const float> samples, std::size_t batch, std::size_t first_sample, Products& products,
                                       const ResultRounding* rounding) const;

  /// The product of one analog node, with its bias: `x` [ids][elements of its input], `y` [ids][elements of its output].
  void product(std::size_t node, std::span<const float> x, std::span<const std::uint32_t> ids, Products& products, std::span<float> y) const;
  /// Position number of the node's first position in the events of its matrix.
  [[nodiscard]] std::uint32_t first_position(std::size_t node) const { return first_position_[node]; }

 private:
  /// Working memory of one call.
  struct Scratch {
    std::vector<std::vector<float>> slots;
    std::vector<float> padded;
    std::vector<float> rows;
    std::vector<float> results;
    std::vector<base::EventId> events;
  };
  /// How the input rows of an analog node are gathered and where its outputs are stored.
  struct Gathering {
    std::int64_t outer = 1;                            ///< per sample: number of frames, or of places of the axes before the product's
    std::int64_t inner = 1;                            ///< number of positions of each
    std::vector<std::int64_t> runs;                    ///< convolution: offsets of the kernel rows of one group in the padded sample
    std::int64_t group_offset = 0;                     ///< convolution: offset between groups in the padded sample
    std::int64_t height = 1, width = 1;                ///< of the input plane
    std::int64_t padded_height = 1, padded_width = 1;  ///< with the padding that windows reach
    std::int64_t out_width = 1;
  };
  void analog(std::size_t index, std::span<const float> x, std::span<const std::uint32_t> ids, Products& products, Scratch& scratch,
              std::span<float> y) const;
  /// Runs a recurrent node, one time step after the other, for all samples at once.
  void recurrent(std::size_t index, std::span<const std::span<const float>> inputs, std::span<const std::uint32_t> ids, Products& products,
                 const ResultRounding* rounding, std::span<float> y) const;
  static Gathering gathering(const Network& network, const Node& node);
  /// Products of one analog node for a batch (im2col.cpp), and the steps of a recurrent one (recurrent_execution.cpp).
  class AnalogRun;
  class RecurrentRun;
  /// The values of a batch while the network runs.
  class Values;
  /// Assigns buffers to values; values with disjoint lifetimes share one.
  void assign_slots(const std::vector<std::size_t>& last_use);
  void digital(std::size_t index, const Values& values, Products& products, const ResultRounding* rounding, std::span<float> y) const;
  /// Throws UserError if a score is not finite.
  void check_finite(std::span<const float> scores, std::size_t outputs, std::span<const std::uint32_t> ids) const;
  [[nodiscard]] std::unique_ptr<Scratch> take() const;
  void give(std::unique_ptr<Scratch> scratch) const;

  const Network& network_;
  std::vector<Gathering> gatherings_;          ///< by node
  std::vector<std::uint32_t> first_position_;  ///< by node: its first position number in the events of its matrix
  std::vector<int> slot_;                      ///< by value; -1: constant or input, else shared buffer
  std::vector<int> root_;                      ///< by value: the value whose memory it uses
  std::vector<std::size_t> slot_sizes_;        ///< elements per sample
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Scratch>> free_;  ///< kept between calls: allocating new pages would take as long as the products
};

}  // namespace mho::workloads
