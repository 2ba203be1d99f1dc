#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mho::workloads {

/// A name without what says that it goes in or comes out: "h" of h0, h_in, hn, h_out and new_h, "past 0 key" of past_key_values.0.key and
/// present.0.key. Empty where nothing is left.
std::string state_stem(std::string_view name);

/// For each of `inputs` the one of `outputs` that has its stem; nothing unless every input has just one and no two the same.
std::optional<std::vector<int>> outputs_by_stem(const std::vector<std::string>& inputs, const std::vector<std::string>& outputs);

}  // namespace mho::workloads
