#include "periphery/converters/parameters.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <string>

#include "base/design_file/declare.h"
#include "base/design_file/sources.h"
#include "periphery/converters/adc_models.h"
#include "periphery/converters/dac_models.h"
#include "periphery/technology/scaling.h"
#include "periphery/technology/technology.h"

namespace mho::periphery {

namespace {

using base::choice;
using base::model_or;
using base::number;
using base::standard;
using base::ValueType;
using base::whole;
using base::whole_or;
using base::word;

const std::string adc_model =
    "survey: regression over Murmann's ADC survey (Andrulis et al., arXiv 2404.06553), 0.36 pJ and 1088 um2 at 14 nm, 100 MS/s, 8 bits; "
    "sar, flash, ramp: comparators and capacitors (Murmann, ISSCC tutorial 2012); cco: Khaddam-Aljameh et al., JSSC 57:1027 (2022); isaac: Shafiee "
    "et "
    "al., ISCA 2016; forms: Yuan et al., ISCA 2021; newton: Nag et al., IEEE Micro 38(5):41 (2018)";
const std::string dac_model =
    "time-domain DAC of TIMELY (Li et al., ISCA 2020), a DAC of 1.1 GS/s at 40 nm, or the driver of ISAAC (Shafiee et al., ISCA 2016), by coding";

/// An ideal converter has no resolution. Its time and costs are those of a converter with this one.
constexpr int ideal_bits = 8;

std::optional<int> optional_bits(const base::Config& config, const std::string& key) {
  const auto bits = config.optional_integer(key, "ideal");
  return bits ? std::optional<int>(static_cast<int>(*bits)) : std::nullopt;
}

/// Refuses settings that need bit-serial inputs if the inputs have another coding, and separate passes of signs for two's complement.
void check_bits(const base::Config& config, const DacParameters& p) {
  const bool serial = p.coding == InputCoding::bit_serial;
  const std::string only = "is about inputs that come bit by bit; set tile.dac.coding: bit_serial, or leave this out";
  if (p.sums_bits && !serial) config.refuse("tile.dac.bit_sum", only);
  if (p.twos_complement && !serial) config.refuse("tile.dac.sign", only);
  if (p.twos_complement && p.passes != InputPasses::one) {
    config.refuse("tile.dac.passes",
                  "bits of a two's complement have no sign, so signs cannot be driven separately; set this to one, or tile.dac.sign to magnitude");
  }
}

}  // namespace

base::Declarations converter_declarations() {
  constexpr double most = 1e6;
  return {
      base::more(whole_or("tile.dac.bits", std::int64_t{8}, 2, 16, {"ideal"},
                          "Resolution of the input drivers in bits; one step is 2 / (2^bits - 2) of full scale.", standard)),
      number("tile.dac.input_noise", "", 0.0, 0.0, 10.0, "Standard deviation of the noise on every driven input; full scale is 1.", standard),
      word("tile.dac.rounding", "nearest", {"nearest", "stochastic"},
           "Rounding to the driver's grid. 'nearest': to the nearest step, half to even; 'stochastic': to one of the two neighbours at random, more "
           "often to the nearer one.",
           standard),
      base::steps(word("tile.dac.coding", "pulse_width", {"pulse_width", "amplitude", "bit_serial"},
                       "How an input is applied to its row. 'pulse_width': as the length of a pulse; 'amplitude': as the height of a pulse; "
                       "'bit_serial': bit by bit, summed as in tile.dac.bit_sum.",
                       choice),
                  {{"pulse_width", "amplitude"}}),
      base::steps(word("tile.dac.passes", "one", {"one", "two_analog", "two_digital", "four_digital"},
                       "Passes for the signs of inputs and weights. 'one': both signs of input at once; 'two_analog', 'two_digital': one sign of "
                       "input after the other, summed before or after the converters; 'four_digital': also one sign of weights after the other, all "
                       "four summed after the converters.",
                       "one: standard; four: four phases of Le Gallo et al., Nat. Electron. 6:680 (2023)"),
                  {{"four_digital", "two_digital"}, {"two_digital", "one"}, {"two_analog", "one"}}),
      base::steps(word("tile.dac.bit_sum", "digital", {"digital", "analog"},
                       "Where the bits of bit-serial inputs are summed. 'digital': by shift-and-add after the converters; 'analog': as weighted "
                       "charges before a single conversion.",
                       "digital: ISAAC (Shafiee et al., ISCA 2016); analog: charges that are halved from bit to bit"),
                  {{"digital", "analog"}}),
      base::steps(word("tile.dac.sign", "magnitude", {"magnitude", "twos_complement"},
                       "Bits of bit-serial inputs. 'magnitude': bits of the magnitude, driven with the sign of the input; 'twos_complement': bits of "
                       "the two's complement, one bit more, without a sign; the last bit counts negative.",
                       "two's complement: ISAAC (Shafiee et al., ISCA 2016)"),
                  {{"twos_complement", "magnitude"}}),
      base::less(number("tile.dac.settling", "ns", 5.0, 0.0, most, "Time for drivers and lines to settle before each integration.", choice)),
      base::less(number("tile.dac.read_time", "ns", 100.0, 0.0, most, "Integration time of one read-out if inputs are amplitudes or single bits.",
                        "read cycle of ISAAC (Shafiee et al., ISCA 2016)")),
      base::less(number("tile.dac.time_per_level", "ns", 1.0, 0.0, most,
                        "Length of one step of the input pulse; the integration takes 2^(bits-1) - 1 steps (ideal inputs: as for 8 bits).",
                        "128 ns integration of 8-bit inputs: Le Gallo et al., Nat. Electron. 6:680 (2023)")),
      base::steps(base::boolean("tile.dac.latched", false,
                                "Whether drivers hold the next vector in latches, so that it settles while the array integrates the current vector. "
                                "Without latches the array waits until drivers have settled.",
                                "architect's choice: the lines of one array cannot do both without latches and a second line driver"),
                  {{"false", "true"}}),
      model_or("tile.dac.energy", "pJ", "Energy of one driver for one read-out, word line excluded; 'model' follows coding, bits and technology.",
               dac_model),
      model_or("tile.dac.area", "um2", "Area of one driver; a tile has one per row.", dac_model),
      base::more(whole_or("tile.adc.bits", std::int64_t{8}, 2, 16, {"ideal"},
                          "Resolution of the output converters in bits; one step is 2 bound / (2^bits - 2).", standard)),
      base::more(base::number_or("tile.adc.bound", "", 10.0, 1e-3, most, {"unlimited"},
                                 "Clip level of the output converters in full cells (full input on full weight).", standard)),
      word("tile.adc.rounding", "nearest", {"nearest", "stochastic"}, "Rounding to the converter's grid, as tile.dac.rounding.", standard),
      number("tile.adc.gain_spread", "", 0.0, 0.0, 1.0, "Standard deviation of the gain of a converter, before calibration.",
             "off in the standard model; 0.21 in the 14 nm chip of Le Gallo et al., Nat. Electron. 6:680 (2023)"),
      number("tile.adc.offset_spread", "", 0.0, 0.0, most, "Standard deviation of the offset of a converter in full cells, before calibration.",
             "off in the standard model"),
      number("tile.adc.calibration", "", 0.0, 0.0, 1.0, "Share of gain and offset spread that a calibration of the converters removes.",
             "2/3 in the 14 nm chip of Le Gallo et al., Nat. Electron. 6:680 (2023): 21 % before, 7 % after"),
      number("tile.adc.inl", "", 0.0, 0.0, 1000.0, "Peak integral nonlinearity of the converters in steps; its shape is an odd cubic curve.",
             "off in the standard model"),
      number("tile.adc.dnl", "", 0.0, 0.0, 0.5, "Standard deviation of each threshold of a converter in steps.", "off in the standard model"),
      number("tile.adc.dead_codes", "", 0.0, 0.0, 0.9,
             "Share of the codes that a converter never outputs; it outputs the next lower working code instead.", "off in the standard model"),
      word("tile.adc.bound_management", "off", {"off", "iterative"},
           "Action when an output clips. 'off': none; 'iterative': the whole product is repeated with halved inputs until no output clips or full "
           "scale has fallen below 4 steps of the input grid.",
           "optional in Rasch et al., AICAS 2021"),
      base::less(whole("tile.adc.mux", 8, 1, 4096, "Columns that share one output converter, converted one after the other.", choice)),
      base::less(number("tile.adc.conversion_time", "ns", 10.0, 1e-3, most, "Time of one conversion, or of one bit or code (tile.adc.timing).",
                        "architect's choice: 100 MS/s")),
      word("tile.adc.timing", "conversion", {"conversion", "bit", "code"},
           "Unit that tile.adc.conversion_time refers to: one conversion, one bit (successive approximation), or one of the 2^bits codes (counting "
           "converters).",
           choice),
      base::steps(base::boolean("tile.adc.pipelined", true,
                                "Whether a sample-and-hold lets the array integrate the next vector during the conversion of the current one. "
                                "Otherwise the array waits for the converters.",
                                "serial: the neurons of NeuRRAM, which integrate and convert in turn (Wan et al., Nature 608:504 (2022))"),
                  {{"false", "true"}}),
      base::steps(word("tile.adc.unused", "idle", {"idle", "skipped", "converted"},
                       "Conversion of columns without weights. 'idle': not converted, but their time passes; 'skipped': not converted and no time "
                       "passes, used columns are spread over all converters; 'converted': converted like the others.",
                       choice),
                  {{"idle", "skipped"}}),
      word("tile.adc.kind", "survey", adc_kinds(),
           "Cost model of a converter: a survey of published converters, a circuit (successive approximation, flash, ramp, current-controlled "
           "oscillator), or a published part.",
           adc_model),
      model_or("tile.adc.energy", "pJ", "Energy of one conversion; 'model' follows tile.adc.kind, bits, conversion_time and chip.technology.",
               adc_model),
      model_or("tile.adc.area", "um2", "Area of one converter; 'model' follows the same parameters as tile.adc.energy.", adc_model),
      model_or("tile.adc.leakage", "uW", "Leakage of one converter; 'model': leakage of logic on a fifth of its area.", adc_model),
  };
}

int DacParameters::phases() const { return coding == InputCoding::bit_serial ? bits.value_or(ideal_bits) - (twos_complement ? 0 : 1) : 1; }

int DacParameters::driven_vectors() const { return phases() * (passes == InputPasses::one ? 1 : 2); }

int DacParameters::readouts() const { return driven_vectors() * (splits_weights() ? 2 : 1); }

int DacParameters::conversions() const {
  const int signs = splits_weights() ? 4 : passes == InputPasses::two_digital ? 2 : 1;
  return signs * (sums_bits ? 1 : phases());
}

base::Duration DacParameters::drive_time() const {
  const int codes = (1 << (bits.value_or(ideal_bits) - 1)) - 1;
  const base::Duration once = coding == InputCoding::pulse_width ? time_per_level * static_cast<double>(codes) : read_time;
  return once * static_cast<double>(phases());
}

base::Duration DacParameters::integration_time() const { return drive_time() * (static_cast<double>(readouts()) / static_cast<double>(phases())); }

base::Duration DacParameters::settling_time() const { return settling * static_cast<double>(readouts()); }

base::Duration DacParameters::driver_time() const { return latched ? settling_time() : base::Duration(0.0); }

base::Duration DacParameters::array_time() const { return latched ? integration_time() : settling_time() + integration_time(); }

DacParameters DacParameters::read(const base::Config& config) {
  DacParameters p;
  p.bits = optional_bits(config, "tile.dac.bits");
  p.input_noise = config.real("tile.dac.input_noise");
  p.stochastic_rounding = config.word("tile.dac.rounding") == "stochastic";
  const std::string& coding = config.word("tile.dac.coding");
  p.coding = coding == "pulse_width" ? InputCoding::pulse_width : (coding == "amplitude" ? InputCoding::amplitude : InputCoding::bit_serial);
  if (p.coding == InputCoding::bit_serial && !p.bits) {
    config.refuse("tile.dac.bits", "inputs that come bit by bit need a number of bits; give one, or set tile.dac.coding to pulse_width or amplitude");
  }
  const std::string& passes = config.word("tile.dac.passes");
  p.passes = passes == "one"           ? InputPasses::one
             : passes == "two_analog"  ? InputPasses::two_analog
             : passes == "two_digital" ? InputPasses::two_digital
                                       : InputPasses::four_digital;
  p.sums_bits = config.word("tile.dac.bit_sum") == "analog";
  p.twos_complement = config.word("tile.dac.sign") == "twos_complement";
  check_bits(config, p);
  p.settling = config.duration("tile.dac.settling");
  p.read_time = config.duration("tile.dac.read_time");
  p.time_per_level = config.duration("tile.dac.time_per_level");
  p.latched = config.boolean("tile.dac.latched");
  const Technology technology = Technology::read(config);
  const DacEstimate model = dac_estimate(p, p.bits.value_or(ideal_bits), technology);
  const base::Duration shortest = p.coding == InputCoding::pulse_width ? p.time_per_level : p.read_time;
  if (shortest.si() <= model.least_time.si()) {
    config.refuse(p.coding == InputCoding::pulse_width ? "tile.dac.time_per_level" : "tile.dac.read_time",
                  fmt::format("drivers of this technology need at least {}; raise it, or change chip.technology, chip.vdd or chip.threshold",
                              base::format_si(model.least_time.si(), "s")));
  }
  p.cost.spread = model.spread;
  p.energy_per_conversion = base::Energy(cost_or(config, "tile.dac.energy", p.cost, &Spread::energy, "J", model.energy.si()));
  p.area = base::Area(cost_or(config, "tile.dac.area", p.cost, &Spread::area, "m2", model.area.si()));
  if (!p.bits) p.cost.outside.emplace_back("tile.dac.bits: ideal drivers do not exist; they are costed as 8 bits, which is no estimate");
  return p;
}

double drive_share(const DacParameters& dac, double u) {
  switch (dac.coding) {
    case InputCoding::pulse_width:
      return std::abs(u);
    case InputCoding::amplitude:
      return u * u;
    case InputCoding::bit_serial:
      break;
  }
  const int bits = dac.phases(), magnitude_bits = dac.twos_complement ? bits - 1 : bits;
  const double largest_code = static_cast<double>((1U << static_cast<unsigned>(magnitude_bits)) - 1U);
  auto code = static_cast<std::uint32_t>(std::llround(std::abs(u) * largest_code));
  if (dac.twos_complement && u < 0) code = ((1U << static_cast<unsigned>(bits)) - code) & ((1U << static_cast<unsigned>(bits)) - 1U);
  return static_cast<double>(std::popcount(code)) / bits;
}

AdcParameters AdcParameters::read(const base::Config& config) {
  AdcParameters p;
  p.bits = optional_bits(config, "tile.adc.bits");
  p.bound = config.optional_real("tile.adc.bound", "unlimited");
  if (p.bits && !p.bound) config.refuse("tile.adc.bound", "a converter with bits needs a bound; give a number, or set tile.adc.bits to 'ideal'");
  p.stochastic_rounding = config.word("tile.adc.rounding") == "stochastic";
  p.gain_spread = config.real("tile.adc.gain_spread");
  p.offset_spread = config.real("tile.adc.offset_spread");
  p.calibration = config.real("tile.adc.calibration");
  p.inl = config.real("tile.adc.inl");
  p.dnl = config.real("tile.adc.dnl");
  p.dead_codes = config.real("tile.adc.dead_codes");
  for (const char* key : {"tile.adc.inl", "tile.adc.dnl", "tile.adc.dead_codes"}) {
    if (!p.bits && config.real(key) > 0.0) config.refuse(key, "an ideal converter has no steps; give tile.adc.bits a number or leave this at 0");
  }
  p.repeat_clipped = config.word("tile.adc.bound_management") == "iterative";
  if (p.repeat_clipped && !p.bound)
    config.refuse("tile.adc.bound_management", "without tile.adc.bound no output clips; give a bound or switch it off");
  p.mux = static_cast<int>(config.integer("tile.adc.mux"));
  const std::string& unused = config.word("tile.adc.unused");
  p.unused = unused == "idle" ? UnusedColumns::idle : unused == "skipped" ? UnusedColumns::skipped : UnusedColumns::converted;
  p.pipelined = config.boolean("tile.adc.pipelined");
  const std::string& timing = config.word("tile.adc.timing");
  if (timing != "conversion" && !p.bits) {
    config.refuse("tile.adc.timing", "an ideal converter has no bits or codes to take time; give tile.adc.bits a number, or set this to conversion");
  }
  const int resolved = p.bits.value_or(ideal_bits);
  const double parts = timing == "conversion" ? 1 : timing == "bit" ? resolved : std::exp2(resolved);
  p.conversion_time = config.duration("tile.adc.conversion_time") * parts;
  const Technology technology = Technology::read(config);
  const std::string& kind = config.word("tile.adc.kind");
  const AdcEstimate model = adc_estimate(kind, {p.bits.value_or(ideal_bits), p.conversion_time}, technology);
  if (p.conversion_time.si() <= model.least_time.si()) {
    config.refuse("tile.adc.conversion_time",
                  fmt::format("a converter of kind '{}' with these bits needs at least {} in this technology; raise it, or change tile.adc.kind or "
                              "tile.adc.bits",
                              kind, base::format_si(model.least_time.si(), "s")));
  }
  p.cost.spread = model.spread;
  p.cost.outside = model.outside;
  if (kind != adc_kinds().front()) p.cost.model = kind;
  p.energy_per_conversion = base::Energy(cost_or(config, "tile.adc.energy", p.cost, &Spread::energy, "J", model.cost.energy.si()));
  p.area = base::Area(cost_or(config, "tile.adc.area", p.cost, &Spread::area, "m2", model.cost.area.si()));
  p.leakage = base::Power(cost_or(config, "tile.adc.leakage", p.cost, &Spread::leakage, "W", model.leakage.si()));
  if (!p.bits) p.cost.outside.emplace_back("tile.adc.bits: ideal converters do not exist; they are costed as 8 bits, which is no estimate");
  return p;
}

}  // namespace mho::periphery
