#include "periphery/converters/adc_models.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include "periphery/technology/scaling.h"

namespace mho::periphery {

namespace {

constexpr double picojoule = base::unit::picojoule.si(), femtojoule = base::unit::femtojoule.si();
constexpr double square_micrometre = base::unit::square_micrometre.si();
/// Generic models give 0.25 to 3.5 times the value of single designs (Andrulis et al., arXiv 2404.06553): 90 % within a factor of 3.5.
constexpr double generic_spread = 0.76;

void check_bits(AdcEstimate& estimate, std::string_view kind, int bits, int least, int most) {
  if (bits >= least && bits <= most) return;
  estimate.outside.push_back(
      fmt::format("tile.adc.bits: {} is outside the {} to {} bits that the converter model '{}' was made for", bits, least, most, kind));
}

double hurry(const AdcEstimate& estimate, const AdcTask& task) { return sizing(estimate.least_time.si() / task.conversion_time.si()); }

AdcEstimate of_survey(const AdcTask& task, const Technology& technology) {
  constexpr int fewest = 4, most = 12;
  AdcEstimate estimate;
  estimate.cost = adc_survey(technology.node_nm, base::Frequency(1 / task.conversion_time.si()), std::max(task.bits, fewest));
  if (task.bits < fewest) {
    const double smaller = std::exp2((task.bits - fewest) / 2.0);
    estimate.cost.energy *= smaller;
    estimate.cost.area *= smaller;
  }
  const double supply = technology.vdd_v / nominal_vdd(technology.node_nm);
  estimate.cost.energy *= supply * supply;
  estimate.least_time = gate_delay(technology) * 10.0;
  check_bits(estimate, "survey", task.bits, fewest, most);
  return estimate;
}

AdcEstimate of_sar(const AdcTask& task, const Technology& technology) {
  constexpr double comparison_fj = 30, logic_fj = 15, unit_ff = 0.5, gates_a_comparison = 10;
  constexpr double fixed_um2 = 150, comparator_um2 = 40, unit_um2 = 2;
  const double codes = std::exp2(task.bits);
  AdcEstimate estimate;
  estimate.least_time = gate_delay(technology) * (gates_a_comparison * (task.bits + 1));
  const double logic = logic_energy(technology, reference_nm, reference_v), analog = analog_energy(technology, reference_nm, reference_v);
  const double capacitors = codes * unit_ff * technology.vdd_v * technology.vdd_v;
  estimate.cost.energy =
      base::Energy(((comparison_fj * analog + logic_fj * logic) * (task.bits + 1) * hurry(estimate, task) + capacitors) * femtojoule);
  estimate.cost.area = base::Area((fixed_um2 + comparator_um2 + unit_um2 * codes) * square_micrometre * analog_area(technology, reference_nm));
  check_bits(estimate, "sar", task.bits, 2, 12);
  return estimate;
}

AdcEstimate of_flash(const AdcTask& task, const Technology& technology) {
  constexpr double comparison_fj = 30, comparator_um2 = 40, gates = 10;
  const double comparators = std::exp2(task.bits) - 1;
  AdcEstimate estimate;
  estimate.least_time = gate_delay(technology) * gates;
  estimate.cost.energy =
      base::Energy(comparators * comparison_fj * femtojoule * analog_energy(technology, reference_nm, reference_v) * hurry(estimate, task));
  estimate.cost.area = base::Area(comparators * comparator_um2 * square_micrometre * analog_area(technology, reference_nm));
  check_bits(estimate, "flash", task.bits, 1, 6);
  return estimate;
}

/// Converters that count the steps of a ramp or the pulses of an oscillator.
AdcEstimate counting(const AdcTask& task, const Technology& technology, double step_fj, double base_um2, base::Duration step) {
  constexpr double counter_um2 = 12;
  const double codes = std::exp2(task.bits);
  AdcEstimate estimate;
  estimate.least_time = step * codes;
  estimate.cost.energy = base::Energy(codes * step_fj * femtojoule * logic_energy(technology, reference_nm, reference_v) * hurry(estimate, task));
  estimate.cost.area = base::Area((base_um2 + counter_um2 * task.bits) * square_micrometre * analog_area(technology, reference_nm));
  return estimate;
}

AdcEstimate of_ramp(const AdcTask& task, const Technology& technology) {
  constexpr double step_fj = 4, base_um2 = 60, gates = 2;
  AdcEstimate estimate = counting(task, technology, step_fj, base_um2, gate_delay(technology) * gates);
  check_bits(estimate, "ramp", task.bits, 2, 10);
  return estimate;
}

AdcEstimate of_cco(const AdcTask& task, const Technology& technology) {
  constexpr double step_fj = 20, base_um2 = 250, count_s = 300e-12;
  Technology reference;  // technology of the published converter
  const double slower = gate_delay(technology).si() / gate_delay(reference).si();
  AdcEstimate estimate = counting(task, technology, step_fj, base_um2, base::Duration(count_s * slower));
  check_bits(estimate, "cco", task.bits, 4, 12);
  return estimate;
}

/// A published converter: ISAAC (Shafiee et al., ISCA 2016), FORMS (Yuan et al., ISCA 2021), Newton (Nag et al., IEEE Micro 38(5):41 (2018)).
struct Part {
  std::string_view name;
  int bits;
  double rate_hz, pj, um2;  ///< at 32 nm and 0.9 V
};
constexpr std::array parts{Part{"isaac", 8, 1.28e9, 1.56, 1200}, Part{"forms", 4, 2.1e9, 0.226, 284}, Part{"newton", 9, 1.28e9, 2.58, 1500}};

AdcEstimate of_part(const Part& part, const AdcTask& task, const Technology& technology) {
  constexpr double part_nm = 32, part_v = 0.9, part_spread = 0.4;
  AdcEstimate estimate;
  estimate.cost.energy = base::Energy(part.pj * picojoule * logic_energy(technology, part_nm, part_v));
  estimate.cost.area = base::Area(part.um2 * square_micrometre * analog_area(technology, part_nm));
  Technology then;
  then.node_nm = part_nm;
  then.vdd_v = part_v;
  then.threshold = Threshold::standard;
  estimate.least_time = base::Duration(gate_delay(technology).si() / gate_delay(then).si() / part.rate_hz);
  if (task.bits != part.bits)
    estimate.outside.push_back(
        fmt::format("tile.adc.bits: the published converter '{}' has {} bits, the design {}", part.name, part.bits, task.bits));
  estimate.spread = {part_spread, part_spread, part_spread};
  return estimate;
}

AdcEstimate of_model(std::string_view kind, const AdcTask& task, const Technology& technology) {
  if (kind == "survey") return of_survey(task, technology);
  if (kind == "sar") return of_sar(task, technology);
  if (kind == "flash") return of_flash(task, technology);
  if (kind == "ramp") return of_ramp(task, technology);
  if (kind == "cco") return of_cco(task, technology);
  throw std::out_of_range(fmt::format("no converter model called '{}'", kind));
}

}  // namespace

std::vector<std::string> adc_kinds() {
  std::vector<std::string> kinds{"survey", "sar", "flash", "ramp", "cco"};
  for (const Part& part : parts) kinds.emplace_back(part.name);
  return kinds;
}

AdcEstimate adc_estimate(std::string_view kind, const AdcTask& task, const Technology& technology) {
  const auto part = std::ranges::find(parts, kind, &Part::name);
  AdcEstimate estimate = part != parts.end() ? of_part(*part, task, technology) : of_model(kind, task, technology);
  if (part == parts.end()) estimate.spread = {generic_spread, generic_spread, generic_spread};
  // Logic and comparators leak about as much as digital logic. The rest of the area is capacitors, bias and wires.
  constexpr double leaking_share = 0.2;
  estimate.leakage = logic_leakage(technology, estimate.cost.area * leaking_share);
  return estimate;
}

}  // namespace mho::periphery
