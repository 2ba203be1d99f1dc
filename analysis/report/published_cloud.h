#pragma once

#include <string>
#include <vector>

#include "analysis/cost/cost_table.h"
#include "analysis/design/design.h"

namespace mho::analysis {

/// Peak figures of a tile with its share of the converters, which is what papers call a macro, normalised to inputs and weights of 1 bit: times the
/// bits of inputs (tile.dac.bits) and of weights (slices, or tile.program.weight_bits where one cell holds a weight).
struct CloudPlace {
  std::string design;
  double tops_per_watt = 0, tops_per_mm2 = 0;
};
/// `table` is that of a full load.
CloudPlace cloud_place(const Design& design, const CostTable& table);

/// How the models agree with papers for one kind of converter.
struct KindAgreement {
  std::string kind;      ///< tile.adc.kind
  std::string quantity;  ///< of an operation: energy or area; efficiencies and densities count as their inverse
  int figures = 0;       ///< that are predicted
  double median = 1;     ///< of ours over published
  double factor = 1;     ///< exp of the standard deviation of the logarithm
};

/// A design in the cloud of published macros, with the published chips that come with the program.
struct PublishedCloud {
  CloudPlace own;
  std::vector<CloudPlace> chips;  ///< shipped designs of published chips, by the models
  int macros = 0;                 ///< in the cloud
  double denser = 0;              ///< share of the macros that are denser
  double more_efficient = 0;      ///< share that does more operations a joule
  std::vector<KindAgreement> agreement;
};

PublishedCloud published_cloud(const Design& design, const CostTable& table);
/// TOPS/W over TOPS/mm2, macros by node, as the text of an SVG file.
std::string cloud_svg(const PublishedCloud& cloud);

}  // namespace mho::analysis
