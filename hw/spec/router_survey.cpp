#include "hw/spec/router_survey.h"

#include <array>
#include <cstddef>

#include "base/elementary.h"
#include "periphery/technology/scaling.h"

namespace mho::hw {

namespace {

constexpr std::array survey_nodes{11.0, 22.0, 32.0, 45.0};
using AtNodes = std::array<double, survey_nodes.size()>;

/// A value for each node, at two numbers of flits or channels.
struct Line {
  double first, second;
  AtNodes at_first, at_second;
};

/// Log-log interpolation between the two nearest nodes; beyond the outer ones the line is extended.
double at_node(const AtNodes& figures, double node_nm) {
  std::size_t above = 1;
  while (above + 1 < survey_nodes.size() && survey_nodes.at(above) < node_nm) ++above;
  const double share = base::logarithm(node_nm / survey_nodes.at(above - 1)) / base::logarithm(survey_nodes.at(above) / survey_nodes.at(above - 1));
  return figures.at(above - 1) * base::exponential(share * base::logarithm(figures.at(above) / figures.at(above - 1)));
}

double at(const Line& line, double count, double node_nm) {
  AtNodes figures{};
  for (std::size_t i = 0; i < figures.size(); ++i) {
    const double slope = (line.at_second.at(i) - line.at_first.at(i)) / (line.second - line.first);
    figures.at(i) = line.at_first.at(i) - slope * line.first + slope * count;
  }
  return at_node(figures, node_nm);
}

/// Square of the ratio of the supply to the nominal supply of the node.
double by_supply(const periphery::Technology& technology) {
  const double ratio = technology.vdd_v / periphery::nominal_vdd(technology.node_nm);
  return ratio * ratio;
}

}  // namespace

RouterCost router_survey(int flit_bits, int channels, int buffer_flits, int ports, const periphery::Technology& technology) {
  constexpr Line write_pj{8, 16, {0.137, 0.4434, 0.9251, 1.677}, {0.198, 0.6341, 1.327, 2.404}};
  constexpr Line read_pj{8, 16, {0.09984, 0.3319, 0.7198, 1.31}, {0.1606, 0.5356, 1.172, 2.135}};
  constexpr Line leakage_mw{8, 16, {1.938, 6.466, 7.566, 8.883}, {3.266, 10.93, 12.75, 14.95}};
  constexpr Line area_mm2{8, 16, {0.003347, 0.007698, 0.01976, 0.03187}, {0.005411, 0.01265, 0.03111, 0.05251}};
  constexpr AtNodes crossbar_pj{0.08311, 0.2725, 0.5914, 1.074};
  // At 2 and 4 channels: the switch allocation of one flit by DSENT.
  constexpr Line arbitration_pj{2, 4, {0.01125, 0.03728, 0.08099, 0.1472}, {0.01642, 0.0544, 0.1182, 0.2148}};
  constexpr double survey_bits = 64;
  constexpr double survey_ports = 5;
  const double width = flit_bits / survey_bits;
  const double wider = ports / survey_ports;
  const double flits = static_cast<double>(channels) * buffer_flits;
  const double node = technology.node_nm, supply = by_supply(technology);
  periphery::Technology low;  // technology of the survey
  low.node_nm = node;
  low.vdd_v = periphery::nominal_vdd(node);
  low.threshold = periphery::Threshold::low;
  const double leakage = periphery::leakage_factor(technology) / periphery::leakage_factor(low);
  RouterCost cost;
  cost.buffer_write = base::unit::picojoule * (supply * width * at(write_pj, flits, node));
  cost.buffer_read = base::unit::picojoule * (supply * width * at(read_pj, flits, node));
  cost.crossbar = base::unit::picojoule * (supply * wider * width * at_node(crossbar_pj, node));
  cost.arbitration = base::unit::picojoule * (supply * wider * at(arbitration_pj, channels, node));
  cost.area = base::unit::square_millimetre * (wider * width * at(area_mm2, flits, node));
  cost.leakage = base::unit::milliwatt * (leakage * wider * width * at(leakage_mw, flits, node));
  return cost;
}

base::Energy link_survey(const periphery::Technology& technology) {
  constexpr AtNodes picojoule{0.0132, 0.0235, 0.032, 0.040};
  return base::unit::picojoule * (at_node(picojoule, technology.node_nm) * by_supply(technology));
}

}  // namespace mho::hw
