#pragma once

#include <cstddef>
#include <vector>

#include "hw/program/program.h"

namespace mho::hw {

/// One core module that a program needs, and the stages on it.
struct CorePlan {
  enum class Kind { analog, programming, digital, port } kind = Kind::analog;
  int node = 0;
  std::vector<std::size_t> stages{};  ///< indices in Program::stages, ascending; of a port: its sources
  std::vector<std::size_t> sinks{};   ///< of a port
};

/// The cores that a program needs, in the order in which a chip creates them: by kind, then by node. A node that both programs its tiles and computes
/// on them has a core of each kind; phase_program() leaves no such node.
std::vector<CorePlan> core_plans(const Program& program);

}  // namespace mho::hw
