#pragma once

namespace mho::hw {

/// Message classes travel on disjoint virtual channels.
enum class MessageClass { activation, partial_sum, control };
inline constexpr int message_classes = 3;

}  // namespace mho::hw
