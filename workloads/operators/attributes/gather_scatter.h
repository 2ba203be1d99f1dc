#pragma once

#include "periphery/digital/lines.h"

namespace mho::workloads {

/// Along an axis by the places in the second input.
struct GatherElements {
  int axis = 0;
};

/// By tuples of indices in the second input; the first `common` axes of both go together.
struct GatherTuples {
  int common = 0;
};

/// The third input into a copy of the first, along an axis by the places in the second.
struct ScatterElements {
  int axis = 0;
  periphery::digital::Scatter scatter = periphery::digital::Scatter::replace;
};

/// The same by tuples of indices.
struct ScatterTuples {
  periphery::digital::Scatter scatter = periphery::digital::Scatter::replace;
};

}  // namespace mho::workloads
