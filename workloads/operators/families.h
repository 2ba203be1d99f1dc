#pragma once

#include <string_view>
#include <vector>

#include "workloads/graph/operator.h"

namespace mho::workloads {

struct OperatorFamily;

/// The list of all operators that the simulator can run, by family.
const std::vector<const OperatorFamily*>& operator_families();

/// The description of the operator `name`. Throws std::logic_error if there is none.
const Operator& operator_named(std::string_view name);

}  // namespace mho::workloads
