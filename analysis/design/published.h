#pragma once

#include <string>
#include <vector>

namespace mho::analysis {

/// A published macro; figures normalised to inputs and weights of 1 bit, 2 operations a multiply-accumulate.
struct PublishedMacro {
  std::string venue, memory, cell;
  int year = 0;
  double node_nm = 0, tops_per_watt = 0, tops_per_mm2 = 0;
};

/// Those of designs/published_macros.csv, in its order.
std::vector<PublishedMacro> published_macros();

/// A figure that a paper states of a chip that is a shipped design: a row of designs/*/expected.csv.
struct PublishedFigure {
  std::string file;    ///< path of the design in designs/
  std::string level;   ///< chip, core, tile
  std::string figure;  ///< as in `mho cost --json`: interval, energy, area, leakage, peak_tops_per_watt, ...
  std::string unit;
  std::string kind;  ///< input, sum, fitted, predicted
  double published = 0;
};

std::vector<PublishedFigure> published_figures();

}  // namespace mho::analysis
