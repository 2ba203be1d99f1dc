#pragma once

#include <cstdint>
#include <string_view>

#include "hw/program/activity.h"
#include "hw/program/program.h"
#include "tiles/components.h"

namespace mho::hw {

/// How often an event took place on a stage; 0 where stages do not count it.
std::uint64_t count_of(std::string_view event, const StageActivity& activity);
/// The same in a router and its outgoing links.
std::uint64_t count_of(std::string_view event, const RouterActivity& activity);
/// The same on a link.
std::uint64_t count_of(std::string_view event, const LinkActivity& activity);
/// Whether stages, routers or links count it.
bool is_counted(std::string_view event);

/// What the products of a stage ask of their tile.
tiles::TileLoad load_of(const MvmWork& work);

}  // namespace mho::hw
