#include "hw/spec/router_survey.h"

#include "base/elementary.h"

namespace mho::hw {

namespace {

/// A figure at 22 and 11 nm: at no flits (or channels), and per one of them.
struct Line {
  double base_22, slope_22, base_11, slope_11;
};

/// Through the points at 8 and 16 flits.
constexpr Line through(double at_8_of_22, double at_16_of_22, double at_8_of_11, double at_16_of_11) {
  return {2 * at_8_of_22 - at_16_of_22, (at_16_of_22 - at_8_of_22) / 8, 2 * at_8_of_11 - at_16_of_11, (at_16_of_11 - at_8_of_11) / 8};
}

double at_14_nm(const Line& line, double count) {
  const double at_22 = line.base_22 + line.slope_22 * count;
  const double at_11 = line.base_11 + line.slope_11 * count;
  const double share = base::logarithm(14.0 / 11.0) / base::logarithm(22.0 / 11.0);
  return at_11 * base::exponential(share * base::logarithm(at_22 / at_11));
}

}  // namespace

RouterCost router_survey(int flit_bits, int channels, int buffer_flits, int ports) {
  constexpr Line write_pj = through(0.4434, 0.6341, 0.137, 0.198);
  constexpr Line read_pj = through(0.3319, 0.5356, 0.09984, 0.1606);
  constexpr Line leakage_mw = through(6.466, 10.93, 1.938, 3.266);
  constexpr Line area_mm2 = through(0.007698, 0.01265, 0.003347, 0.005411);
  constexpr Line crossbar_pj{0.2725, 0, 0.08311, 0};
  // At 2 and 4 channels; a DSENT figure for the switch allocation of one flit.
  constexpr Line arbitration_pj{2 * 0.03728 - 0.0544, (0.0544 - 0.03728) / 2, 2 * 0.01125 - 0.01642, (0.01642 - 0.01125) / 2};
  constexpr double survey_bits = 64;
  constexpr double survey_ports = 5;
  const double width = flit_bits / survey_bits;
  const double wider = ports / survey_ports;
  const double flits = static_cast<double>(channels) * buffer_flits;
  RouterCost cost;
  cost.buffer_write = base::unit::picojoule * (width * at_14_nm(write_pj, flits));
  cost.buffer_read = base::unit::picojoule * (width * at_14_nm(read_pj, flits));
  cost.crossbar = base::unit::picojoule * (wider * width * at_14_nm(crossbar_pj, flits));
  cost.arbitration = base::unit::picojoule * (wider * at_14_nm(arbitration_pj, channels));
  cost.area = base::unit::square_millimetre * (wider * width * at_14_nm(area_mm2, flits));
  cost.leakage = base::unit::milliwatt * (wider * width * at_14_nm(leakage_mw, flits));
  return cost;
}

}  // namespace mho::hw
