#pragma once

#include <string>
#include <vector>

#include "base/design_file/config.h"
#include "base/units.h"

namespace mho::periphery {

/// Keys chip.technology, chip.vdd, chip.temperature, chip.threshold.
base::Declarations technology_declarations();

/// Kind of threshold voltage of all transistors that leak.
enum class Threshold { low, standard, high };

/// The technology to which the costs of all blocks of a chip are scaled.
struct Technology {
  double node_nm = 14;
  double vdd_v = 0.8;
  double temperature_c = 25;
  Threshold threshold = Threshold::high;
  static Technology read(const base::Config& config);
};

/// Nominal supply voltage in volt of a node in nm; interpolated over the logarithm of the node.
double nominal_vdd(double node_nm);

/// Uncertainty of a cost model: standard deviation of the natural logarithm of a factor on all costs of a kind. 0: exact, or a figure of the
/// user.
struct Spread {
  double energy = 0;
  double area = 0;
  double leakage = 0;
};

/// Uncertainty of the laws of leakage.
inline constexpr double leakage_spread = 0.6;

/// The laws of scaling are fitted to 65 to 7 nm and 0.5 to 1.2 V. Outside these ranges costs that follow them are less certain: the text of a
/// warning. Empty within the ranges.
std::string beyond_the_laws(const Technology& technology);
/// The uncertainty outside these ranges, added in squares to that of the model.
Spread extrapolated(const Spread& spread);

/// Remarks on the costs of a block, for tables.
struct CostNote {
  Spread spread;
  std::vector<std::string> user;     ///< keys of figures that the user gave
  std::vector<std::string> outside;  ///< sentences: parameters outside the range of the model
  std::string model{};               ///< the model of the figures if there are several; empty: the usual one
};

/// The cost that a design states, in `si_unit`, or `model` if the key holds a word such as 'model'. A number is noted as a figure of the user,
/// and costs of its kind have no uncertainty then.
double cost_or(const base::Config& config, const std::string& key, CostNote& note, double Spread::*kind, const std::string& si_unit, double model);

}  // namespace mho::periphery
