#include "base/random.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "base/random.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "base/fused-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mho::base::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// A group is 16 Philox blocks of 4 words = 64 numbers; number l * 16 + b of a group is word l of its block b. So a vector of any width up to 16 lanes
// stores whole runs, and the numbers do not depend on the width.
constexpr std::size_t blocks_in_group = 16;
constexpr std::size_t words_in_block = 4;

using UintTag = hn::CappedTag<std::uint32_t, blocks_in_group>;
using IntTag = hn::Rebind<std::int32_t, UintTag>;
using FloatTag = hn::Rebind<float, UintTag>;
using Words = hn::Vec<UintTag>;
using Floats = hn::Vec<FloatTag>;

struct Block {
  Words w0, w1, w2, w3;
};

HWY_INLINE void multiply_wide(Words a, Words factor, Words& high, Words& low) {
  const UintTag tag;
#if HWY_TARGET == HWY_SCALAR
  const std::uint64_t product = static_cast<std::uint64_t>(hn::GetLane(a)) * hn::GetLane(factor);
  high = hn::Set(tag, static_cast<std::uint32_t>(product >> 32U));
  low = hn::Set(tag, static_cast<std::uint32_t>(product));
#else
  const hn::Repartition<std::uint64_t, UintTag> wide;
  const auto even = hn::MulEven(a, factor);
  const auto odd = hn::MulEven(hn::BitCast(tag, hn::ShiftRight<32>(hn::BitCast(wide, a))), factor);
  const auto low_mask = hn::Set(wide, 0xFFFFFFFFULL);
  low = hn::BitCast(tag, hn::Or(hn::And(even, low_mask), hn::ShiftLeft<32>(odd)));
  high = hn::BitCast(tag, hn::Or(hn::ShiftRight<32>(even), hn::AndNot(low_mask, odd)));
#endif
}

HWY_INLINE Block philox_block(Block c, std::uint32_t key0, std::uint32_t key1) {
  const UintTag tag;
  const Words multiplier0 = hn::Set(tag, 0xD2511F53U);
  const Words multiplier1 = hn::Set(tag, 0xCD9E8D57U);
  for (int round = 0; round < 10; ++round) {
    Words high0, low0, high1, low1;
    multiply_wide(c.w0, multiplier0, high0, low0);
    multiply_wide(c.w2, multiplier1, high1, low1);
    c = {hn::Xor(hn::Xor(high1, c.w1), hn::Set(tag, key0)), low1, hn::Xor(hn::Xor(high0, c.w3), hn::Set(tag, key1)), low0};
    key0 += 0x9E3779B9U;
    key1 += 0xBB67AE85U;
  }
  return c;
}

/// (w + 0.5) 2^-32 with one rounding. The least value is 2^-33, so that normal numbers reach 6.7 sigma.
HWY_INLINE Floats open_unit(Words w) {
  const FloatTag tag;
  const IntTag ints;
  const Floats high = hn::ConvertTo(tag, hn::BitCast(ints, hn::ShiftRight<16>(w)));
  const Floats low = hn::ConvertTo(tag, hn::BitCast(ints, hn::And(w, hn::Set(UintTag(), 0xFFFFU))));
  return hn::Mul(fused(high, hn::Set(tag, 65536.0F), hn::Add(low, hn::Set(tag, 0.5F))), hn::Set(tag, 0x1p-32F));
}

/// Natural logarithm of x = m 2^e in (0, 1], x not subnormal: 2 artanh((m-1)/(m+1)) + e ln 2.
HWY_INLINE Floats log_unit(Floats x) {
  const FloatTag tag;
  const IntTag ints;
  const auto bits = hn::BitCast(ints, x);
  // Shifts the split of exponent and mantissa so that m lies in [sqrt(1/2), sqrt(2)).
  const auto offset = hn::Set(ints, 0x3F3504F3);
  const auto shifted = hn::Sub(bits, offset);
  const auto exponent = hn::ShiftRight<23>(shifted);
  const Floats m = hn::BitCast(tag, hn::Add(hn::And(shifted, hn::Set(ints, 0x007FFFFF)), offset));
  const Floats one = hn::Set(tag, 1.0F);
  const Floats s = hn::Div(hn::Sub(m, one), hn::Add(m, one));
  const Floats z = hn::Mul(s, s);
  Floats sum = hn::Set(tag, 2.0F / 9.0F);
  sum = fused(sum, z, hn::Set(tag, 2.0F / 7.0F));
  sum = fused(sum, z, hn::Set(tag, 2.0F / 5.0F));
  sum = fused(sum, z, hn::Set(tag, 2.0F / 3.0F));
  sum = fused(sum, z, hn::Set(tag, 2.0F));
  return fused(hn::ConvertTo(tag, exponent), hn::Set(tag, 0.693147181F), hn::Mul(sum, s));
}

