#include "hw/spec/user_blocks.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "base/design_file/declare.h"
#include "periphery/components.h"
#include "tiles/components.h"

namespace mho::hw {

namespace {

using Place = UserBlock::Place;

constexpr std::array places{std::pair{Place::chip, "chip"},     std::pair{Place::core, "core"},       std::pair{Place::tile, "tile"},
                            std::pair{Place::column, "column"}, std::pair{Place::product, "product"}, std::pair{Place::conversion, "conversion"}};

}  // namespace

base::Declarations block_declarations() {
  constexpr double largest = 1e9;
  const char* const source = "the design's";
  std::vector<std::string> words;
  words.reserve(places.size());
  for (const auto& [place, name] : places) words.emplace_back(name);
  return {base::text("name", "", {}, "Name of the block in tables.", source),
          base::word("per", "chip", words,
                     "Number of blocks: one for the chip, or one for each core, tile (also 'product'), column of a tile, or converter "
                     "('conversion'). An event of the energy is a product of a tile; with 'column' and 'conversion' it is a conversion.",
                     source),
          base::number("energy", "pJ", 0, 0, largest, "Energy of one event.", source),
          base::number("area", "mm2", 0, 0, largest, "Area of one block.", source),
          base::number("leakage", "mW", 0, 0, largest, "Constant power of one block.", source),
          base::text("source", "", {}, "Where the figures come from.", source)};
}

UserBlock read_block(const base::Config& config) {
  UserBlock block;
  block.name = config.word("name");
  block.source = config.word("source");
  const std::string& per = config.word("per");
  block.place = std::ranges::find(places, per, &std::pair<Place, const char*>::second)->first;
  block.energy = config.energy("energy");
  block.area = config.area("area");
  block.leakage = config.power("leakage");
  return block;
}

std::string place_name(Place place) { return std::ranges::find(places, place, &std::pair<Place, const char*>::first)->second; }

periphery::Component block_component(const UserBlock& block, std::int64_t columns, std::int64_t converters) {
  using periphery::Per;
  periphery::Component component{.name = block.name,
                                 .events = {{tiles::mvm, block.energy}},
                                 .area = block.area,
                                 .leakage = block.leakage,
                                 .note = {.spread = {}, .user = {"chip.blocks"}, .outside = {}},
                                 .source = block.source};
  switch (block.place) {
    case Place::chip:
      component.per = Per::chip;
      return component;
    case Place::core:
      component.per = Per::analog_core;
      return component;
    case Place::tile:
    case Place::product:
      component.per = Per::tile;
      return component;
    case Place::column:
      component.per = Per::tile;
      component.count = columns;
      component.events = {{periphery::adc_conversion, block.energy}};
      return component;
    case Place::conversion:
      component.per = Per::bank;
      component.count = converters;
      component.events = {{periphery::adc_conversion, block.energy}};
      return component;
  }
  throw std::logic_error("block_component: no such place");
}

}  // namespace mho::hw
