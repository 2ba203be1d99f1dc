#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "analysis/cost/inventory.h"
#include "analysis/design/design.h"
#include "hw/program/program.h"

namespace mho::analysis {

/// Operations per second, joule and area; 2 operations for each multiply-accumulate of the matrices on tiles, counted from shapes.
struct Efficiency {
  double tops = 0;           ///< 10^12 operations per second
  double tops_per_watt = 0;  ///< 10^12 operations per joule
  double tops_per_mm2 = 0;
};

struct Efficiencies {
  Efficiency peak;       ///< every tile takes a full product in every interval, as full_load(); power and area of the whole chip
  Efficiency sustained;  ///< this network in steady state; power and area of the whole chip
  Efficiency used;       ///< the same; leakage and area of the cores and their routers that hold the network, the ports and the clock
};

/// With the names that results have: peak, sustained, used.
std::array<std::pair<std::string_view, Efficiency>, 3> by_scope(const Efficiencies& all);

/// What a chip takes while it runs a network.
struct NetworkLoad {
  double multiply_accumulates = 0;  ///< per inference, on tiles
  double interval_s = 0;
  double event_joule = 0;    ///< per inference, without leakage
  double leakage_w = 0;      ///< mean in steady state
  double all_leakage_w = 0;  ///< nothing gated
  double square_metre = 0;
};

/// Where units are gated, the used part leaks the same share of what it leaks ungated as the whole chip does.
Efficiencies efficiencies(const Design& design, const hw::Program& program, const Inventory& inventory, const NetworkLoad& load);

}  // namespace mho::analysis
