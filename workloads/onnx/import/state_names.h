#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mho::workloads {

/// The stem of a state's name, without words for input or output: "h" for h0, h_in, hn, h_out and new_h; "0 key" for past_key_values.0.key and
/// present.0.key. Empty if nothing is left.
std::string state_stem(std::string_view name);

/// For each of `inputs` the index of the output with the same stem. Empty unless every input has exactly one such output and no two inputs share one.
std::optional<std::vector<int>> outputs_by_stem(const std::vector<std::string>& inputs, const std::vector<std::string>& outputs);

}  // namespace mho::workloads
