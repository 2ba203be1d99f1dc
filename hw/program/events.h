#pragma once

#include <cstdint>
#include <string_view>

#include "hw/program/activity.h"
#include "hw/program/program.h"
#include "tiles/components.h"

namespace mho::hw {

/// The number of events of the name `event` in a stage; 0 if stages do not count it.
std::uint64_t count_of(std::string_view event, const StageActivity& activity);
/// The same for a router and its outgoing links.
std::uint64_t count_of(std::string_view event, const RouterActivity& activity);
/// The same for a link.
std::uint64_t count_of(std::string_view event, const LinkActivity& activity);
/// Whether stages, routers or links count events of the name `event`.
bool is_counted(std::string_view event);

/// The load of the products of a stage on their tile.
tiles::TileLoad load_of(const MvmWork& work);

}  // namespace mho::hw
