#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace mho::base {

/// The purpose of a random draw, a part of every stream's identity. Results depend on these numbers: never change one.
enum class Purpose : std::uint32_t {
  programming = 1,  ///< programming error of a device
  drift = 2,        ///< drift exponent of a device
  slow_read = 3,    ///< accumulated 1/f read noise of a device, one per evaluation time
  read = 4,         ///< short-term read noise, output-referred, per MVM
  output = 5,       ///< output noise, per MVM
  input = 6,        ///< input noise, per MVM
  rounding = 7,     ///< stochastic rounding, per MVM
  stuck = 8,        ///< stuck-at faults
  converter = 9,    ///< static spread of converters
  offset = 10,      ///< static offsets of the read-out
  data = 11,        ///< procedural data sets
  training = 12,    ///< training only
  traffic = 13,     ///< synthetic traffic
  cost = 14,        ///< factors on costs, for their bands
};

/// The static identity of a stream. Physical placement, batch, thread and order of evaluation are never part of it.
struct StreamKey {
  std::uint64_t seed = 0;
  Purpose purpose = Purpose::programming;
  std::uint64_t node = 0;  ///< hash_name(name of the network node)
  std::uint32_t block_row = 0;
  std::uint32_t block_column = 0;
  std::uint32_t copy = 0;
  std::uint32_t slice = 0;
  std::uint32_t sign = 0;         ///< 0 positive device, 1 negative device
  std::uint32_t programming = 0;  ///< index of the programming (repeat)
  std::uint32_t time_index = 0;   ///< index of the evaluation time (0 where the draw carries no time)
};

/// The event a draw belongs to within a stream; all zero for static draws.
struct EventId {
  std::uint32_t sample = 0;    ///< index in the data set
  std::uint32_t position = 0;  ///< output position, time step or token
  std::uint8_t pass = 0;
  std::uint8_t phase = 0;
  std::uint8_t attempt = 0;
};

/// Stable 64-bit hash of a name (FNV-1a finished with a 64-bit mixer).
std::uint64_t hash_name(std::string_view name);

/// Philox4x32-10 (Salmon et al., SC 2011): four 32-bit words from a counter and a key.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

/// A stream of random numbers as a pure function of (key, event, index): no state, any order, any thread, same bits on every machine.
class RandomStream {
 public:
  explicit RandomStream(const StreamKey& key);
  /// out[i] = standard normal number i of this event, i from `first`. Reaches beyond 6 sigma. Bits equal on every SIMD target.
  void normals(const EventId& event, std::uint64_t first, std::span<float> out) const;
  static constexpr std::size_t short_length = 16;
  /// out[e * count + i] = short normal number i of events[e], i < count <= short_length: other numbers than those of normals(), for rows that are too
  /// short to fill SIMD vectors one at a time. They do not depend on which events are drawn together.
  void short_normals(std::span<const EventId> events, std::size_t count, std::span<float> out) const;
  /// out[i] = uniform number i in (0, 1).
  void uniforms(const EventId& event, std::uint64_t first, std::span<float> out) const;
  [[nodiscard]] float normal(const EventId& event, std::uint64_t index) const;
  [[nodiscard]] float uniform(const EventId& event, std::uint64_t index) const;
  /// 32 random bits.
  [[nodiscard]] std::uint32_t bits(const EventId& event, std::uint64_t index) const;

 private:
  std::array<std::uint32_t, 2> key_{};
};

}  // namespace mho::base
