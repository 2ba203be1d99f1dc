#pragma once

#include <string_view>
#include <vector>

#include "workloads/graph/operator.h"

namespace mho::workloads {

struct OperatorFamily;

/// All that the simulator can run: the one list of operators.
const std::vector<const OperatorFamily*>& operator_families();

/// The description of an operator by its name; std::logic_error where there is none.
const Operator& operator_named(std::string_view name);

}  // namespace mho::workloads
