#include "analysis/experiment/reference_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>

#include "base/design_file/config.h"
#include "base/design_file/number_text.h"
#include "base/error.h"

namespace mho::analysis {

Roofline parse_roofline(const std::string& text) {
  const auto refuse = [&](const std::string& why) {
    throw base::UserError(
        fmt::format("--reference {}: {}; write none, systolic, or peak, bandwidth, power and a name: '138 TOPS, 614 GB/s, 175 W, TPUv4i'", text, why),
        base::ExitCode::usage);
  };
  Roofline machine;
  const auto take = [&](double& target, double value) {
    if (!(value > 0) || !std::isfinite(value)) refuse("a figure must be above 0");
    if (target > 0) refuse("a figure is given twice");
    target = value;
  };
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string part(base::trimmed(text.substr(begin, end - begin)));
    begin = end + 1;
    const auto number = base::split_number(part);
    const std::map<std::string_view, double> peaks{{"GOPS", 1e9}, {"TOPS", 1e12}, {"POPS", 1e15}};
    if (const auto peak = number ? peaks.find(number->unit) : peaks.end(); peak != peaks.end()) {
      take(machine.operations_per_s, number->value * peak->second);
    } else if (const auto watt = number ? base::convert_unit(number->value, number->unit, "W") : std::nullopt) {
      take(machine.watt, *watt);
    } else if (const auto rate = number ? base::convert_unit(number->value, number->unit, "B/s") : std::nullopt) {
      take(machine.bytes_per_s, *rate);
    } else if (!part.empty()) {
      machine.name += (machine.name.empty() ? "" : ", ") + part;
    }
  }
  if (machine.operations_per_s <= 0) refuse("the peak in TOPS is missing");
  if (machine.bytes_per_s <= 0) refuse("the bandwidth in GB/s is missing");
  if (machine.watt <= 0) refuse("the power in W is missing");
  if (machine.name.empty()) machine.name = "roofline";
  return machine;
}

ReferenceChoice parse_reference(const std::string& text) {
  if (text == "none") return {.shown = false, .roofline = std::nullopt};
  if (text == "systolic") return {};
  return {.shown = true, .roofline = parse_roofline(text)};
}

}  // namespace mho::analysis
