#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "analysis/cost/inventory.h"
#include "analysis/design/design.h"
#include "hw/program/program.h"

namespace mho::analysis {

/// Operations per second, per joule and per area; 2 operations per multiply-accumulate of matrices on tiles, counted from shapes.
struct Efficiency {
  double tops = 0;           ///< 10^12 operations per second
  double tops_per_watt = 0;  ///< 10^12 operations per joule
  /// 10^12 operations per second and mm2.
  double tops_per_mm2 = 0;
};

struct Efficiencies {
  Efficiency peak;       ///< a full product on every tile in every interval, see full_load(); power and area of the whole chip
  Efficiency sustained;  ///< this network in steady state; power and area of the whole chip
  Efficiency used;       ///< the same, but leakage and area only of the used cores with their routers, the ports and the clock
};

/// The efficiencies with their names in results: peak, sustained, used.
std::array<std::pair<std::string_view, Efficiency>, 3> by_scope(const Efficiencies& all);

/// Costs of a chip that runs a network.
struct NetworkLoad {
  double multiply_accumulates = 0;  ///< per inference, on tiles
  double interval_s = 0;
  double event_joule = 0;    ///< per inference, without leakage
  double leakage_w = 0;      ///< mean in steady state
  double all_leakage_w = 0;  ///< nothing gated
  double square_metre = 0;
};

/// The three efficiencies. With power gating, the leakage of the used part is scaled as that of the whole chip.
Efficiencies efficiencies(const Design& design, const hw::Program& program, const Inventory& inventory, const NetworkLoad& load);

}  // namespace mho::analysis
