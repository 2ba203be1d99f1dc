#pragma once

#include <cstddef>
#include <vector>

#include "hw/program/program.h"

namespace mho::hw {

/// A core module that a program needs, and the stages on it.
struct CorePlan {
  enum class Kind { analog, programming, digital, port } kind = Kind::analog;
  int node = 0;
  std::vector<std::size_t> stages{};  ///< indices in Program::stages, ascending; of a port: its sources
  std::vector<std::size_t> sinks{};   ///< of a port
};

/// The core modules that a program needs, in the order of their creation: by kind, then by node. A node with programming and analog stages has a
/// module of each kind; in the program of a single phase there is no such node.
std::vector<CorePlan> core_plans(const Program& program);

}  // namespace mho::hw
