// The product of a tile against its eleven steps, put together by hand for one vector with scalar sums, and single steps against their equations.
#include "tiles/mvm_steps.h"

#include <gtest/gtest.h>

#include <cmath>

#include "periphery/converters/quantiser.h"
#include "tests/tiles/standard_tile.h"
#include "tiles/cell_array.h"
#include "tiles/input_stage.h"
#include "tiles/scales.h"
#include "tiles/tile_array.h"

namespace mho::tiles::test {
namespace {

constexpr double seconds = 3600;
constexpr std::uint32_t time_index = 2;
constexpr std::uint64_t seed = 5;
constexpr float alpha = 0.75F;

/// What step 4 gives, one chain of fused multiply-adds for each output.
struct HandSums {
  std::vector<float> y, shaped, load, square;
  float norm = 0;
};

HandSums multiply(const PackedWeights& weights, std::span<const float> x, std::span<const float> profile) {
  const auto outputs = static_cast<std::size_t>(weights.outputs());
  HandSums sums{std::vector<float>(outputs), std::vector<float>(outputs), std::vector<float>(outputs), std::vector<float>(outputs)};
  for (std::size_t i = 0; i < outputs; ++i) {
    for (std::size_t j = 0; j < x.size(); ++j) {
      const float w = weights.at(static_cast<int>(j), static_cast<int>(i));
      sums.y[i] = std::fma(w, x[j], sums.y[i]);
      sums.shaped[i] = std::fma(w, x[j] * profile[j], sums.shaped[i]);
      sums.load[i] = std::fma(std::abs(w), std::abs(x[j]), sums.load[i]);
      sums.square[i] = std::fma(std::abs(w), x[j] * x[j], sums.square[i]);
    }
  }
  return sums;
}

/// A tile, and the same chip as parts that the test puts together.
struct Chip {
  TileParameters p;
  Block block;
  BlockIdentity identity{seed, base::hash_name("fc"), 0, 0, 3};
  std::size_t inputs, outputs;
  std::vector<float> scales, profile;
  std::vector<float> factors;
  std::vector<CellArray> slices;
  std::vector<periphery::Adc> adcs;
  ReadoutSpread spread;
  TileArray tile;

  Chip(const std::vector<std::string>& set, int inputs_, int outputs_)
      : p(test::tile(set)),
        block{.input_end = inputs_, .output_end = outputs_},
        inputs(static_cast<std::size_t>(inputs_)),
        outputs(static_cast<std::size_t>(outputs_)),
        profile(ir_drop_profile(p.wires, inputs)),
        spread(draw_readout_spread(p, outputs, stream(base::Purpose::offset, 0, 0, 0))),
        tile(p, block, weights(), inputs_, scale_unit(weights()), alpha, seed, identity.node, identity.programming) {
    const auto w = weights();
    scales = column_scales(p, block, w, inputs_, scale_unit(w));
    std::vector<float> scaled(w.size());
    for (std::size_t i = 0; i < outputs; ++i) {
      for (std::size_t j = 0; j < inputs; ++j) scaled[j * outputs + i] = std::clamp(w[i * inputs + j] / scales[i], -1.0F, 1.0F);
    }
    for (const SliceWeights& slice : slice_weights(p.coding, scaled)) {
      const auto index = static_cast<std::uint32_t>(slices.size());
      slices.emplace_back(p, make_device(p.device), identity, static_cast<int>(index), inputs_, outputs_, slice.weights, nullptr);
      slices.back().read(seconds, time_index);
      factors.push_back(slice.factor);
      const auto draws = stream(base::Purpose::converter, index, 0, 0);
      const auto event = [](int property) { return base::EventId{.phase = static_cast<std::uint8_t>(property)}; };
      adcs.emplace_back(p.adc, outputs,
                        periphery::StaticDraws{[&](int property, std::span<float> out) { draws.normals(event(property), 0, out); },
                                               [&](int property, std::span<float> out) { draws.uniforms(event(property), 0, out); }});
    }
    tile.set_time(seconds, time_index);
  }

