#pragma once

#include <string>

#include "base/units.h"
#include "periphery/technology/technology.h"

namespace mho::periphery {

/// Figures without a node are those of 14 nm and 0.8 V.
inline constexpr double reference_nm = 14, reference_v = 0.8;

/// Laws that scale published figures to the technology of a chip. Factors are plain numbers; nodes in nm, voltages in V.

/// Energy of logic relative to a figure at `from_nm` and `from_v`: a V^2 + b V + c of Stillmaker and Baas, Integration 58 (2017), for 65 to 7 nm,
/// interpolated between nodes over logarithms; beyond them in proportion to the node. Valid for 0.5 to 1.2 V; above with V^2.
double logic_energy(const Technology& to, double from_nm, double from_v);
/// Area of logic relative to a figure at `from_nm`: Stillmaker and Baas, 130 to 7 nm; beyond them with the square of the node.
double logic_area(const Technology& to, double from_nm);
/// Area of an analog circuit relative to a figure at `from_nm`: proportional to the node (exponent 0.99 of the converter regression of Andrulis et
/// al., arXiv 2404.06553).
double analog_area(const Technology& to, double from_nm);
/// Energy of an analog circuit whose capacitances are set by noise and matching, relative to a figure at `from_nm` and `from_v`: proportional to the
/// node, as its area, and to the square of the supply.
double analog_energy(const Technology& to, double from_nm, double from_v);
/// Leakage of a transistor relative to one of high threshold at 25 C and nominal supply of the same node. Subthreshold current: 60 mV between
/// thresholds, 85 mV a decade at 25 C in proportion to the absolute temperature, -1 mV/K of the threshold, 0.1 V/V of drain-induced lowering
/// (Roy, Mukhopadhyay and Mahmoodi-Meimand, Proc. IEEE 91:305 (2003)); times the supply.
double leakage_factor(const Technology& to);
/// Leakage of logic of this area. DSENT's transistors of low threshold (Sun et al., NOCS 2012) leak 278, 380, 844 and 576 mW/mm2 at 45, 32, 22 and
/// 11 nm in routers; above 45 nm by the off-currents of high-performance transistors in the ITRS of 2001 to 2007. Log-log between the nodes.
base::Power logic_leakage(const Technology& to, base::Area area);

/// Supply minus threshold voltage, in volt.
double overdrive(const Technology& to);
inline constexpr double least_overdrive_v = 0.05;
/// Delay of an inverter with a fan-out of four: 0.36 ps per nm of node at nominal supply and standard threshold (Ho, Mai and Horowitz, Proc. IEEE
/// 89:490 (2001)), with the alpha-power law of Sakurai and Newton, JSSC 25:584 (1990), exponent 1.3, for other supplies and thresholds.
base::Duration gate_delay(const Technology& to);
/// Highest clock of pipelined logic: 20 gate delays a cycle (Hrishikesh et al., ISCA 2002, use 6 to 20).
base::Frequency clock_limit(const Technology& to);
/// Factor on the energy of a circuit whose gates are sized to take `share` of their least possible time over the time they have: 1 / (1 - share^2),
/// the steep end of the curve of energy over delay (Markovic et al., JSSC 39:1282 (2004)). Infinite from 1 on.
double sizing(double share);
/// The same factor for energy, area and leakage of logic at this clock.
double sizing(const Technology& to, base::Frequency clock);

enum class MemoryKind { sram, edram };

/// Costs of one bit of a memory of some capacity: energy of reading or writing, area and standing power.
struct MemoryCost {
  base::Energy energy_per_bit;
  base::Area area_per_bit;
  base::Power leakage_per_bit;  ///< for dynamic memories: power of refresh
};
/// Published area of a cell of 6 transistors.
base::Area sram_cell(const Technology& to);
/// Energy 0.002 + 0.0057 sqrt(KiB) pJ/bit at 14 nm and 0.8 V (0.018 pJ at 8 KiB, 0.18 pJ at 1 MiB), scaled as logic; area by published cells of
/// 6 transistors over an efficiency of 0.58 and half a KiB of periphery; leakage 10 pW/bit at high threshold and 25 C. Valid from 256 B to 4 MiB.
MemoryCost sram(const Technology& to, double bits);
/// Memory of one transistor and one capacitor. Energy 20.5 pJ for 256 bits of 64 KiB at 32 nm and 0.9 V (ISAAC, ISCA 2016), by capacity as sram; area
/// by published cells over an efficiency of 0.36 and 29 KiB of periphery, which gives ISAAC's 0.083 mm2 and 77 mm2 for 1 Gbit at 22 nm (Hamzaoglu et
/// al., JSSC 50:150 (2015)). Standing power is refresh: every bit once in 100 us (ibid., 95 C), within blocks of at most 64 KiB. Valid from 16 KiB to
/// 128 MiB and from 65 to 14 nm.
MemoryCost edram(const Technology& to, double bits);
MemoryCost memory(MemoryKind kind, const Technology& to, double bits);
/// Sentence on a memory of `bits` bits outside the range of the model; empty within it.
std::string outside_memory(MemoryKind kind, const Technology& to, double bits);

}  // namespace mho::periphery
