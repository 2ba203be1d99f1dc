// Exact wire resistance: tables of an independent solver, closed forms, and a dense solution of the same circuit.
#include "tiles/wires/wires.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>

#include "base/error.h"
#include "tests/tiles/standard_tile.h"

namespace mho::tiles::test {
namespace {

/// Solves a x = b by elimination with pivots.
std::vector<double> solve(std::vector<std::vector<double>> a, std::vector<double> b) {
  const std::size_t n = b.size();
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k + 1; i < n; ++i) pivot = std::abs(a[i][k]) > std::abs(a[pivot][k]) ? i : pivot;
    std::swap(a[k], a[pivot]);
    std::swap(b[k], b[pivot]);
    for (std::size_t i = k + 1; i < n; ++i) {
      const double f = a[i][k] / a[k][k];
      for (std::size_t j = k; j < n; ++j) a[i][j] -= f * a[k][j];
      b[i] -= f * b[k];
    }
  }
  for (std::size_t k = n; k-- > 0;) {
    for (std::size_t j = k + 1; j < n; ++j) b[k] -= a[k][j] * b[j];
    b[k] /= a[k][k];
  }
  return b;
}

/// A circuit of resistors, fixed voltages and unknown nodes.
class Circuit {
 public:
  explicit Circuit(std::size_t nodes) : a_(nodes, std::vector<double>(nodes, 0.0)), b_(nodes, 0.0) {}
  void resistor(std::size_t p, std::size_t q, double siemens) {
    a_[p][p] += siemens;
    a_[q][q] += siemens;
    a_[p][q] -= siemens;
    a_[q][p] -= siemens;
  }
  void to_voltage(std::size_t p, double volts, double siemens) {
    a_[p][p] += siemens;
    b_[p] += siemens * volts;
  }
  [[nodiscard]] std::vector<double> voltages() const { return solve(a_, b_); }

 private:
  std::vector<std::vector<double>> a_;
  std::vector<double> b_;
};

std::vector<double> dense(const WireParameters& w, std::size_t m, std::size_t n, const std::vector<double>& g, const std::vector<double>& v) {
  Circuit circuit(2 * m * n);
  const bool shared = w.topology == WireParameters::Topology::input_source;
  const auto in = [&](std::size_t i, std::size_t j) { return i * n + j; };
  const auto out = [&](std::size_t i, std::size_t j) { return m * n + i * n + j; };
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      circuit.resistor(in(i, j), out(i, j), g[in(i, j)] * (shared ? 1.0 : v[j]));
      if (shared) {
        i == 0 ? circuit.to_voltage(in(i, j), v[j], 1 / (w.input_ohm + w.driver_ohm)) : circuit.resistor(in(i - 1, j), in(i, j), 1 / w.input_ohm);
      } else {
        j == 0 ? circuit.to_voltage(in(i, j), 1.0, 1 / (w.input_ohm + w.driver_ohm)) : circuit.resistor(in(i, j - 1), in(i, j), 1 / w.input_ohm);
      }
      if (j > 0) circuit.resistor(out(i, j - 1), out(i, j), 1 / w.output_ohm);
    }
    circuit.to_voltage(out(i, n - 1), 0.0, 1 / (w.output_ohm + w.sense_ohm));
  }
  const auto u = circuit.voltages();
  std::vector<double> result(m);
  for (std::size_t i = 0; i < m; ++i) result[i] = u[out(i, n - 1)] / (w.output_ohm + w.sense_ohm);
  return result;
}

std::vector<double> random_values(std::size_t count, std::uint32_t which, double low, double high) {
  std::vector<float> draw(count);
  base::RandomStream(base::StreamKey{.seed = 11, .purpose = base::Purpose::data, .node = which}).uniforms({}, 0, draw);
  std::vector<double> values;
  for (const float u : draw) values.push_back(low + (high - low) * static_cast<double>(u));
  return values;
}

std::vector<double> times(const std::vector<double>& matrix, const std::vector<double>& v) {
  std::vector<double> y(matrix.size() / v.size(), 0.0);
  for (std::size_t i = 0; i < y.size(); ++i) {
    for (std::size_t j = 0; j < v.size(); ++j) y[i] += matrix[i * v.size() + j] * v[j];
  }
  return y;
}

