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

/// Area of one kind of part over the whole chip, used or not.
struct PartArea {
  std::string part;         ///< name of the components
  std::int64_t count = 0;   ///< instances on the chip
  double square_metre = 0;  ///< all of them
};

/// What the components of one name cost on the whole chip, used or not, and how far that can be trusted.
struct ComponentCost {
  std::string name;
  periphery::Per per = periphery::Per::chip;
  std::int64_t count = 0;   ///< instances on the chip
  double joule = 0;         ///< of its events per inference in steady state
  double leakage_w = 0;     ///< nothing gated
  double square_metre = 0;  ///< 0 where its area is not modelled
  periphery::CostNote note;
  std::string source;
};

/// Leakage of a router or core with everything in it.
struct UnitLeakage {
  base::Power gated;  ///< that its power gate cuts off, all but the residual share
  base::Power kept;
};

/// Lists what is costed on a chip whose tiles are `tile` with `load` on them.
using ComponentList = std::function<std::vector<periphery::Component>(const tiles::TileParameters& tile, const tiles::TileLoad& load)>;
/// What hw lists for the design's chip.
ComponentList components_of(const Design& design);

/// The components of a chip, used or not: those of its own tiles, and those of tiles with settings of a layer.
class Inventory {
 public:
  /// `design` and `program` must outlive it. Throws UserError (failed_check) naming a component whose energy, area or leakage is negative or not
  /// finite, and std::logic_error for one that costs an event which no model counts.
  Inventory(const Design& design, const hw::Program& program, ComponentList list);

  /// By index in Program::settings; the chip's own first, also where the program lists none.
  [[nodiscard]] const std::vector<std::vector<periphery::Component>>& by_settings() const { return lists_; }
  /// The components of the tile that runs a stage, with the load that the stage puts on it. A stage without a tile gets those of the chip's own tile.
  [[nodiscard]] std::vector<periphery::Component> of(const hw::Stage& stage) const;
  [[nodiscard]] bool on_digital_core(int node) const { return design_.chip.kind(node) == hw::CoreKind::digital; }
  /// Whether events of a stage on this node belong to the component.
  [[nodiscard]] bool counts_on(const periphery::Component& component, int node) const;
  /// Index in Program::settings of the tiles of the analog core on a node.
  [[nodiscard]] int settings_of(int node) const;

  /// Area of the chip by name, in the order of the lists.
  [[nodiscard]] std::vector<PartArea> areas() const;
  /// Every name of a component once, in the order of the lists; energies are 0.
  [[nodiscard]] std::vector<ComponentCost> costs() const;
  /// Leakage of the chip with nothing gated.
  [[nodiscard]] base::Power leakage() const;
  /// Of one router, digital core, analog core with tiles of these settings, or of what no gate belongs to (Per::chip).
  [[nodiscard]] UnitLeakage leakage_of(periphery::Per unit, int settings = 0) const;
  /// Area of the same.
  [[nodiscard]] base::Area area_of(periphery::Per unit, int settings = 0) const;

 private:
  /// take(component, instances) of everything that lies in one of these units.
  template <class Take>
  void each_in(periphery::Per unit, int settings, const Take& take) const;
  /// Instances on the chip of a component in the list of these settings; 0 where the chip's own list has them.
  [[nodiscard]] std::int64_t instances(const periphery::Component& component, std::size_t settings) const;

  const Design& design_;
  const hw::Program& program_;
  ComponentList list_;
  std::vector<std::vector<periphery::Component>> lists_;
  std::map<int, int> settings_of_core_;
  std::vector<std::int64_t> analog_cores_;  ///< by settings
};

}  // namespace mho::analysis
