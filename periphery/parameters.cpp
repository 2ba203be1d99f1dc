#include "periphery/parameters.h"

#include <fmt/format.h>

#include <cstdint>

#include "base/design_file/declare.h"
#include "base/design_file/sources.h"
#include "base/error.h"
#include "periphery/technology/scaling.h"
#include "periphery/technology/technology.h"

namespace mho::periphery {

namespace {

using base::choice;
using base::model_or;
using base::number;
using base::text;
using base::whole;
using base::word;

NumberFormat read_format(const base::Config& config, const std::string& key) {
  try {
    return NumberFormat::parse(config.word(key));
  } catch (const base::UserError& error) {
    config.refuse(key, error.what());
  }
}

const std::string laws = ", by chip.technology and chip.vdd after Stillmaker and Baas, Integration 58 (2017)";
const std::string sram_model =
    "0.002 + 0.0057 sqrt(KiB) pJ/bit at 14 nm, fitted to 0.018 at 8 KiB, 0.036 at 32 KiB and 0.18 at 1 MiB; of edram by 20.5 pJ for 256 bits of 64 "
    "KiB at 32 nm" +
    laws;
const std::string leakage_model = "logic of DSENT (Sun et al., NOCS 2012) by area, chip.threshold, chip.vdd and chip.temperature";

/// Standard deviations of the logarithm of the costs that the scaling laws give.
constexpr double logic_spread = 0.4, memory_spread = 0.3;
/// Costs published for 40 nm are scaled from 45 nm, the nearest row.
constexpr double multiplier_nm = 45, multiplier_v = 1.0, isaac_nm = 32, isaac_v = 0.9;
constexpr double as_picojoule = base::unit::picojoule.si(), as_square_micrometre = base::unit::square_micrometre.si();

}  // namespace

base::Declarations declarations() {
  base::Declarations all = converter_declarations();
  const base::Declarations others{
      base::more(whole("tile.scale.lanes", 16, 1, 65536, "Outputs that the digital output stage of a tile scales in one clock cycle.", choice)),
      model_or("tile.scale.energy", "pJ", "Energy to scale and offset one output.",
               "share of a 32x32-bit multiplier (12.7 pJ) for a converter's code and a scale of digital.scale_format, and a 32-bit adder (0.21 pJ), "
               "at 40 nm" +
                   laws),
      model_or("tile.scale.area", "um2", "Area of one lane of the output stage.",
               "share of a 32x32-bit multiplier (6350 um2) for a converter's code and a scale of digital.scale_format, and a 32-bit adder (278 um2), "
               "at 40 nm" +
                   laws),
      model_or("tile.shift_add.energy", "pJ", "Energy to add the result of one conversion to the sum of earlier slices, input bits or passes.",
               "shift-and-add of ISAAC (Shafiee et al., ISCA 2016), 0.021 pJ per 16-bit operation at 32 nm" + laws),
      model_or(
          "tile.shift_add.area", "um2",
          "Area of the shift-and-add unit behind one converter; present only if an output needs several conversions (slices, input bits, passes).",
          "shift-and-add of ISAAC (Shafiee et al., ISCA 2016), 60 um2 at 32 nm" + laws),
      base::steps(word("tile.buffer.kind", "sram", {"sram", "edram"},
                       "Memory type of input and digital buffers. 'sram': static; 'edram': one transistor and one capacitor, refreshed. Output "
                       "buffers are small and always static.",
                       choice),
                  {{"sram", "edram"}}),
      model_or("tile.buffer.read_energy", "pJ/bit", "Energy to read one bit from a buffer; 'model' follows its capacity.", sram_model),
      model_or("tile.buffer.write_energy", "pJ/bit", "Energy to write one bit to a buffer; 'model' follows its capacity.", sram_model),
      model_or("tile.buffer.area", "um2/bit", "Area of one bit of a buffer, including its share of the periphery.",
               "published cells of 6 transistors, 0.0588 um2 at 14 nm, over an array efficiency of 0.58; of edram, 0.0174 um2 at 14 nm over 0.36, "
               "and its periphery"),
      model_or("tile.buffer.leakage", "pW/bit", "Leakage of one bit of a buffer; for edram, power of its refresh.",
               "architect's choice: 10 pW for high-density SRAM at 14 nm, high threshold and 25 C; by threshold, supply and temperature; of edram "
               "one access in 100 us"),
      base::steps(text("digital.activation_format", "dac", {"dac", "float32", "float16", "bfloat16", "int2 to int16"},
                       "Format of activations at tile inputs: float32, float16, bfloat16, int<bits>, or 'dac', the grid of tile.dac.bits (float32 if "
                       "that is ideal).",
                       "architect's choice: the input converter's own grid"),
                  {{"int4", "int8"}, {"int8", "float16"}, {"float16", "float32"}}),
      base::steps(text("digital.partial_sum_format", "float16", {"float32", "float16", "bfloat16"},
                       "Format of partial sums between tiles: float32, float16 or bfloat16.", choice),
                  {{"float16", "float32"}}),
      base::steps(text("digital.scale_format", "float16", {"float32", "float16", "bfloat16", "int2 to int16"},
                       "Format of the column scales: float32, float16, bfloat16, or int<bits> relative to the tile's largest scale.", choice),
                  {{"int8", "float16"}, {"float16", "float32"}}),
      base::steps(text("digital.result_format", "float16", {"float32", "float16", "bfloat16", "int2 to int16"},
                       "Format of a layer's results that are sent to other layers: float32, float16, bfloat16, or int<bits> with one scale for each "
                       "tensor, from calibration.",
                       choice),
                  {{"int8", "float16"}, {"float16", "float32"}}),
      base::more(whole("digital.lanes", 32, 1, 65536, "Element operations that a digital core completes in one clock cycle.", choice)),
      base::less(whole("digital.pipeline_depth", 4, 1, 1024, "Cycles from the first operand to the first result of a digital core.", choice)),
      model_or("digital.energy", "pJ", "Energy of one element operation; 'model' follows digital.result_format.",
               "vector unit of PUMA (Ankit et al., ASPLOS 2019), middle of 0.37 to 0.80 pJ at 32 nm and 16 bits" + laws),
      model_or("digital.area", "um2", "Area of one digital core, buffers excluded; 'model' follows digital.lanes and digital.result_format.",
               "a 16-bit share of a 32x32-bit multiplier (6350 um2) and a 32-bit adder (278 um2) at 40 nm for each lane" + laws),
      model_or("digital.leakage", "mW", "Leakage of one digital core, buffers excluded; 'model' follows its area.", leakage_model),
  };
  all.insert(all.end(), others.begin(), others.end());
  const base::Declarations technology = technology_declarations();
  all.insert(all.end(), technology.begin(), technology.end());
  return all;
}

ScaleParameters ScaleParameters::read(const base::Config& config) {
  constexpr std::int64_t ideal_bits = 8;
  const auto code_bits = static_cast<double>(config.optional_integer("tile.adc.bits", "ideal").value_or(ideal_bits));
  const double share = read_format(config, "digital.scale_format").bits() * code_bits / (32.0 * 32.0);
  const double energy_pj = 12.7 * share + 0.21, area_um2 = 6350 * share + 278;
  constexpr double shift_pj = 0.021, shift_um2 = 60;
  const Technology technology = Technology::read(config);
  const double energy = logic_energy(technology, multiplier_nm, multiplier_v) * as_picojoule,
               area = logic_area(technology, multiplier_nm) * as_square_micrometre;
  const double shift = logic_energy(technology, isaac_nm, isaac_v) * as_picojoule,
               shift_area = logic_area(technology, isaac_nm) * as_square_micrometre;
  ScaleParameters p;
  p.cost.spread = p.shift_cost.spread = {logic_spread, logic_spread, leakage_spread};
  p.lanes = static_cast<int>(config.integer("tile.scale.lanes"));
  p.energy_per_operation = base::Energy(cost_or(config, "tile.scale.energy", p.cost, &Spread::energy, "J", energy_pj * energy));
  p.area = base::Area(cost_or(config, "tile.scale.area", p.cost, &Spread::area, "m2", area_um2 * area));
  p.shift_energy = base::Energy(cost_or(config, "tile.shift_add.energy", p.shift_cost, &Spread::energy, "J", shift_pj * shift));
  p.shift_area = base::Area(cost_or(config, "tile.shift_add.area", p.shift_cost, &Spread::area, "m2", shift_um2 * shift_area));
  p.leakage = logic_leakage(technology, p.area);
  p.shift_leakage = logic_leakage(technology, p.shift_area);
  return p;
}

BufferParameters BufferParameters::read(const base::Config& config) {
  BufferParameters p;
  p.technology = Technology::read(config);
  p.kind = config.word("tile.buffer.kind") == "edram" ? MemoryKind::edram : MemoryKind::sram;
  p.cost.spread = {memory_spread, memory_spread, leakage_spread};
  // Empty: the memory model applies, once the capacity is known.
  const auto own = [&](const char* key, const char* unit, double Spread::*spread) -> std::optional<double> {
    if (!config.optional_real(key, "model")) return std::nullopt;
    return cost_or(config, key, p.cost, spread, unit, 0);
  };
  if (const auto energy = own("tile.buffer.read_energy", "J/bit", &Spread::energy)) p.read_energy_per_bit = base::Energy(*energy);
  if (const auto energy = own("tile.buffer.write_energy", "J/bit", &Spread::energy)) p.write_energy_per_bit = base::Energy(*energy);
  if (const auto area = own("tile.buffer.area", "m2/bit", &Spread::area)) p.area_per_bit = base::Area(*area);
  if (const auto leakage = own("tile.buffer.leakage", "W/bit", &Spread::leakage)) p.leakage_per_bit = base::Power(*leakage);
  return p;
}

DigitalParameters DigitalParameters::read(const base::Config& config) {
  DigitalParameters p;
  if (config.word("digital.activation_format") == "dac") {
    const auto bits = config.optional_integer("tile.dac.bits", "ideal");
    p.activation_format = NumberFormat::parse(bits ? fmt::format("int{}", *bits) : "float32");
  } else {
    p.activation_format = read_format(config, "digital.activation_format");
  }
  p.partial_sum_format = read_format(config, "digital.partial_sum_format");
  p.scale_format = read_format(config, "digital.scale_format");
  p.result_format = read_format(config, "digital.result_format");
  if (p.partial_sum_format.kind == NumberFormat::Kind::integer) {
    config.refuse("digital.partial_sum_format", "integers need a scale, which these values do not have; legal are float32, float16, bfloat16");
  }
  p.lanes = static_cast<int>(config.integer("digital.lanes"));
  p.pipeline_depth = static_cast<int>(config.integer("digital.pipeline_depth"));
  constexpr double published_bits = 16, vector_pj = (0.37 + 0.80) / 2, lane_um2 = (6350.0 * 16 * 16 / (32 * 32) + 278.0);
  const Technology technology = Technology::read(config);
  const double width = p.result_format.bits() / published_bits;
  p.cost.spread = {logic_spread, logic_spread, leakage_spread};
  p.energy_per_operation = base::Energy(cost_or(config, "digital.energy", p.cost, &Spread::energy, "J",
                                                vector_pj * as_picojoule * width * logic_energy(technology, isaac_nm, isaac_v)));
  p.area = base::Area(cost_or(config, "digital.area", p.cost, &Spread::area, "m2",
                              p.lanes * lane_um2 * as_square_micrometre * width * logic_area(technology, multiplier_nm)));
  p.leakage = base::Power(cost_or(config, "digital.leakage", p.cost, &Spread::leakage, "W", logic_leakage(technology, p.area).si()));
  return p;
}

}  // namespace mho::periphery