/// Cosine and sine of 2 pi w 2^-32: two bits choose the quadrant, the rest an angle in [-pi/4, pi/4) for the Taylor series.
HWY_INLINE void circle(Words w, Floats& cosine, Floats& sine) {
  const FloatTag tag;
  const UintTag uints;
  const IntTag ints;
  const Floats theta = hn::Mul(hn::ConvertTo(tag, hn::BitCast(ints, hn::ShiftLeft<2>(w))), hn::Set(tag, 0.785398163F * 0x1p-31F));
  const Floats z = hn::Mul(theta, theta);
  Floats s = hn::Set(tag, 1.0F / 362880.0F);
  s = fused(s, z, hn::Set(tag, -1.0F / 5040.0F));
  s = fused(s, z, hn::Set(tag, 1.0F / 120.0F));
  s = fused(s, z, hn::Set(tag, -1.0F / 6.0F));
  s = fused(hn::Mul(s, z), theta, theta);
  Floats c = hn::Set(tag, 1.0F / 40320.0F);
  c = fused(c, z, hn::Set(tag, -1.0F / 720.0F));
  c = fused(c, z, hn::Set(tag, 1.0F / 24.0F));
  c = fused(c, z, hn::Set(tag, -0.5F));
  c = fused(c, z, hn::Set(tag, 1.0F));
  const Words quadrant = hn::ShiftRight<30>(w);
  const auto odd = hn::MaskFromVec(hn::BitCast(tag, hn::VecFromMask(uints, hn::Eq(hn::And(quadrant, hn::Set(uints, 1U)), hn::Set(uints, 1U)))));
  // Sign bits: cosine is negative in quadrants 1 and 2, sine in 2 and 3.
  const Words sine_sign = hn::ShiftLeft<31>(hn::ShiftRight<1>(quadrant));
  const Words cosine_sign = hn::Xor(sine_sign, hn::ShiftLeft<31>(quadrant));
  cosine = hn::Xor(hn::IfThenElse(odd, s, c), hn::BitCast(tag, cosine_sign));
  sine = hn::Xor(hn::IfThenElse(odd, c, s), hn::BitCast(tag, sine_sign));
}

HWY_INLINE Floats radius(Words w) {
  const FloatTag tag;
  // log_unit may round to slightly above zero for x near 1; the operand of the root must not be negative.
  return hn::Sqrt(hn::Max(hn::Mul(hn::Set(tag, -2.0F), log_unit(open_unit(w))), hn::Zero(tag)));
}

/// Stores at least the first `runs` of the four runs of a group.
HWY_INLINE void store_normals(Block words, std::size_t runs, float* out) {
  const FloatTag tag;
  Floats cosine, sine;
  circle(words.w1, cosine, sine);
  Floats r = radius(words.w0);
  hn::StoreU(hn::Mul(r, cosine), tag, out);
  hn::StoreU(hn::Mul(r, sine), tag, out + blocks_in_group);
  if (runs <= 2) return;
  circle(words.w3, cosine, sine);
  r = radius(words.w2);
  hn::StoreU(hn::Mul(r, cosine), tag, out + 2 * blocks_in_group);
  hn::StoreU(hn::Mul(r, sine), tag, out + 3 * blocks_in_group);
}

/// (k + 0.5) 2^-23 with the upper 23 bits k of a word: exact in float, never 0 or 1.
HWY_INLINE void store_uniforms(Block words, float* out) {
  const FloatTag tag;
  const IntTag ints;
  const Words all[words_in_block] = {words.w0, words.w1, words.w2, words.w3};
  for (std::size_t l = 0; l < words_in_block; ++l) {
    const Floats v = hn::ConvertTo(tag, hn::BitCast(ints, hn::ShiftRight<9>(all[l])));
    hn::StoreU(hn::Mul(hn::Add(v, hn::Set(tag, 0.5F)), hn::Set(tag, 0x1p-23F)), tag, out + l * blocks_in_group);
  }
}

