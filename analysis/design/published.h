#pragma once

#include <string>
#include <vector>

namespace mho::analysis {

/// A published macro. Figures are normalised to inputs and weights of 1 bit, with 2 operations per multiply-accumulate.
struct PublishedMacro {
  std::string venue, memory, cell;
  int year = 0;
  double node_nm = 0, tops_per_watt = 0, tops_per_mm2 = 0;
};

/// The macros of designs/published_macros.csv, in order.
std::vector<PublishedMacro> published_macros();

/// A published figure of a shipped design: a row of designs/*/expected.csv.
struct PublishedFigure {
  std::string file;    ///< path of the design, relative to designs/
  std::string level;   ///< chip, core, tile
  std::string figure;  ///< as in `mho cost --json`: interval, energy, area, leakage, peak_tops_per_watt, ...
  std::string unit;
  std::string kind;  ///< input, sum, fitted, predicted
  double published = 0;
};

/// All rows of designs/*/expected.csv.
std::vector<PublishedFigure> published_figures();

}  // namespace mho::analysis