  [[nodiscard]] base::RandomStream stream(base::Purpose purpose, std::uint32_t slice, std::uint32_t sign, std::uint32_t time) const {
    return base::RandomStream(identity.key(purpose, slice, sign, time));
  }
  [[nodiscard]] std::vector<float> drawn(base::Purpose purpose, std::uint32_t slice, std::uint32_t sign, const base::EventId& event,
                                         std::size_t count) const {
    std::vector<float> numbers(count);
    const auto from = stream(purpose, slice, sign, time_index);
    purpose == base::Purpose::rounding ? from.uniforms(event, 0, numbers) : from.normals(event, 0, numbers);
    return numbers;
  }
  [[nodiscard]] std::vector<float> weights() const {
    std::vector<float> w(inputs * outputs);
    base::RandomStream({.seed = 1, .purpose = base::Purpose::data}).normals({}, 0, w);
    return w;
  }

  /// Steps 6 to 10 of one row of one line: a slice, or behind the slices the negative weights of one.
  void read_out(HandSums& sums, std::uint32_t slice, const base::EventId& event) const {
    const ReadLoad load = p.read_noise == ReadNoise::pcm ? ReadLoad{sums.square, 0} : ReadLoad{{}, sums.norm};
    apply_offset_and_series_resistance(p.readout, spread.kept, sums.y);
    if (spread.curvature.empty() && spread.output_sigma.empty()) {
      auto numbers = drawn(base::Purpose::output, slice, 0, event, outputs);
      if (outputs <= base::RandomStream::short_length) {
        stream(base::Purpose::output, slice, 0, time_index).short_normals({&event, 1}, outputs, numbers);
      }
      add_read_and_output_noise(p.read_noise_scale, p.output_noise, load, numbers, sums.y);
    } else {
      add_read_noise(p.read_noise_scale, load, drawn(base::Purpose::read, slice, 0, event, outputs), sums.y);
      apply_s_curve(spread, sums.y);
      add_output_noise(p.output_noise, spread, drawn(base::Purpose::output, slice, 0, event, outputs), sums.y);
    }
    weaken_negative(p.readout.asymmetry, sums.y);
    const auto dither = drawn(base::Purpose::rounding, slice, 1, event, outputs);
    (void)adcs[slice % slices.size()].convert(sums.y, p.adc.stochastic_rounding ? std::span<const float>(dither) : std::span<const float>());
  }

