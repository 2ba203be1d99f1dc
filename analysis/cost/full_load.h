#pragma once

#include <string>
#include <vector>

#include "analysis/cost/bands.h"
#include "analysis/cost/inventory.h"
#include "analysis/design/design.h"

namespace mho::analysis {

/// One event of a component of a chip at full load, or a component without events.
struct CostLine {
  std::string component;
  periphery::Per per = periphery::Per::chip;
  std::int64_t count = 0;      ///< instances on the chip
  std::string event;           ///< empty: the component has none
  double events = 0;           ///< on the chip
  double joule_per_event = 0;  ///< mean over tiles
  double joule = 0;            ///< of all events
  double square_metre = 0;     ///< of all instances; in the first line of a component
  double leakage_w = 0;        ///< likewise
  periphery::CostNote note;
  std::string source;
};

/// What a unit takes for its part of the full load.
struct UnitDelay {
  std::string unit;
  double seconds = 0;
};

/// One part of a chip with all that lies in it: a tile with its share of the converters, a core with its tiles, the whole chip.
struct CostLevel {
  std::string name;        ///< tile, core, digital core, router, chip
  std::int64_t count = 0;  ///< on the chip
  CostBand energy;         ///< J of one at full load, leakage over an interval included
  CostBand leakage;        ///< W of one
  CostBand area;           ///< m2 of one
};

/// A chip on which every tile makes one full product, every digital core one operation on each lane, every router passes one flit on and every port
/// moves the bits of one cycle. Full product: all rows driven and all outputs converted; weights of mean magnitude 0.27 of full scale, inputs that
/// draw 0.2 of full-scale power.
struct FullLoad {
  std::vector<CostLine> lines;            ///< in the order of the components
  std::vector<ComponentCost> components;  ///< the same, summed by component; energies of the full load
  std::vector<CostLevel> levels;          ///< from tile to chip; without the kinds of parts that the chip lacks
  std::vector<UnitDelay> delays;
  double joule = 0;  ///< without leakage
  double square_metre = 0;
  double leakage_w = 0;
  double multiply_accumulates = 0;  ///< of all tiles
  double interval_s = 0;            ///< between products of a tile: its slowest unit, converters shared with other tiles of its core
  [[nodiscard]] double peak_operations_per_s() const { return 2 * multiply_accumulates / interval_s; }  ///< 2 for each multiply-accumulate
  [[nodiscard]] double peak_power_w() const { return joule / interval_s + leakage_w; }
  CostBand peak_tops_per_watt;
};

/// The full load of a design's chip, all of whose tiles have the settings of `tile`. Throws UserError (failed_check) as Inventory.
FullLoad full_load(const Design& design);

}  // namespace mho::analysis
