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

/// Rows of energy that belong to no component.
inline constexpr std::string_view leakage_block = "leakage";
inline constexpr std::string_view gating_block = "gating";

/// Joules of one block: of all components of one name, or of one of the rows above.
struct BlockEnergy {
  std::string block;
  double joule = 0;
};

/// Energy per inference in steady state of one layer, by block (only what belongs to the layer's own stages).
struct LayerEnergy {
  std::vector<BlockEnergy> blocks;
  double total_j = 0;
};

/// Joules by row of BlockRows.
using Joules = std::vector<double>;

void add(Joules& sum, const Joules& term, double factor);
double total(const Joules& joules);

/// The rows of energy in their order: components as they are listed, leakage, components that are listed only where they take energy, gating.
class BlockRows {
 public:
  explicit BlockRows(const Inventory& inventory);
  [[nodiscard]] Joules none() const { return Joules(rows_.size(), 0.0); }
  /// The row of a block that has one.
  [[nodiscard]] std::size_t row(std::string_view block) const;
  /// Rows that are not zero; `all`: zeros too, except occasional ones.
  [[nodiscard]] std::vector<BlockEnergy> listed(const Joules& joules, bool all) const;

 private:
  struct Row {
    std::string block;
    bool occasional = false;
  };
  std::vector<Row> rows_;
};

/// Energy of an activity by layer, and what no layer owns.
struct EnergySplit {
  std::vector<Joules> layers;  ///< as Program::layers
  Joules shared;
};

/// All events of one kind that a component had.
struct EventSum {
  std::string component, event;
  double count = 0;
  double joule = 0;
};

/// Multiplies the counted events of a program by the energies of components. All references must outlive it.
class EventEnergy {
 public:
  EventEnergy(const Inventory& inventory, const BlockRows& rows, const hw::Program& program)
      : inventory_(inventory), rows_(rows), program_(program) {}
  /// Stage by stage and router by router, times `factor`. Throws UserError (failed_check) where the activity does not belong to the program.
  [[nodiscard]] EnergySplit by_layer(const hw::Activity& activity, double factor) const;
  /// The same by component and event, in the order of the lists; what did not happen is left out.
  [[nodiscard]] std::vector<EventSum> by_event(const hw::Activity& activity, double factor) const;
  /// The sum counted another way: events are added up over the chip before they are multiplied, except where energy follows a stage's load.
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
