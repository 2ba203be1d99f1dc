#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/cost/inventory.h"
#include "hw/program/activity.h"
#include "hw/program/program.h"

namespace mho::analysis {

/// Names of rows of energy without a component.
inline constexpr std::string_view leakage_block = "leakage";
inline constexpr std::string_view gating_block = "gating";

/// Energy of one block: all components of one name, or one of the rows above.
struct BlockEnergy {
  std::string block;
  double joule = 0;
};

/// Energy of the stages of one layer per inference in steady state, by block.
struct LayerEnergy {
  std::vector<BlockEnergy> blocks;
  double total_j = 0;
};

/// Energies in J by row of BlockRows.
using Joules = std::vector<double>;

/// sum += term * factor, by row.
void add(Joules& sum, const Joules& term, double factor);
double total(const Joules& joules);

/// The rows of energy, in order: components, leakage, occasional components, gating.
class BlockRows {
 public:
  explicit BlockRows(const Inventory& inventory);
  [[nodiscard]] Joules none() const { return Joules(rows_.size(), 0.0); }
  /// The row of a block. Throws std::logic_error if there is none.
  [[nodiscard]] std::size_t row(std::string_view block) const;
  /// The rows that are not zero; `all`: also rows of zero, except occasional ones.
  [[nodiscard]] std::vector<BlockEnergy> listed(const Joules& joules, bool all) const;

 private:
  struct Row {
    std::string block;
    bool occasional = false;
  };
  std::vector<Row> rows_;
};

/// Energy of an activity by layer, and energy without a layer.
struct EnergySplit {
  std::vector<Joules> layers;  ///< as Program::layers
  Joules shared;
};

/// Count and energy of one event of a component.
struct EventSum {
  std::string component, event;
  double count = 0;
  double joule = 0;
};

/// Multiplies the counted events of a program by the energies of components. All references outlive the object.
class EventEnergy {
 public:
  EventEnergy(const Inventory& inventory, const BlockRows& rows, const hw::Program& program)
      : inventory_(inventory), rows_(rows), program_(program) {}
  /// Energy by layer times `factor`, summed over stages, routers and links. Throws UserError (failed_check) if the activity does not fit the program.
  [[nodiscard]] EnergySplit by_layer(const hw::Activity& activity, double factor) const;
  /// The same by component and event, in order of first occurrence, without events of count 0.
  [[nodiscard]] std::vector<EventSum> by_event(const hw::Activity& activity, double factor) const;
  /// The total, computed independently as a check: events are summed over the chip before multiplication, except for components whose energy depends
  /// on the load of a stage.
  [[nodiscard]] double of_chip(const hw::Activity& activity) const;

 private:
  [[nodiscard]] Joules of_stage(const hw::Stage& stage, const hw::StageActivity& activity) const;
  /// Sums the components for which `counts(component)` is true.
  template <typename Activity, typename Counts>
  [[nodiscard]] Joules of(const std::vector<periphery::Component>& components, const Activity& activity, Counts counts) const;

  const Inventory& inventory_;
  const BlockRows& rows_;
  const hw::Program& program_;
};

}  // namespace mho::analysis
