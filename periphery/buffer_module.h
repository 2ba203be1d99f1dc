#pragma once

#include <cstdint>
#include <systemc>

namespace mho::periphery {

/// A buffer in SRAM as the counter of what moves through it. Its size is what the program's credits guarantee; its access time is hidden behind the
/// units it feeds.
class BufferModule : public sc_core::sc_module {
 public:
  explicit BufferModule(sc_core::sc_module_name name) : sc_module(name) {}
  void write(std::int64_t bits) { written_ += static_cast<std::uint64_t>(bits); }
  void read(std::int64_t bits) { read_ += static_cast<std::uint64_t>(bits); }
  [[nodiscard]] std::uint64_t written_bits() const { return written_; }
  [[nodiscard]] std::uint64_t read_bits() const { return read_; }

 private:
  std::uint64_t written_ = 0;
  std::uint64_t read_ = 0;
};

}  // namespace mho::periphery
