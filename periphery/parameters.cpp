#include "periphery/parameters.h"

#include <fmt/format.h>

#include <cstdint>

#include "base/design_file/declare.h"
#include "base/design_file/sources.h"
#include "base/error.h"

namespace mho::periphery {

namespace {

using base::choice;
using base::number;
using base::scaled;
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

}  // namespace

base::Declarations declarations() {
  constexpr double most = 1e6;
  base::Declarations all = converter_declarations();
  const base::Declarations others{
      whole("tile.scale.lanes", 16, 1, 65536, "Outputs that the digital output stage of a tile scales in one clock cycle.", choice),
      number("tile.scale.energy", "pJ", 0.17, 0.0, most, "Energy to scale and offset one output.",
             "16x8-bit share of a 32x32-bit multiplier (12.7 pJ) and a 32-bit adder (0.21 pJ) at 40 nm" + scaled),
      number("tile.scale.area", "um2", 181.0, 0.0, most, "Area of one lane of the output stage.",
             "16x8-bit share of a 32x32-bit multiplier (6350 um2) and a 32-bit adder (278 um2) at 40 nm" + scaled),
      number("tile.buffer.read_energy", "pJ/bit", 0.0142, 0.0, most, "Energy to read one bit from a buffer.",
             "64 KB buffer of ISAAC (Shafiee et al., ISCA 2016), 20.5 pJ per 256 bits at 32 nm" + scaled),
      number("tile.buffer.write_energy", "pJ/bit", 0.0142, 0.0, most, "Energy to write one bit to a buffer.",
             "64 KB buffer of ISAAC (Shafiee et al., ISCA 2016), 20.5 pJ per 256 bits at 32 nm" + scaled),
      number("tile.buffer.area", "um2/bit", 0.048, 0.0, most, "Area of one bit of a buffer, share of the periphery included.",
             "2 KB SRAM of ISAAC (Shafiee et al., ISCA 2016), 0.0021 mm2 at 32 nm" + scaled),
      number("tile.buffer.leakage", "pW/bit", 10.0, 0.0, most, "Leakage of one bit of a buffer.", "architect's choice: high-density SRAM at 25 C"),
      text("digital.activation_format", "dac", {"dac", "float32", "float16", "bfloat16", "int2 to int16"},
           "Format of activations at tile inputs: float32, float16, bfloat16, int<bits>, or 'dac', the grid of tile.dac.bits (float32 where that is "
           "ideal).",
           "architect's choice: the input converter's own grid"),
      text("digital.partial_sum_format", "float16", {"float32", "float16", "bfloat16"},
           "Format of partial sums between tiles: float32, float16 or bfloat16.", choice),
      text("digital.scale_format", "float16", {"float32", "float16", "bfloat16", "int2 to int16"},
           "Format of the column scales: float32, float16, bfloat16 or int<bits> of the tile's largest scale.", choice),
      text("digital.result_format", "float16", {"float32", "float16", "bfloat16"},
           "Format of a layer's results between blocks: float32, float16 or bfloat16.", choice),
      whole("digital.lanes", 32, 1, 65536, "Element operations that a digital core completes in one clock cycle.", choice),
      whole("digital.pipeline_depth", 4, 1, 1024, "Cycles from the first operand to the first result of a digital core.", choice),
      number("digital.energy", "pJ", 0.104, 0.0, most, "Energy of one element operation.",
             "vector unit of PUMA (Ankit et al., ASPLOS 2019), middle of 0.37 to 0.80 pJ at 32 nm" + scaled),
      number("digital.area", "um2", 10080.0, 0.0, 1e9, "Area of one digital core, buffers excluded.",
             "32 lanes of a 16-bit share of a 32x32-bit multiplier (6350 um2) and a 32-bit adder (278 um2) at 40 nm" + scaled),
      number("digital.leakage", "mW", 0.5, 0.0, most, "Leakage of one digital core, buffers excluded.", choice),
  };
  all.insert(all.end(), others.begin(), others.end());
  return all;
}

ScaleParameters ScaleParameters::read(const base::Config& config) {
  ScaleParameters p;
  p.lanes = static_cast<int>(config.integer("tile.scale.lanes"));
  p.energy_per_operation = config.energy("tile.scale.energy");
  p.area = config.area("tile.scale.area");
  return p;
}

BufferParameters BufferParameters::read(const base::Config& config) {
  BufferParameters p;
  p.read_energy_per_bit = base::Energy(config.si("tile.buffer.read_energy", "J/bit"));
  p.write_energy_per_bit = base::Energy(config.si("tile.buffer.write_energy", "J/bit"));
  p.area_per_bit = base::Area(config.si("tile.buffer.area", "m2/bit"));
  p.leakage_per_bit = base::Power(config.si("tile.buffer.leakage", "W/bit"));
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
  for (const auto& [key, format] : {std::pair{"digital.partial_sum_format", p.partial_sum_format}, {"digital.result_format", p.result_format}}) {
    if (format.kind == NumberFormat::Kind::integer)
      config.refuse(key, "integers need a scale, which these values do not have; legal are float32, float16, bfloat16");
  }
  p.lanes = static_cast<int>(config.integer("digital.lanes"));
  p.pipeline_depth = static_cast<int>(config.integer("digital.pipeline_depth"));
  p.energy_per_operation = config.energy("digital.energy");
  p.area = config.area("digital.area");
  p.leakage = config.power("digital.leakage");
  return p;
}

}  // namespace mho::periphery
