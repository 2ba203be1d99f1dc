#pragma once

#include <functional>
#include <string>

#include "mapper/lowering/product_stages.h"

namespace mho::mapper {

/// Creates the stages of a recurrent node: the product of the state, the gates, and the edge that feeds the state back. A position is a time step of
/// one sequence of the node; all sequences of a step follow one another.
class RecurrentStages {
 public:
  /// Returns the stream of a value, or null if no stream carries it.
  using StreamOf = std::function<const TensorStream*(int value)>;
  /// References outlive the object. `traced`: streams have their elements.
  RecurrentStages(const workloads::TiledNetwork& tiled, bool traced, ProgramBuilder& builder, ProductStages& products)
      : network_(tiled.network), tile_(tiled.tiles.standard()), traced_(traced), builder_(builder), products_(products) {}
  /// Creates the stages of `node`. Returns the stream of its output [steps][sequences][values]. The initial state arrives on edges if a stream
  /// carries it; else it is in the cores.
  TensorStream add(const workloads::Node& node, const StreamOf& stream_of);

 private:
  /// Parameters of all stages of a node.
  struct Steps {
    const workloads::Node& node;
    int layer, sequences, positions, hidden;
  };
  [[nodiscard]] int activation_bits() const { return tile_.digital.activation_format.bits(); }
  [[nodiscard]] int result_bits() const { return tile_.digital.result_format.bits(); }
  [[nodiscard]] TensorStream in_steps(const Steps& steps, std::vector<StreamPart> parts, int channels) const;
  int gates_stage(const Steps& steps, const std::string& name, int values, std::int64_t operations, StageOperation::Kind kind);
  void begin_with_time(const Product& product, const TensorStream& gates, const AccessSchedule& arriving);
  void receive(const Steps& steps, const Product& product, int stage, int outputs);
  /// Connects elements [first, last) of the initial state `which` (0 h, 1 c) to input `input` of `stage`.
  void begin(const Steps& steps, const StreamOf& stream_of, std::size_t which, int stage, std::size_t input, int first, int last, int bits);
  /// Creates the stage of the gates, for a node with one matrix, and for a GRU that resets first.
  int gates(const Steps& steps, const Product& product, const TensorStream& input, const AccessSchedule& arriving, int values);
  int gates_after_reset(const Steps& steps, const StreamOf& stream_of, const Product& product, const TensorStream& input,
                        const AccessSchedule& arriving, int values);

  const workloads::Network& network_;
  const tiles::TileParameters& tile_;
  bool traced_;
  ProgramBuilder& builder_;
  ProductStages& products_;
};

}  // namespace mho::mapper
