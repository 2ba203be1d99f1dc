#include "tiles/wires/line_network.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/progress.h"

namespace mho::tiles {

LineNetwork::LineNetwork(const WireParameters& wires, int outputs, int inputs, std::span<const double> conductances)
    : outputs_(static_cast<std::size_t>(outputs)),
      inputs_(static_cast<std::size_t>(inputs)),
      input_ohm_(wires.input_ohm),
      output_ohm_(wires.output_ohm),
      source_ohm_(wires.input_ohm + wires.driver_ohm),
      ground_ohm_(wires.output_ohm + wires.sense_ohm),
      g_(conductances.begin(), conductances.end()),
      shrink_input_(g_.size()),
      shrink_output_(g_.size()) {
  for (std::size_t j = 0; j < inputs_; ++j) {
    double beyond = 0;  // conductance of the line's far part, seen through its segment
    for (std::size_t i = outputs_; i-- > 0;) {
      const double y = g_[at(i, j)] + beyond;
      shrink_input_[at(i, j)] = 1.0 / (1.0 + (i == 0 ? source_ohm_ : input_ohm_) * y);
      beyond = y * shrink_input_[at(i, j)];
    }
  }
  for (std::size_t i = 0; i < outputs_; ++i) {
    double beyond = 0;
    for (std::size_t j = 0; j < inputs_; ++j) {
      const double y = g_[at(i, j)] + beyond;
      shrink_output_[at(i, j)] = 1.0 / (1.0 + (j + 1 == inputs_ ? ground_ohm_ : output_ohm_) * y);
      beyond = y * shrink_output_[at(i, j)];
    }
  }
}

void LineNetwork::output_line(std::size_t i, const Lanes* injected, const Lanes& ground, Lanes* voltages) const {
  const double* shrink = shrink_output_.data() + i * inputs_;
  Lanes current{};
  for (std::size_t j = 0; j < inputs_; ++j) {
    for (std::size_t b = 0; b < wire_lanes; ++b) current[b] += injected[j][b];
    voltages[j] = current;  // replaced by the voltage below
    for (std::size_t b = 0; b < wire_lanes; ++b) current[b] *= shrink[j];
  }
  Lanes next = ground;
  for (std::size_t j = inputs_; j-- > 0;) {
    const double ohm = j + 1 == inputs_ ? ground_ohm_ : output_ohm_;
    for (std::size_t b = 0; b < wire_lanes; ++b) next[b] = (next[b] + ohm * voltages[j][b]) * shrink[j];
    voltages[j] = next;
  }
}

void LineNetwork::input_lines(const Field& u, Field& v, std::vector<Lanes>& into_sources) const {
  std::ranges::fill(into_sources, Lanes{});
  for (std::size_t i = outputs_; i-- > 0;) {
    for (std::size_t j = 0; j < inputs_; ++j) {
      const double g = g_[at(i, j)];
      const double shrink = shrink_input_[at(i, j)];
      const Lanes& here = u[at(i, j)];
      Lanes& current = into_sources[j];
      Lanes& kept = v[at(i, j)];
      for (std::size_t b = 0; b < wire_lanes; ++b) {
        const double sum = current[b] + g * here[b];
        kept[b] = sum;
        current[b] = sum * shrink;
      }
    }
  }
  for (std::size_t i = 0; i < outputs_; ++i) {
    const double ohm = i == 0 ? source_ohm_ : input_ohm_;
    for (std::size_t j = 0; j < inputs_; ++j) {
      const double shrink = shrink_input_[at(i, j)];
      Lanes& here = v[at(i, j)];
      const Lanes before = i == 0 ? Lanes{} : v[at(i - 1, j)];
      for (std::size_t b = 0; b < wire_lanes; ++b) here[b] = (before[b] + ohm * here[b]) * shrink;
    }
  }
}

namespace {

/// to += factor from, by lane.
void add_scaled(std::span<Lanes> to, const Lanes& factor, std::span<const Lanes> from) {
  for (std::size_t k = 0; k < to.size(); ++k) {
    for (std::size_t b = 0; b < wire_lanes; ++b) to[k][b] += factor[b] * from[k][b];
  }
}

}  // namespace

Lanes LineNetwork::precondition(const Field& residual, Field& z) const {
  const Lanes zero{};
  Lanes product{};
  for (std::size_t i = 0; i < outputs_; ++i) {
    const Lanes* r = residual.data() + i * inputs_;
    Lanes* to = z.data() + i * inputs_;
    output_line(i, r, zero, to);
    for (std::size_t j = 0; j < inputs_; ++j) {
      for (std::size_t b = 0; b < wire_lanes; ++b) product[b] += r[j][b] * to[j][b];
    }
  }
  return product;
}

void LineNetwork::conjugate_gradients(Field& residual, const Lanes& energy, Field* u, std::vector<Lanes>* into_sources) const {
  constexpr double tolerance = 1e-26;  // relative to the energy; the square root, 1e-13, bounds the error of currents
  constexpr int most_steps = 20000;    // lines that attenuate nearly all of a signal need thousands, real ones a few
  // Reused between right-hand sides: for small arrays, new memory pages would take as long as the arithmetic.
  thread_local Field z, p, ap, v;
  z.resize(residual.size());
  p.assign(residual.size(), Lanes{});
  ap.assign(residual.size(), Lanes{});
  v.resize(residual.size());
  std::vector<Lanes> flow(inputs_);
  Lanes before{};
  for (int step = 0; step < most_steps; ++step) {
    base::check_interrupt();
    const Lanes now = precondition(residual, z);
    bool done = true;
    Lanes turn{};
    for (std::size_t b = 0; b < wire_lanes; ++b) {
      done = done && now[b] <= tolerance * energy[b];
      turn[b] = before[b] > 0.0 ? now[b] / before[b] : 0.0;
    }
    if (done) return;
    before = now;
    for (std::size_t k = 0; k < p.size(); ++k) {
      for (std::size_t b = 0; b < wire_lanes; ++b) {
        p[k][b] = z[k][b] + turn[b] * p[k][b];
        ap[k][b] = residual[k][b] + turn[b] * ap[k][b];
      }
    }
    input_lines(p, v, flow);
    Lanes curvature{};
    for (std::size_t k = 0; k < p.size(); ++k) {
      const double g = g_[k];
      for (std::size_t b = 0; b < wire_lanes; ++b) {
        v[k][b] = ap[k][b] - g * v[k][b];
        curvature[b] += p[k][b] * v[k][b];
      }
    }
    Lanes length{}, back{};
    for (std::size_t b = 0; b < wire_lanes; ++b) {
      length[b] = curvature[b] > 0.0 ? now[b] / curvature[b] : 0.0;
      back[b] = -length[b];
    }
    add_scaled(residual, back, v);
    if (u != nullptr) add_scaled(*u, length, p);
    if (into_sources != nullptr) add_scaled(*into_sources, length, flow);
  }
  throw base::UserError(
      "the currents of a crossbar do not settle: its lines resist far more than its cells; lower the resistances of the lines or the conductances");
}

void LineNetwork::reciprocal_rows(int first, std::vector<Lanes>& rows) const {
  const auto begin = static_cast<std::size_t>(first);
  const std::size_t count = std::min(wire_lanes, outputs_ - begin);
  thread_local Field u, residual;
  u.assign(g_.size(), Lanes{});
  Lanes energy{};
  const std::vector<Lanes> nothing(inputs_, Lanes{});
  for (std::size_t b = 0; b < count; ++b) {
    Lanes ground{};
    ground[b] = 1.0;
    Lanes* line = u.data() + (begin + b) * inputs_;
    output_line(begin + b, nothing.data(), ground, line);
    for (std::size_t j = 0; j < inputs_; ++j) energy[b] += g_[at(begin + b, j)] * line[j][b];  // the current at 1 V
  }
  residual.resize(g_.size());
  rows.resize(inputs_);
  input_lines(u, residual, rows);
  for (std::size_t k = 0; k < residual.size(); ++k) {
    for (std::size_t b = 0; b < wire_lanes; ++b) residual[k][b] *= g_[k];
  }
  conjugate_gradients(residual, energy, nullptr, &rows);
}

std::vector<double> LineNetwork::forward(std::span<const double> voltages) const {
  // Only lane 0 is used. `driven`: voltages of the input lines from the sources alone, with the output lines at 0.
  std::vector<double> driven(g_.size());
  for (std::size_t i = 0; i < outputs_; ++i) {
    for (std::size_t j = 0; j < inputs_; ++j) driven[at(i, j)] = (i == 0 ? voltages[j] : driven[at(i - 1, j)]) * shrink_input_[at(i, j)];
  }
  const Lanes zero{};
  Field injected(g_.size(), Lanes{}), u(g_.size()), v(g_.size());
  Lanes energy{};
  for (std::size_t k = 0; k < g_.size(); ++k) injected[k][0] = g_[k] * driven[k];
  for (std::size_t i = 0; i < outputs_; ++i) output_line(i, injected.data() + i * inputs_, zero, u.data() + i * inputs_);
  for (std::size_t k = 0; k < g_.size(); ++k) energy[0] += injected[k][0] * u[k][0];
  std::vector<Lanes> flow(inputs_);
  input_lines(u, v, flow);
  Field residual(g_.size(), Lanes{});
  for (std::size_t k = 0; k < g_.size(); ++k) residual[k][0] = g_[k] * v[k][0];
  conjugate_gradients(residual, energy, &u, nullptr);
  input_lines(u, v, flow);
  std::vector<double> into_grounds(outputs_);
  for (std::size_t i = 0; i < outputs_; ++i) {
    double current = 0;
    for (std::size_t j = 0; j < inputs_; ++j) current = (current + g_[at(i, j)] * (driven[at(i, j)] + v[at(i, j)][0])) * shrink_output_[at(i, j)];
    into_grounds[i] = current;
  }
  return into_grounds;
}

}  // namespace mho::tiles
