#pragma once

#include <string>
#include <vector>

#include "analysis/cost/cost_table.h"
#include "analysis/design/design.h"

namespace mho::analysis {

/// Peak figures of a tile with its share of the converters (a macro, in papers), normalised to inputs and weights of 1 bit: multiplied by the bits of
/// inputs (tile.dac.bits) and of weights (slices, or tile.program.weight_bits if one cell holds a weight).
struct CloudPlace {
  std::string design;
  double tops_per_watt = 0, tops_per_mm2 = 0;
};
/// `table`: the cost table of a full load.
CloudPlace cloud_place(const Design& design, const CostTable& table);

/// Agreement of the cost models with papers for one kind of converter.
struct KindAgreement {
  std::string kind;      ///< tile.adc.kind
  std::string quantity;  ///< energy or area of an operation; efficiencies and densities count as their inverse
  int figures = 0;       ///< number of predicted figures
  double median = 1;     ///< median of model over published
  double factor = 1;     ///< exp of the standard deviation of the logarithm
};

/// A design among published macros, with the published chips that are shipped with the program.
struct PublishedCloud {
  CloudPlace own;
  std::vector<CloudPlace> chips;  ///< shipped designs of published chips, by the models
  int macros = 0;                 ///< number of published macros
  double denser = 0;              ///< share of the macros with more TOPS/mm2
  double more_efficient = 0;      ///< share of the macros with more TOPS/W
  std::vector<KindAgreement> agreement;
};

PublishedCloud published_cloud(const Design& design, const CostTable& table);
/// TOPS/W over TOPS/mm2, macros grouped by technology node, as the text of an SVG file.
std::string cloud_svg(const PublishedCloud& cloud);

}  // namespace mho::analysis
