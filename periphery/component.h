#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"
#include "periphery/technology/technology.h"

namespace mho::periphery {

/// What a component's count refers to. How many of these a chip has, hw knows (hw/spec/components.h).
enum class Per { tile, bank, analog_core, digital_core, router, chip };

/// "tile", "bank of converters", "core", "digital core", "router", "chip".
std::string per_name(Per per);
/// The place of that name. Throws std::out_of_range for another word.
Per per_of(const std::string& name);

/// Energy that an event costs in a component.
struct EventCost {
  std::string_view event;  ///< its name in the list of counted events (hw/program/events.h); a constant
  base::Energy energy;     ///< of one unit
  double units = 1;        ///< in one event, such as the bits of a flit
};

/// A costed block, stated by the layer that models it. Energy, area and leakage of a chip are sums over components; nothing else names a block.
struct Component {
  std::string name;  ///< of its row in tables of energy and area; components of one name share the row
  Per per = Per::chip;
  std::int64_t count = 1;               ///< instances in one of what `per` names
  std::vector<EventCost> events = {};   ///< empty: no row of energy
  std::optional<base::Area> area = {};  ///< of one instance; empty: not modelled, no row of area
  base::Power leakage = {};             ///< of one instance
  bool gated = false;                   ///< the power gate of its core or router cuts its leakage off
  bool by_load = false;                 ///< energy follows what the tile holds and is driven with, so it differs between stages
  bool occasional = false;              ///< its row of energy is listed only where it is not zero, after the others
  bool logic = false;                   ///< clocked logic: gates are sized for the clock of where it lies, and the clock tree reaches it
  bool own_core_only = false;           ///< its events count only where they take place on a core of the kind that `per` names
  CostNote note = {};                   ///< how far its costs can be trusted, which of them the user gave
  std::string source;                   ///< where the costs come from: keys of parameters, whose declarations name publications, or a publication
};

}  // namespace mho::periphery