void expect_near(const std::vector<double>& ours, const std::vector<double>& theirs, double relative) {
  double largest = 0;
  for (const double i : theirs) largest = std::max(largest, std::abs(i));
  ASSERT_EQ(ours.size(), theirs.size());
  for (std::size_t i = 0; i < ours.size(); ++i) EXPECT_NEAR(ours[i], theirs[i], relative * largest) << "output " << i;
}

TEST(Wires, OneCellIsASeriesOfResistances) {
  const WireParameters w{.input_ohm = 3, .output_ohm = 5, .driver_ohm = 7, .sense_ohm = 11};
  const std::vector<double> g{1e-2}, v{0.4};
  EXPECT_NEAR(currents(w, 1, 1, g, v)[0], 0.4 / (100 + 3 + 5 + 7 + 11), 1e-16);
  EXPECT_NEAR(effective_matrix(w, 1, 1, g, 1)[0], 1.0 / (100 + 3 + 5 + 7 + 11), 1e-16);
}

TEST(Wires, OneOutputLineByHand) {
  // Two cells of 1 kohm on ideal input lines; output segments of 100 ohm. The ladder: cell 0 through 100 ohm beside cell 1, then 100 ohm to ground.
  const WireParameters w{.input_ohm = 0, .output_ohm = 100};
  const std::vector<double> g{1e-3, 1e-3}, v{1.0, 0.0};
  const double parallel = 1 / (1 / 1000.0 + 1 / 100.0);  // what hangs on node 1 beside the source's branch: cell 1 to 0 V and the ground segment
  const double into = 1.0 / (1000.0 + 100.0 + parallel);
  EXPECT_NEAR(currents(w, 1, 2, g, v)[0], into * 1000.0 / 1100.0, 1e-15);
}

TEST(Wires, WithoutResistanceItIsTheProduct) {
  const auto g = random_values(9 * 7, 1, 0, 25e-6);
  const auto v = random_values(7, 2, -0.2, 0.2);
  expect_near(currents({}, 9, 7, g, v), times(g, v), 1e-14);
  expect_near(effective_matrix({}, 9, 7, g, 1), g, 1e-14);
}

TEST(Wires, EqualsADenseSolutionOfTheCircuit) {
  const auto v = random_values(5, 3, -0.2, 0.2);
  for (const auto& [low, high] : {std::pair{0.0, 25e-6}, {0.0, 1e-2}, {1e-3, 1e-1}}) {
    const auto g = random_values(11 * 5, 4, low, high);
    for (const WireParameters& w : {WireParameters{.input_ohm = 1, .output_ohm = 2, .driver_ohm = 30, .sense_ohm = 40},
                                    WireParameters{.input_ohm = 1e-3, .output_ohm = 50, .driver_ohm = 0, .sense_ohm = 0},
                                    WireParameters{.input_ohm = 80, .output_ohm = 1e-2, .driver_ohm = 5, .sense_ohm = 0}}) {
      const auto exact = dense(w, 11, 5, g, v);
      expect_near(currents(w, 11, 5, g, v), exact, 1e-9);
      expect_near(times(effective_matrix(w, 11, 5, g, 1), v), exact, 1e-9);
    }
  }
}

TEST(Wires, LinesMayBeIdealOneByOne) {
  const auto g = random_values(10 * 6, 5, 0, 1e-3);
  const auto v = random_values(6, 6, 0, 0.2);
  constexpr double next_to_nothing = 1e-6;  // where the dense solution needs a number
  for (int which = 0; which < 16; ++which) {
    const auto ohm = [&](int bit, double value) { return (which >> bit) % 2 == 0 ? value : 0.0; };
    const WireParameters w{.input_ohm = ohm(0, 4), .output_ohm = ohm(1, 5), .driver_ohm = ohm(2, 20), .sense_ohm = ohm(3, 10)};
    WireParameters dense_w = w;
    dense_w.input_ohm = std::max(w.input_ohm, next_to_nothing);
    dense_w.output_ohm = std::max(w.output_ohm, next_to_nothing);
    const auto exact = dense(dense_w, 10, 6, g, v);
    expect_near(currents(w, 10, 6, g, v), exact, 1e-6);
    expect_near(times(effective_matrix(w, 10, 6, g, 1), v), exact, 1e-6);
  }
}

