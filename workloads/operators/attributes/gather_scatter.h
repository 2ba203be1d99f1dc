#pragma once

#include "periphery/digital/lines.h"

namespace mho::workloads {

/// Picks elements along an axis by the indices in the second input.
struct GatherElements {
  int axis = 0;
};

/// Picks slices by tuples of indices in the second input. The first `common` axes of both inputs correspond (batch axes).
struct GatherTuples {
  int common = 0;
};

/// Writes the third input into a copy of the first, along an axis at the indices in the second.
struct ScatterElements {
  int axis = 0;
  periphery::digital::Scatter scatter = periphery::digital::Scatter::replace;
};

/// The same with tuples of indices.
struct ScatterTuples {
  periphery::digital::Scatter scatter = periphery::digital::Scatter::replace;
};

}  // namespace mho::workloads
