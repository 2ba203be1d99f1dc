#include "tiles/device/table_device.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>

#include "base/design_file/document.h"
#include "base/elementary.h"
#include "base/error.h"
#include "base/vector_math.h"

namespace mho::tiles {

namespace {

constexpr std::string_view header = "conductance_us,programming_sigma_us,drift_mean,drift_sd,read_sigma_us";

std::vector<double> numbers(const std::string& line, const std::string& where) {
  std::vector<double> values;
  for (std::size_t begin = 0; begin <= line.size();) {
    const std::size_t end = std::min(line.find(',', begin), line.size());
    std::string_view field(line.data() + begin, end - begin);
    while (!field.empty() && (field.front() == ' ' || field.front() == '+')) field.remove_prefix(1);
    while (!field.empty() && (field.back() == ' ' || field.back() == '\r')) field.remove_suffix(1);
    double value = 0;
    const auto result = std::from_chars(field.data(), field.data() + field.size(), value);
    if (result.ec != std::errc() || result.ptr != field.data() + field.size() || !std::isfinite(value)) {
      throw base::UserError(fmt::format("{}: '{}' is not a number; a row has five: {}", where, field, header));
    }
    values.push_back(value);
    begin = end + 1;
  }
  return values;
}

/// Row below a conductance, and its position between this row and the next (0 to 1).
struct Place {
  std::size_t row;
  float share;
};

Place place(const std::vector<DeviceTableRow>& table, float conductance) {
  std::size_t row = 0;
  while (row + 2 < table.size() && static_cast<double>(conductance) > table[row + 1].conductance_us) ++row;
  const double width = table[row + 1].conductance_us - table[row].conductance_us;
  return {row, static_cast<float>(std::clamp((static_cast<double>(conductance) - table[row].conductance_us) / width, 0.0, 1.0))};
}

float between(const std::vector<DeviceTableRow>& table, const Place& at, double DeviceTableRow::*field) {
  const auto low = static_cast<float>(table[at.row].*field);
  const auto high = static_cast<float>(table[at.row + 1].*field);
  return low + at.share * (high - low);
}

}  // namespace

std::vector<DeviceTableRow> read_device_table(const std::string& path) {
  std::istringstream lines(base::read_file(path));
  std::string line;
  std::getline(lines, line);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  if (line != header) throw base::UserError(fmt::format("{}:1: the first line of a device table is '{}', not '{}'", path, header, line));
  std::vector<DeviceTableRow> table;
  for (int number = 2; std::getline(lines, line); ++number) {
    if (line.empty() || line == "\r") continue;
    const std::string where = fmt::format("{}:{}", path, number);
    const auto values = numbers(line, where);
    if (values.size() != 5) throw base::UserError(fmt::format("{}: {} fields; a row has five: {}", where, values.size(), header));
    const DeviceTableRow row{values[0], values[1], values[2], values[3], values[4]};
    if (row.conductance_us < 0 || row.programming_sigma_us < 0 || row.drift_sd < 0 || row.read_sigma_us < 0) {
      throw base::UserError(fmt::format("{}: conductances and standard deviations cannot be negative", where));
    }
    if (!table.empty() && row.conductance_us <= table.back().conductance_us) {
      throw base::UserError(
          fmt::format("{}: conductances must increase from row to row; {} follows {}", where, row.conductance_us, table.back().conductance_us));
    }
    table.push_back(row);
  }
  if (table.size() < 2) throw base::UserError(fmt::format("{}: a device table needs at least two rows to interpolate between", path));
  return table;
}

TableDevice::TableDevice(const DeviceParameters& parameters) : Device(parameters.least_us, parameters.most_us), parameters_(parameters) {}

void TableDevice::program(std::span<const float> target, std::span<const float> error, std::span<const float> trait, std::span<float> first,
                          std::span<float> second) const {
  const auto programming = static_cast<float>(parameters_.programming_scale);
  const auto drift = static_cast<float>(parameters_.drift_scale);
  const auto& table = parameters_.table;
  for (std::size_t k = 0; k < target.size(); ++k) {
    const Place at = place(table, target[k]);
    first[k] = std::max(target[k] + programming * between(table, at, &DeviceTableRow::programming_sigma_us) * error[k], 0.0F);
    second[k] = drift * (between(table, at, &DeviceTableRow::drift_mean) + between(table, at, &DeviceTableRow::drift_sd) * trait[k]);
  }
}

void TableDevice::read(double seconds, std::span<const float> first, std::span<const float> second, std::span<float> conductance) const {
  const double t0 = parameters_.table_reference_s;
  const auto log_ratio = static_cast<float>(base::logarithm((seconds + t0) / t0));
  const auto scale = static_cast<float>(parameters_.read_scale);
  std::vector<float> now(first.size());
  for (std::size_t k = 0; k < now.size(); ++k) now[k] = -second[k] * log_ratio;
  base::exponentials(now);
  for (std::size_t k = 0; k < now.size(); ++k) {
    const float drifted = first[k] * now[k];
    const float sigma = between(parameters_.table, place(parameters_.table, drifted), &DeviceTableRow::read_sigma_us);
    conductance[k] = std::max(drifted + scale * sigma * conductance[k], 0.0F);
  }
}

}  // namespace mho::tiles
