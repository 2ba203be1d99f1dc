#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/design/design.h"
#include "base/units.h"
#include "hw/program/program.h"
#include "periphery/component.h"
#include "tiles/components.h"

namespace mho::analysis {

/// Area of all components of one name on the chip, used or not.
struct PartArea {
  std::string part;         ///< name of the components
  std::int64_t count = 0;   ///< instances on the chip
  double square_metre = 0;  ///< area of all instances
};

/// Costs of all components of one name on the chip, used or not, and their accuracy.
struct ComponentCost {
  std::string name;
  periphery::Per per = periphery::Per::chip;
  std::int64_t count = 0;   ///< instances on the chip
  double joule = 0;         ///< energy of its events per inference in steady state
  double leakage_w = 0;     ///< nothing gated
  double square_metre = 0;  ///< 0 if its area is not modelled
  periphery::CostNote note;
  std::string source;
};

/// Leakage of a router, core or chip with everything in it.
struct UnitLeakage {
  base::Power gated;  ///< leakage that its power gate cuts off, except the residual share
  base::Power kept;
};

/// Function that lists the components of a chip with tiles `tile` under `load`.
using ComponentList = std::function<std::vector<periphery::Component>(const tiles::TileParameters& tile, const tiles::TileLoad& load)>;
/// hw::components for the design's chip.
ComponentList components_of(const Design& design);

/// The components of a chip, used or not, with its own tiles and with tiles of layer settings.
class Inventory {
 public:
  /// `design` and `program` outlive the object. Throws UserError (failed_check) that names a component with negative or non-finite energy, area or
  /// leakage, and std::logic_error for a component with an event that no model counts.
  Inventory(const Design& design, const hw::Program& program, ComponentList list);

  /// Components by index in Program::settings; the chip's own settings first, also if the program lists none.
  [[nodiscard]] const std::vector<std::vector<periphery::Component>>& by_settings() const { return lists_; }
  /// The components for a stage: those of its tile with its load; for a stage without a tile, those of the chip's own tile.
  [[nodiscard]] std::vector<periphery::Component> of(const hw::Stage& stage) const;
  [[nodiscard]] bool on_digital_core(int node) const { return design_.chip.kind(node) == hw::CoreKind::digital; }
  /// Whether events of a stage on this node belong to the component.
  [[nodiscard]] bool counts_on(const periphery::Component& component, int node) const;
  /// Index in Program::settings of the tiles of the analog core on a node.
  [[nodiscard]] int settings_of(int node) const;

  /// Areas by name, in the order of the lists.
  [[nodiscard]] std::vector<PartArea> areas() const;
  /// Costs by name, in the order of the lists; energies are 0.
  [[nodiscard]] std::vector<ComponentCost> costs() const;
  /// Leakage of the chip with nothing gated.
  [[nodiscard]] base::Power leakage() const;
  /// Leakage of one router, one digital core, one analog core with tiles of these settings, or the components per chip (Per::chip).
  [[nodiscard]] UnitLeakage leakage_of(periphery::Per unit, int settings = 0) const;
  /// Area of the same.
  [[nodiscard]] base::Area area_of(periphery::Per unit, int settings = 0) const;

 private:
  /// Calls take(component, instances) for every component in one such unit.
  template <class Take>
  void each_in(periphery::Per unit, int settings, const Take& take) const;
  /// Instances on the chip of a component in the list of these settings; 0 if the chip's own list counts them.
  [[nodiscard]] std::int64_t instances(const periphery::Component& component, std::size_t settings) const;

  const Design& design_;
  const hw::Program& program_;
  ComponentList list_;
  std::vector<std::vector<periphery::Component>> lists_;
  std::map<int, int> settings_of_core_;
  std::vector<std::int64_t> analog_cores_;  ///< by settings
};

}  // namespace mho::analysis
