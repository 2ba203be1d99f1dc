#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"
#include "periphery/technology/technology.h"

namespace mho::periphery {

/// The part of a chip that a component's count refers to. hw/spec/components.h counts these parts of a chip.
enum class Per { tile, bank, analog_core, digital_core, router, chip };

/// "tile", "bank of converters", "core", "digital core", "router", "chip".
std::string per_name(Per per);
/// The inverse of the function above. Throws std::out_of_range for another word.
Per per_of(const std::string& name);

/// Energy of an event in a component.
struct EventCost {
  std::string_view event;  ///< name of the counted event (hw/program/events.h); a constant
  base::Energy energy;     ///< of one unit
  double units = 1;        ///< units of one event, such as the bits of a flit
};

/// A block with costs, declared by the layer that models it. Energy, area and leakage of a chip are sums over components; no other code names blocks.
struct Component {
  std::string name;  ///< name of the row in tables of energy and area; components with the same name share a row
  Per per = Per::chip;
  std::int64_t count = 1;               ///< instances in each part that `per` names
  std::vector<EventCost> events = {};   ///< empty: no row of energy
  std::optional<base::Area> area = {};  ///< of one instance; empty: not modelled, no row of area
  base::Power leakage = {};             ///< of one instance
  bool gated = false;                   ///< the power gate of its core or router cuts its leakage off
  bool by_load = false;                 ///< energy depends on the conductances and inputs of the tile, so it differs between stages
  bool occasional = false;              ///< its row of energy stands after the others, and only if it is not zero
  bool logic = false;                   ///< clocked logic: its gates are sized for the clock of its part, and the clock tree drives it
  bool own_core_only = false;           ///< its events count only on cores of the kind that `per` names
  CostNote note = {};                   ///< accuracy of its costs, and which of them the user gave
  std::string source;                   ///< source of the costs: keys of parameters, whose declarations name publications, or a publication
};

}  // namespace mho::periphery
