#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mho::base {

/// Every spelling of a single unit that converts to `unit`, in the order of the table; empty for an unknown unit.
std::vector<std::string> compatible_units(std::string_view unit);

/// Whether convert_unit knows `unit`.
bool unit_known(std::string_view unit);

/// `number` of `unit` in the coherent SI unit of the same dimension; information counts in bits. Throws std::logic_error for an unknown unit.
double to_si(double number, std::string_view unit);

}  // namespace mho::base