/// Stores the numbers of `groups` whole groups from `first_group` on.
void fill_groups(const std::uint32_t* key, const std::uint32_t* event, std::uint32_t first_group, std::size_t groups, bool normal, std::size_t runs,
                 float* out) {
  const UintTag tag;
  const std::size_t lanes = hn::Lanes(tag);
  for (std::size_t g = 0; g < groups; ++g) {
    for (std::size_t b = 0; b < blocks_in_group; b += lanes) {
      const auto first = static_cast<std::uint32_t>((first_group + static_cast<std::uint32_t>(g)) * blocks_in_group + b);
      const Block counter{hn::Iota(tag, first), hn::Set(tag, event[0]), hn::Set(tag, event[1]), hn::Set(tag, event[2])};
      const Block words = philox_block(counter, key[0], key[1]);
      float* at = out + g * blocks_in_group * words_in_block + b;
      normal ? store_normals(words, runs, at) : store_uniforms(words, at);
    }
  }
}

/// 16 numbers of each of four events: number 4 k + l of an event is number l of its block k, so that four events fill the lanes of a group.
/// `counters` holds the four counter words of the 16 blocks, word after word.
void fill_short(const std::uint32_t* key, const std::uint32_t* counters, float* out) {
  const UintTag tag;
  const FloatTag floats;
  const std::size_t lanes = hn::Lanes(tag);
  for (std::size_t b = 0; b < blocks_in_group; b += lanes) {
    const auto word = [&](std::size_t which) HWY_ATTR { return hn::LoadU(tag, counters + which * blocks_in_group + b); };
    const Block words = philox_block({word(0), word(1), word(2), word(3)}, key[0], key[1]);
    Floats cosine, sine, other_cosine, other_sine;
    circle(words.w1, cosine, sine);
    circle(words.w3, other_cosine, other_sine);
    const Floats r = radius(words.w0);
    const Floats other = radius(words.w2);
    hn::StoreInterleaved4(hn::Mul(r, cosine), hn::Mul(r, sine), hn::Mul(other, other_cosine), hn::Mul(other, other_sine), floats,
                          out + b * words_in_block);
  }
}

}  // namespace mho::base::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace mho::base {

HWY_EXPORT(fill_groups);
HWY_EXPORT(fill_short);

namespace {

constexpr std::size_t group_size = 64;
constexpr std::size_t all_runs = 4;  ///< runs of a group
constexpr std::size_t run_length = group_size / all_runs;
constexpr std::uint32_t bits_version = 1;  ///< raised when any stream's numbers change

/// Finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): a bijection that spreads every input bit.
std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31U);
}

std::uint64_t absorb(std::uint64_t state, std::uint64_t value) { return mix(state + 0x9E3779B97F4A7C15ULL + mix(value)); }

std::array<std::uint32_t, 3> event_words(const EventId& event) {
  return {event.position, event.sample,
          static_cast<std::uint32_t>(event.pass) | (static_cast<std::uint32_t>(event.phase) << 8U) |
              (static_cast<std::uint32_t>(event.attempt) << 16U) | (bits_version << 24U)};
}

void fill(const std::array<std::uint32_t, 2>& key, const EventId& event, std::uint64_t first, std::span<float> out, bool normal) {
  const auto words = event_words(event);
  const auto run = [&](std::uint64_t group, std::size_t groups, float* to, std::size_t runs = all_runs) {
    HWY_DYNAMIC_DISPATCH(fill_groups)(key.data(), words.data(), static_cast<std::uint32_t>(group), groups, normal, runs, to);
  };
  std::array<float, group_size> part;
  std::size_t done = 0;
  while (done < out.size()) {
    const std::uint64_t index = first + done;
    const std::size_t inside = index % group_size;
    const std::size_t left = out.size() - done;
    if (inside == 0 && left >= group_size) {
      const std::size_t groups = left / group_size;
      run(index / group_size, groups, out.data() + done);
      done += groups * group_size;
    } else {
      const std::size_t count = std::min(left, group_size - inside);
      run(index / group_size, 1, part.data(), (inside + count + run_length - 1) / run_length);
      std::copy_n(part.begin() + static_cast<std::ptrdiff_t>(inside), count, out.begin() + static_cast<std::ptrdiff_t>(done));
      done += count;
    }
  }
}

}  // namespace