TEST(Wires, SeparateSourceLinesEqualADenseSolution) {
  const auto v = random_values(7, 7, 0, 1);
  for (const double high : {25e-6, 1e-2}) {
    const auto g = random_values(4 * 7, 8, 0, high);
    const WireParameters w{.input_ohm = 2, .output_ohm = 3, .driver_ohm = 5, .sense_ohm = 7, .topology = WireParameters::Topology::separate_source};
    expect_near(currents(w, 4, 7, g, v), dense(w, 4, 7, g, v), 1e-10);
  }
  const WireParameters ideal_lines{.driver_ohm = 5, .sense_ohm = 7, .topology = WireParameters::Topology::separate_source};
  const std::vector<double> g{1e-3, 2e-3}, open{1, 0.5};
  EXPECT_NEAR(currents(ideal_lines, 1, 2, g, open)[0], 2e-3 / (1 + 12 * 2e-3), 1e-15);
  const std::vector<double> closed{0, 0};
  EXPECT_EQ(currents(ideal_lines, 1, 2, g, closed)[0], 0.0);
}

TEST(Wires, SourcesAndGroundsMayChangePlaces) {
  // Reciprocity: the same circuit turned round, its grounds now the sources, conducts the same from every end to every other.
  constexpr std::size_t m = 13, n = 10;
  const auto g = random_values(m * n, 13, 0, 1e-2);
  const WireParameters w{.input_ohm = 3, .output_ohm = 8, .driver_ohm = 20, .sense_ohm = 5};
  const WireParameters turned{.input_ohm = w.output_ohm, .output_ohm = w.input_ohm, .driver_ohm = w.sense_ohm, .sense_ohm = w.driver_ohm};
  const auto turn = [](const std::vector<double>& matrix) {
    std::vector<double> result(matrix.size());
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t j = 0; j < n; ++j) result[(n - 1 - j) * m + (m - 1 - i)] = matrix[i * n + j];
    }
    return result;
  };
  expect_near(effective_matrix(turned, n, m, turn(g), 1), turn(effective_matrix(w, m, n, g, 1)), 1e-12);
}

TEST(Wires, NothingFlowsWhereNothingConducts) {
  auto g = random_values(10 * 6, 14, 0, 1e-3);
  std::fill_n(g.begin() + 6 * 4, 6, 0.0);                   // an output without cells
  for (std::size_t i = 0; i < 10; ++i) g[i * 6 + 2] = 0.0;  // an input without cells
  const WireParameters w{.input_ohm = 4, .output_ohm = 5, .driver_ohm = 20, .sense_ohm = 10};
  const auto v = random_values(6, 15, -0.2, 0.2);
  const auto matrix = effective_matrix(w, 10, 6, g, 1);
  expect_near(times(matrix, v), dense(w, 10, 6, g, v), 1e-10);
  for (std::size_t j = 0; j < 6; ++j) EXPECT_EQ(matrix[4 * 6 + j], 0.0);
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(matrix[i * 6 + 2], 0.0);
  const std::vector<double> none(10 * 6, 0.0);
  EXPECT_EQ(effective_matrix(w, 10, 6, none, 1), none);
  EXPECT_EQ(currents(w, 10, 6, none, v), std::vector<double>(10, 0.0));
}

TEST(Wires, LinesThatLoseNearlyEverythingAreSolvedToo) {
  // Hundreds to thousands of steps; the dense solution loses digits of its own.
  const auto g = random_values(48 * 40, 16, 0, 1e-1);
  const auto v = random_values(40, 17, -0.2, 0.2);
  const WireParameters w{.input_ohm = 1e4, .output_ohm = 1e4};
  const auto one_by_one = currents(w, 48, 40, g, v);
  expect_near(times(effective_matrix(w, 48, 40, g, 2), v), one_by_one, 1e-9);
}

TEST(Wires, ThreadsDoNotChangeABit) {
  const auto g = random_values(45 * 30, 9, 0, 25e-6);
  const WireParameters w{.input_ohm = 4, .output_ohm = 4};
  EXPECT_EQ(effective_matrix(w, 45, 30, g, 1), effective_matrix(w, 45, 30, g, 3));
}

