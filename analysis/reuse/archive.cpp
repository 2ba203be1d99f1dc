#include "analysis/reuse/archive.h"

#include <cereal/archives/binary.hpp>
#include <cereal/types/array.hpp>
#include <cereal/types/map.hpp>
#include <cereal/types/optional.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/vector.hpp>
#include <sstream>

#include "base/design_file/document.h"

// A structured binding names every member of a value, so that a new member causes an error of compilation until it is written too.
namespace cereal {

template <class Archive>
void save(Archive& archive, const mho::base::SimTime& time) {
  archive(time.femtoseconds());
}
template <class Archive>
void load(Archive& archive, mho::base::SimTime& time) {
  std::int64_t femtoseconds = 0;
  archive(femtoseconds);
  time = mho::base::SimTime::from_femtoseconds(femtoseconds);
}

template <class Archive>
void serialize(Archive& archive, mho::periphery::OutsideFormat& value) {
  auto& [a, b, c, d] = value;
  archive(a, b, c, d);
}
template <class Archive>
void serialize(Archive& archive, mho::tiles::MvmStatistics& value) {
  auto& [a, b, c, d, e, f, g, h, i, j] = value;
  archive(a, b, c, d, e, f, g, h, i, j);
}
template <class Archive>
void serialize(Archive& archive, mho::workloads::NodeStatistics& value) {
  auto& [a, b, c, d] = value;
  archive(a, b, c, d);
}
template <class Archive>
void serialize(Archive& archive, mho::workloads::AnalogAccuracy& value) {
  auto& [a, b, c, d] = value;
  archive(a, b, c, d);
}
template <class Archive>
void serialize(Archive& archive, mho::workloads::AnalogEvaluation& value) {
  auto& [a, b, c, d] = value;
  archive(a, b, c, d);
}

template <class Archive>
void serialize(Archive& archive, mho::workloads::ResultScales& value) {
  auto& [a, b] = value;
  archive(a, b);
}
template <class Archive>
void serialize(Archive& archive, mho::workloads::InputCalibration::Part& value) {
  auto& [a, b, c] = value;
  archive(a, b, c);
}
template <class Archive>
void serialize(Archive& archive, mho::workloads::InputCalibration& value) {
  auto& [a, b] = value;
  archive(a, b);
}

template <class Archive>
void serialize(Archive& archive, mho::hw::StageActivity& value) {
  auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q] = value;
  archive(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q);
}
template <class Archive>
void serialize(Archive& archive, mho::hw::UnitActivity& value) {
  auto& [a, b, c, d, e] = value;
  archive(a, b, c, d, e);
}
template <class Archive>
void serialize(Archive& archive, mho::hw::EdgeActivity& value) {
  auto& [a, b] = value;
  archive(a, b);
}
template <class Archive>
void serialize(Archive& archive, mho::hw::LinkActivity& value) {
  auto& [a, b, c, d] = value;
  archive(a, b, c, d);
}
template <class Archive>
void serialize(Archive& archive, mho::hw::RouterActivity& value) {
  auto& [a, b, c, d, e] = value;
  archive(a, b, c, d, e);
}
template <class Archive>
void serialize(Archive& archive, mho::hw::GateActivity& value) {
  auto& [a, b, c, d] = value;
  archive(a, b, c, d);
}
template <class Archive>
void serialize(Archive& archive, mho::hw::Activity& value) {
  auto& [a, b, c, d, e, f, g, h, i] = value;
  archive(a, b, c, d, e, f, g, h, i);
}
template <class Archive>
void serialize(Archive& archive, mho::hw::PhaseTime& value) {
  auto& [a, b, c] = value;
  archive(a, b, c);
}
template <class Archive>
void serialize(Archive& archive, mho::hw::SimulationResult& value) {
  auto& [a, b, c, d, e, f, g, h, i, j, k, l, m] = value;
  archive(a, b, c, d, e, f, g, h, i, j, k, l, m);
}
template <class Archive>
void serialize(Archive& archive, mho::analysis::LayerTime& value) {
  auto& [a, b, c, d, e, f, g, h, i] = value;
  archive(a, b, c, d, e, f, g, h, i);
}
template <class Archive>
void serialize(Archive& archive, mho::analysis::LayerTimes& value) {
  auto& [a, b, c] = value;
  archive(a, b, c);
}
template <class Archive>
void serialize(Archive& archive, mho::analysis::SimulatedChip& value) {
  auto& [a, b] = value;
  archive(a, b);
}

}  // namespace cereal

namespace mho::analysis {

namespace {

constexpr std::size_t hash_length = 16;

}  // namespace

template <class Kind>
std::string packed(const Kind& value) {
  std::ostringstream stream(std::ios::binary);
  {
    cereal::BinaryOutputArchive archive(stream);
    archive(value);
  }
  const std::string bytes = std::move(stream).str();
  return base::content_hash(bytes) + bytes;
}

template <class Kind>
std::optional<Kind> unpacked(const std::string& bytes) {
  if (bytes.size() < hash_length || base::content_hash(std::string_view(bytes).substr(hash_length)) != bytes.substr(0, hash_length))
    return std::nullopt;
  std::istringstream stream(bytes.substr(hash_length), std::ios::binary);
  Kind value{};
  cereal::BinaryInputArchive archive(stream);
  archive(value);
  return value;
}

template std::string packed(const double&);
template std::optional<double> unpacked(const std::string&);
template std::string packed(const workloads::InputCalibration&);
template std::optional<workloads::InputCalibration> unpacked(const std::string&);
template std::string packed(const workloads::AnalogEvaluation&);
template std::optional<workloads::AnalogEvaluation> unpacked(const std::string&);
template std::string packed(const SimulatedChip&);
template std::optional<SimulatedChip> unpacked(const std::string&);

}  // namespace mho::analysis
