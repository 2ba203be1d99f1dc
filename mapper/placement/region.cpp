#include "mapper/placement/region.h"

#include <algorithm>
#include <cmath>

namespace mho::mapper {

Region whole_mesh(const hw::ChipParameters& chip) { return {0, 0, chip.mesh_width, chip.mesh_height}; }

std::vector<int> snake(const hw::ChipParameters& chip, const Region& region) {
  std::vector<int> order;
  for (int y = 0; y < region.height; ++y) {
    for (int step = 0; step < region.width; ++step) {
      const int x = region.x + (y % 2 == 0 ? step : region.width - 1 - step);
      const int node = (region.y + y) * chip.mesh_width + x;
      if (chip.kind(node) == hw::CoreKind::analog) order.push_back(node);
    }
  }
  return order;
}

std::vector<int> snake(const hw::ChipParameters& chip) { return snake(chip, whole_mesh(chip)); }

std::vector<int> nodes_in(const hw::ChipParameters& chip, hw::CoreKind kind, const Region& region) {
  std::vector<int> nodes = chip.nodes_of(kind);
  std::erase_if(nodes, [&](int node) { return !region.has(node, chip); });
  return nodes;
}

std::vector<Region> compact_regions(const hw::ChipParameters& chip, std::size_t analog, bool digital) {
  constexpr int widths = 4, places = 3;  // of each dimension
  const double side = std::sqrt(static_cast<double>(analog));
  std::vector<Region> regions;
  for (int w = 0; w < widths; ++w) {
    const int width = static_cast<int>(std::ceil(side * std::exp2((w - 1) * 0.5)));
    if (width < 1 || width > chip.mesh_width) continue;
    const int least_height = static_cast<int>(std::ceil(static_cast<double>(analog) / width));
    if (least_height > chip.mesh_height) continue;
    for (int px = 0; px < places; ++px) {
      for (int py = 0; py < places; ++py) {
        const int across = chip.mesh_width - width, down = std::max(0, chip.mesh_height - least_height - 1);
        if ((px > 0 && across == 0) || (py > 0 && down == 0)) continue;
        Region region{across * px / (places - 1), down * py / (places - 1), width, least_height};
        const auto enough = [&] {
          return snake(chip, region).size() >= analog && (!digital || !nodes_in(chip, hw::CoreKind::digital, region).empty());
        };
        while (region.y + region.height < chip.mesh_height && !enough()) ++region.height;
        while (region.y > 0 && !enough()) {
          --region.y;
          ++region.height;
        }
        if (enough()) regions.push_back(region);
      }
    }
  }
  return regions;
}

}  // namespace mho::mapper