TEST(Wires, RefusesWhatHasNoMeaning) {
  const std::vector<double> v{0.1, 0.2};
  const auto refused = [](const auto& call, const std::string& part) {
    try {
      call();
      ADD_FAILURE() << "accepted: " << part;
    } catch (const base::UserError& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr(part));
    }
  };
  const std::vector<double> good{1e-6, 1e-6, 1e-6, 1e-6}, negative{1e-6, 1e-6, 1e-6, -1e-6}, nan{1e-6, std::nan(""), 1e-6, 1e-6};
  refused([&] { static_cast<void>(currents({}, 2, 2, negative, v)); }, "output 1, input 1");
  refused([&] { static_cast<void>(effective_matrix({}, 2, 2, nan, 1)); }, "output 0, input 1");
  refused([&] { static_cast<void>(currents({.input_ohm = -1}, 2, 2, good, v)); }, "input line");
  const std::vector<double> infinite{0.1, std::numeric_limits<double>::infinity()}, below{-0.1, 0.2};
  refused([&] { static_cast<void>(currents({}, 2, 2, good, infinite)); }, "voltage of input 1");
  const WireParameters gates{.topology = WireParameters::Topology::separate_source};
  refused([&] { static_cast<void>(currents(gates, 2, 2, good, below)); }, "input 0");
  refused([&] { static_cast<void>(effective_matrix(gates, 2, 2, good, 1)); }, "not linear");
}

TEST(Wires, TheTileReadsItsWeightsThroughThem) {
  const std::vector<float> w{1.0F, 0.5F, -0.25F, 0.75F, -1.0F, 0.1F}, x{0.3F, -0.6F, 0.9F};
  const std::vector<std::string> exact{"tile.wires.kind=exact", "tile.wires.input=2000 ohm", "tile.wires.output=3000 ohm",
                                       "tile.wires.driver=500 ohm", "tile.wires.sense=700 ohm"};
  const WireParameters circuit{.input_ohm = 2000, .output_ohm = 3000, .driver_ohm = 500, .sense_ohm = 700};
  for (const bool first : {true, false}) {
    AnalogMatrix matrix(tile(with(ideal(), with(exact, {first ? "tile.wires.sense_end=first" : "tile.wires.sense_end=last"}))),
                        default_layout("fc", 3, 2, 1, 8, 8, 0), w, {}, {}, 1, 0);
    matrix.set_time(0, 0);
    std::vector<float> y(2);
    matrix.forward(x, events(1), y);
    std::vector<double> plus, minus, v;
    for (std::size_t i = 0; i < 2; ++i) {
      for (std::size_t j = 0; j < 3; ++j) {
        const double weight = static_cast<double>(w[i * 3 + (first ? 2 - j : j)]);
        plus.push_back(25e-6 * std::max(weight, 0.0));
        minus.push_back(25e-6 * std::max(-weight, 0.0));
      }
    }
    for (std::size_t j = 0; j < 3; ++j) v.push_back(static_cast<double>(x[first ? 2 - j : j]));
    const auto i_plus = dense(circuit, 2, 3, plus, v), i_minus = dense(circuit, 2, 3, minus, v);
    for (std::size_t i = 0; i < 2; ++i) EXPECT_NEAR(y[i], (i_plus[i] - i_minus[i]) / 25e-6, 1e-6);
  }
}

TEST(Wires, SmallResistanceAgreesWithTheApproximation) {
  // The same end, sign, profile and size: 0.07 ohm at 25 uS is the standard ratio. Dense positive weights, so that the drop is what counts.
  constexpr int n = 64;
  std::vector<float> w(n * n), x(n, 1.0F);
  for (std::size_t k = 0; k < w.size(); ++k) w[k] = 0.2F + 0.1F * std::sin(static_cast<float>(k));
  const auto drop = [&](const std::vector<std::string>& set) {
    AnalogMatrix matrix(tile(with(ideal(), set)), default_layout("fc", n, n, 1, n, n, 0), w, {}, {}, 1, 0);
    matrix.set_time(0, 0);
    std::vector<float> y(n), exact(n);
    matrix.forward(x, events(1), y);
    FloatMatrix(n, n, w, {}).forward(x, 1, exact);
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += static_cast<double>(1 - y[i] / exact[i]) / n;
    return sum;
  };
  const double approximate = drop({"tile.ir_drop.scale=1"});
  const double exact = drop({"tile.wires.kind=exact", "tile.wires.input=0", "tile.wires.output=0.07"});
  EXPECT_NEAR(exact / approximate, 1.0, 0.1);
}

/// By case: size, resistances, inputs, exact currents.
struct TableCase {
  int outputs = 0, inputs = 0;
  std::string kind;
  WireParameters wires;
  std::vector<double> exact;
};