std::uint64_t hash_name(std::string_view name) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return mix(hash);
}

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> c, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = 0xD2511F53ULL * c[0];
    const std::uint64_t p1 = 0xCD9E8D57ULL * c[2];
    c = {static_cast<std::uint32_t>(p1 >> 32U) ^ c[1] ^ key[0], static_cast<std::uint32_t>(p1), static_cast<std::uint32_t>(p0 >> 32U) ^ c[3] ^ key[1],
         static_cast<std::uint32_t>(p0)};
    key[0] += 0x9E3779B9U;
    key[1] += 0xBB67AE85U;
  }
  return c;
}

RandomStream::RandomStream(const StreamKey& key) {
  std::uint64_t state = mix(key.seed);
  state = absorb(state, static_cast<std::uint64_t>(key.purpose));
  state = absorb(state, key.node);
  state = absorb(state, (static_cast<std::uint64_t>(key.block_row) << 32U) | key.block_column);
  state = absorb(state, (static_cast<std::uint64_t>(key.copy) << 32U) | key.slice);
  state = absorb(state, (static_cast<std::uint64_t>(key.sign) << 32U) | key.programming);
  state = absorb(state, key.time_index);
  key_ = {static_cast<std::uint32_t>(state), static_cast<std::uint32_t>(state >> 32U)};
}

void RandomStream::normals(const EventId& event, std::uint64_t first, std::span<float> out) const { fill(key_, event, first, out, true); }
void RandomStream::short_normals(std::span<const EventId> events, std::size_t count, std::span<float> out) const {
  if (count > short_length || out.size() < events.size() * count)
    throw std::logic_error("RandomStream::short_normals: too many numbers or too short a span");
  constexpr std::uint32_t short_family = 1U << 31U;  // separates these numbers from those of normals()
  constexpr std::size_t blocks = short_length / all_runs;
  constexpr std::size_t at_once = group_size / short_length;
  std::array<std::uint32_t, group_size> counters{};
  std::array<float, group_size> numbers;
  for (std::size_t first = 0; first < events.size(); first += at_once) {
    const std::size_t some = std::min(at_once, events.size() - first);
    for (std::size_t e = 0; e < some; ++e) {
      const auto words = event_words(events[first + e]);
      for (std::size_t k = 0; k < blocks; ++k) {
        const std::size_t lane = e * blocks + k;
        counters[lane] = static_cast<std::uint32_t>(k);
        for (std::size_t w = 0; w < words.size(); ++w) counters[(w + 1) * run_length + lane] = words[w] ^ (w == 2 ? short_family : 0U);
      }
    }
    HWY_DYNAMIC_DISPATCH(fill_short)(key_.data(), counters.data(), numbers.data());
    for (std::size_t e = 0; e < some; ++e) {
      std::copy_n(numbers.begin() + static_cast<std::ptrdiff_t>(e * short_length), count,
                  out.begin() + static_cast<std::ptrdiff_t>((first + e) * count));
    }
  }
}

void RandomStream::uniforms(const EventId& event, std::uint64_t first, std::span<float> out) const { fill(key_, event, first, out, false); }

float RandomStream::normal(const EventId& event, std::uint64_t index) const {
  float value = 0.0F;
  normals(event, index, {&value, 1});
  return value;
}

float RandomStream::uniform(const EventId& event, std::uint64_t index) const {
  constexpr float half = 0.5F;
  return (static_cast<float>(bits(event, index) >> 9U) + half) * 0x1p-23F;
}

std::uint32_t RandomStream::bits(const EventId& event, std::uint64_t index) const {
  const auto words = event_words(event);
  const auto inside = static_cast<std::uint32_t>(index % group_size);
  const auto block = static_cast<std::uint32_t>(index / group_size) * 16U + inside % 16U;
  return philox({block, words[0], words[1], words[2]}, key_)[inside / 16U];
}

}  // namespace mho::base
#endif  // HWY_ONCE
