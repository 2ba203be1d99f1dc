#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "periphery/component.h"
#include "periphery/parameters.h"

namespace mho::periphery {

/// Events of the blocks of this layer.
inline constexpr std::string_view dac_conversion = "dac_conversion";        ///< one driver, one read-out
inline constexpr std::string_view adc_conversion = "adc_conversion";        ///< one converter, one column
inline constexpr std::string_view scale_operation = "scale_operation";      ///< multiply-add on one output
inline constexpr std::string_view element_operation = "element_operation";  ///< on one element

/// The input drivers of a tile.
Component dac_component(const DacParameters& dac, std::int64_t rows);
/// The output converters of a bank.
Component adc_component(const AdcParameters& adc, std::int64_t converters);
/// The shift-and-add behind the converters of a bank.
Component shift_add_component(const ScaleParameters& scale, std::int64_t converters);
/// The output stage of a bank.
Component scale_component(const ScaleParameters& scale);
/// The vector unit of a digital core. Output stages cost the same for their element operations.
Component vector_unit_component(const DigitalParameters& digital);
/// A buffer of `bits` that keeps its contents while its core is power gated. The events `written` and `read` count the bits that move through it; if
/// both are empty, it has no energy of its own.
Component buffer_component(std::string name, const BufferParameters& buffer, Per per, double bits, const std::vector<std::string_view>& written,
                           const std::vector<std::string_view>& read);

}  // namespace mho::periphery
