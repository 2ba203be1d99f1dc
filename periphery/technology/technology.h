#pragma once

#include <string>
#include <vector>

#include "base/design_file/config.h"
#include "base/units.h"

namespace mho::periphery {

/// Keys chip.technology, chip.vdd, chip.temperature, chip.threshold.
base::Declarations technology_declarations();

/// Threshold voltage of all transistors that leak.
enum class Threshold { low, standard, high };

/// What the cost of every block on a chip is scaled to.
struct Technology {
  double node_nm = 14;
  double vdd_v = 0.8;
  double temperature_c = 25;
  Threshold threshold = Threshold::high;
  static Technology read(const base::Config& config);
};

/// Supply voltage of a node in volt, in nm; between tabled nodes interpolated over the logarithm of the node.
double nominal_vdd(double node_nm);

/// How far a model of costs can be trusted: standard deviations of the natural logarithm of a factor on all costs of a kind. 0: exact, or the user's
/// own figure.
struct Spread {
  double energy = 0;
  double area = 0;
  double leakage = 0;
};

/// Spread of what the laws of leakage say.
inline constexpr double leakage_spread = 0.6;

/// Beyond the nodes and supplies that the laws of scaling are fitted to, 65 to 7 nm and 0.5 to 1.2 V, every cost that follows them is less sure: the
/// text of a warning. Empty within.
std::string beyond_the_laws(const Technology& technology);
/// The spread of what is beyond them: with that of an estimate, in squares.
Spread extrapolated(const Spread& spread);

/// What a table of costs says beside the figures of a block.
struct CostNote {
  Spread spread;
  std::vector<std::string> user;     ///< keys whose figure the user gave
  std::vector<std::string> outside;  ///< sentences: where a parameter lies beyond the range for which the model was made
  std::string model{};               ///< which of several models made the figures; empty: the usual one
};

/// The number that a design gives for a cost, in `si_unit`, or `model` where the key holds a word such as 'model'. A number is noted as the user's,
/// and costs of its kind have no spread then.
double cost_or(const base::Config& config, const std::string& key, CostNote& note, double Spread::*kind, const std::string& si_unit, double model);

}  // namespace mho::periphery