TEST(WiresData, EveryRowOfTheTable) {
  const char* folder = std::getenv("MHO_REFERENCE");
  if (folder == nullptr) GTEST_SKIP() << "MHO_REFERENCE is not set";
  std::ifstream file(std::string(folder) + "/parasitics/nodal_currents.csv");
  std::string line;
  std::getline(file, line);
  std::map<int, TableCase> cases;
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::array<std::string, 9> field;
    for (std::string& f : field) std::getline(fields, f, ',');
    TableCase& c = cases[std::stoi(field[0])];
    c.outputs = std::stoi(field[1]);
    c.inputs = std::stoi(field[2]);
    c.kind = field[3];
    c.wires = {.input_ohm = std::stod(field[4]), .output_ohm = std::stod(field[5])};
    c.exact.push_back(std::stod(field[8]));
  }
  ASSERT_GT(cases.size(), 3U);
  for (const auto& [number, c] : cases) {
    std::vector<double> g, v;
    for (int i = 0; i < c.outputs; ++i) {
      for (int j = 0; j < c.inputs; ++j) g.push_back(1e-7 + (1e-5 - 1e-7) * std::abs(std::sin(0.37 * i + 1.13 * j)));
    }
    for (int j = 0; j < c.inputs; ++j) {
      v.push_back(0.2 * (c.kind == "pos" ? 0.5 + 0.5 * std::sin(0.71 * j + 0.2) : c.kind == "signed" ? std::cos(0.21 * j) : 1.0));
    }
    SCOPED_TRACE(number);
    expect_near(currents(c.wires, c.outputs, c.inputs, g, v), c.exact, 1e-8);
    expect_near(times(effective_matrix(c.wires, c.outputs, c.inputs, g, 2), v), c.exact, 1e-8);
  }
}

/// The circuit as a netlist for a simulator of its own, where one is installed.
TEST(Wires, EqualsACircuitSimulator) {
  if (std::system("command -v ngspice > /dev/null 2>&1") != 0) GTEST_SKIP() << "ngspice is not installed";
  constexpr std::size_t m = 8, n = 8;
  const auto g = random_values(m * n, 10, 1e-7, 25e-6);
  const auto v = random_values(n, 12, -0.2, 0.2);
  const WireParameters w{.input_ohm = 40, .output_ohm = 60, .driver_ohm = 500, .sense_ohm = 300};
  const std::string netlist = testing::TempDir() + "/crossbar.cir";
  const std::string output = testing::TempDir() + "/crossbar.out";
  {
    std::ofstream file(netlist);
    file.precision(17);
    file << "crossbar\n.options numdgt=15 reltol=1e-12 abstol=1e-18 vntol=1e-15\n";
    for (std::size_t j = 0; j < n; ++j) {
      file << "Vs" << j << " s" << j << " 0 " << v[j] << "\nRs" << j << " s" << j << " i0_" << j << " " << w.input_ohm + w.driver_ohm << "\n";
    }
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        file << "Rc" << i << "_" << j << " i" << i << "_" << j << " o" << i << "_" << j << " " << 1 / g[i * n + j] << "\n";
        if (i > 0) file << "Ri" << i << "_" << j << " i" << i - 1 << "_" << j << " i" << i << "_" << j << " " << w.input_ohm << "\n";
        if (j > 0) file << "Ro" << i << "_" << j << " o" << i << "_" << j - 1 << " o" << i << "_" << j << " " << w.output_ohm << "\n";
      }
      file << "Rg" << i << " o" << i << "_" << n - 1 << " g" << i << " " << w.output_ohm + w.sense_ohm << "\nVg" << i << " g" << i << " 0 0\n";
    }
    file << ".control\nset numdgt=15\nop\n";
    for (std::size_t i = 0; i < m; ++i) file << "print i(vg" << i << ")\n";
    file << "quit 0\n.endc\n.end\n";
  }
  ASSERT_EQ(std::system(("ngspice -b " + netlist + " > " + output + " 2>&1").c_str()), 0);
  std::vector<double> simulated;
  std::ifstream file(output);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("i(vg")) simulated.push_back(std::stod(line.substr(line.find('=') + 1)));
  }
  expect_near(currents(w, m, n, g, v), simulated, 1e-9);
}

}  // namespace
}  // namespace mho::tiles::test
