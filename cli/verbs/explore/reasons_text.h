#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>

namespace mho::cli {

/// A line for each of the most frequent reasons why designs failed, with the number of designs. Reasons that differ only in numbers are one, of which
/// the most frequent is an example. `beginning`: text in front of a reason for a number of designs.
std::string reasons_text(const std::map<std::string, std::size_t>& reasons, const std::function<std::string(std::size_t)>& beginning);

}  // namespace mho::cli