  /// The eleven steps of one vector, in their order.
  [[nodiscard]] std::vector<float> by_hand(std::span<const float> x, const base::EventId& event) const {
    std::vector<float> vector(inputs);
    const float factor = apply_input_range(p, alpha, x, vector);  // 1
    const auto dither = drawn(base::Purpose::rounding, 0, 0, event, inputs);
    convert_inputs(p, vector, p.dac.stochastic_rounding ? std::span<const float>(dither) : std::span<const float>());  // 2
    const auto phases = static_cast<std::size_t>(p.dac.phases()), readouts = static_cast<std::size_t>(p.dac.driven_vectors());
    std::vector<std::vector<float>> driven(readouts, std::vector<float>(inputs));
    std::vector<base::EventId> events(readouts, event);
    for (std::size_t r = 0; r < readouts; ++r) {
      events[r].pass = static_cast<std::uint8_t>(r / phases);
      events[r].phase = static_cast<std::uint8_t>(r % phases);
      select_readout(p.dac, vector, r, driven[r]);
      const auto noise = drawn(base::Purpose::input, 0, 0, events[r], inputs);
      add_input_noise(p, p.dac.input_noise > 0 ? std::span<const float>(noise) : std::span<const float>(), driven[r]);  // 3
    }
    const bool analog_sum = p.dac.passes == periphery::InputPasses::two_analog;
    const std::size_t lines = slices.size() * (p.dac.splits_weights() ? 2 : 1);
    const auto bit_weight = [&](std::size_t bit) {
      const float weight = phases == 1 ? 1.0F : 1.0F / periphery::Quantiser::largest_code(*p.dac.bits) * static_cast<float>(1U << bit);
      return p.dac.twos_complement && bit + 1 == phases ? -weight : weight;
    };
    std::vector<float> total(outputs, 0.0F);
    for (std::size_t s = 0; s < lines; ++s) {
      const bool positive = s < slices.size();
      const float line_factor = positive ? factors[s] : -factors[s - slices.size()];
      std::vector<HandSums> rows;
      for (std::size_t r = 0; r < readouts; ++r) {
        rows.push_back(multiply(positive ? slices[s].weights() : slices[s - slices.size()].negative_weights(), driven[r], profile));  // 4
        rows[r].norm = square_norm(driven[r]);
        if (p.wires.kind == Wires::Kind::approximate) subtract_ir_drop(p.wires, inputs, rows[r].shaped, rows[r].load, rows[r].y);  // 5
      }
      for (std::size_t r = analog_sum ? phases : 0; r < readouts; ++r) {
        for (std::size_t i = 0; analog_sum && i < outputs; ++i) {
          rows[r].y[i] += rows[r - phases].y[i];
          rows[r].square[i] += rows[r - phases].square[i];
        }
        if (analog_sum) rows[r].norm += rows[r - phases].norm;
        if (p.dac.sums_bits) {
          const float weight = bit_weight(r % phases);
          for (std::size_t i = 0; i < outputs; ++i) {
            rows[r].y[i] = rows[r].y[i] * weight + (r % phases > 0 ? rows[r - 1].y[i] : 0.0F);
            if (!rows[r].square.empty()) rows[r].square[i] = rows[r].square[i] * (weight * weight) + (r % phases > 0 ? rows[r - 1].square[i] : 0.0F);
          }
          rows[r].norm = rows[r].norm * (weight * weight) + (r % phases > 0 ? rows[r - 1].norm : 0.0F);
          if (r % phases + 1 < phases) continue;
        }
        read_out(rows[r], static_cast<std::uint32_t>(s), events[r]);  // 6 to 10
        if (readouts == 1 && lines == 1) {
          total = rows[r].y;
          continue;
        }
        shift_and_add(line_factor * (p.dac.sums_bits ? 1.0F : bit_weight(r % phases)), false, rows[r].y, total);  // 11
      }
    }
    for (float& v : total) v *= factor;
    std::vector<float> output_scales;
    const float range = p.input_range.is_static() ? alpha : 1.0F;
    for (const float gamma : scales) output_scales.push_back(range * gamma * tile.compensation());
    scale_outputs(output_scales, p.digital, true, total);
    return total;
  }

  /// The same vector through the tile, among others before and behind it.
  void expect_bits(const std::string& what) const {
    constexpr std::size_t vectors = 3;
    std::vector<float> x(vectors * inputs), y(vectors * outputs, 0.0F);
    base::RandomStream({.seed = 2, .purpose = base::Purpose::data}).uniforms({}, 0, x);
    for (float& v : x) v = 2.0F * v - 1.0F;
    const auto ids = events(vectors);
    ASSERT_TRUE(tile.accumulate(x, inputs, ids, y, outputs, true, nullptr));
    for (std::size_t b = 0; b < vectors; ++b) {
      const std::span<const float> own = std::span<const float>(x).subspan(b * inputs, inputs);
      const auto got =
          std::vector<float>(y.begin() + static_cast<std::ptrdiff_t>(b * outputs), y.begin() + static_cast<std::ptrdiff_t>((b + 1) * outputs));
      EXPECT_EQ(by_hand(own, ids[b]), got) << what << ", vector " << b;
      std::vector<float> alone(outputs);
      ASSERT_TRUE(tile.contribute(own, ids[b], alone, true, nullptr));
      EXPECT_EQ(alone, got) << what << ", vector " << b;
    }
  }
};

void expect_bits(const std::vector<std::string>& set, int inputs = 13, int outputs = 21) {
  std::string what;
  for (const auto& each : set) what += each + " ";
  Chip(set, inputs, outputs).expect_bits(what);
}

TEST(MvmSteps, StandardModelIsItsElevenStepsBitForBit) {
  expect_bits({});
  expect_bits({}, 13, 5);  // rows so short that their noise is drawn together
  expect_bits(paper_formats());
}

TEST(MvmSteps, EveryStaticAndDrawnEffectHasItsPlaceInTheOrder) {
  const std::vector<std::string> all{"tile.dac.rounding=stochastic",
                                     "tile.dac.input_noise=0.05",
                                     "tile.input.asymmetry=0.1",
                                     "tile.ir_drop.scale=100",
                                     "tile.readout.offset=0.1",
                                     "tile.readout.series_resistance=0.1",
                                     "tile.noise.read=0.1",
                                     "tile.readout.s_curve=1",
                                     "tile.readout.s_curve_spread=0.2",
                                     "tile.readout.s_curve_correction=0.5",
                                     "tile.noise.output=0.1",
                                     "tile.noise.output_spread=0.2",
                                     "tile.readout.asymmetry=0.2",
                                     "tile.adc.rounding=stochastic",
                                     "tile.adc.bound=2",
                                     "tile.adc.mux=4",
                                     "tile.adc.gain_spread=0.2",
                                     "tile.adc.offset_spread=0.1",
                                     "tile.adc.inl=1"};
  expect_bits(all);
  expect_bits(with(all, {"tile.noise.read_kind=constant", "tile.dac.passes=two_analog"}));
}

TEST(MvmSteps, PassesBitsAndSlicesAreControlFlowAroundTheSteps) {
  expect_bits({"tile.dac.passes=two_analog"});
  expect_bits({"tile.dac.passes=two_digital"});
  expect_bits({"tile.dac.coding=bit_serial", "tile.dac.bits=5"});
  expect_bits({"tile.dac.coding=bit_serial", "tile.dac.bits=5", "tile.dac.passes=two_analog", "tile.dac.input_noise=0.02"});
  expect_bits({"tile.coding.slices=2", "tile.coding.bits_per_slice=3", "tile.dac.passes=two_digital"});
  const std::vector<std::string> serial{"tile.dac.coding=bit_serial", "tile.dac.bits=5"};
  expect_bits(with(serial, {"tile.dac.sign=twos_complement"}));
  expect_bits(with(serial, {"tile.dac.bit_sum=analog"}));
  expect_bits(with(serial, {"tile.dac.bit_sum=analog", "tile.noise.read_kind=constant", "tile.dac.passes=two_analog"}), 13, 5);
  expect_bits(with(serial, {"tile.dac.bit_sum=analog", "tile.noise.read_kind=constant", "tile.dac.passes=four_digital"}));
  expect_bits(with(serial, {"tile.dac.bit_sum=analog", "tile.dac.sign=twos_complement", "tile.coding.slices=2", "tile.coding.bits_per_slice=3"}));
  expect_bits({"tile.dac.passes=four_digital"});
  expect_bits({"tile.dac.passes=four_digital", "tile.coding.slices=2", "tile.coding.bits_per_slice=3", "tile.adc.rounding=stochastic"}, 13, 5);
}

TEST(MvmSteps, DynamicRangesComeBackInTheLastStep) {
  expect_bits({"tile.input_range.kind=per_vector"});
  expect_bits({"tile.input_range.kind=constrained", "tile.adc.bound=2"});
}

TEST(MvmSteps, OnePassInputStageIsStepsOneAndTwo) {
  const TileParameters p = tile();
  const std::size_t inputs = 37;  // whole vectors of every width, and a rest
  std::vector<float> x(inputs);
  base::RandomStream({.seed = 3, .purpose = base::Purpose::data}).normals({}, 0, x);
  const auto profile = ir_drop_profile(p.wires, inputs);
  for (const ProductSelection selection :
       {ProductSelection{}, ProductSelection{true, false}, ProductSelection{false, true}, ProductSelection{true, true}}) {
    const auto count = static_cast<std::size_t>(selection.count());
    std::vector<float> at_once(inputs * count), by_steps(inputs * count), row(inputs);
    std::uint64_t clipped = 0;
    const InputStage stage{alpha, true, periphery::Quantiser::largest_code(*p.dac.bits), profile, selection};
    ASSERT_TRUE(stage.run(x, at_once.data(), clipped));
    (void)apply_input_range(p, alpha, x, row);
    convert_inputs(p, row, {});
    interleave(row, profile, selection, by_steps.data());
    EXPECT_EQ(at_once, by_steps);
    EXPECT_EQ(clipped, static_cast<std::uint64_t>(std::ranges::count_if(x, [](float v) { return std::abs(v) > alpha; })));
  }
}

}  // namespace
}  // namespace mho::tiles::test
