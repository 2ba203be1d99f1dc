#pragma once

#include <cstdint>
#include <systemc>
#include <vector>

namespace mho::periphery {

/// A buffer in SRAM: counts the bits that each of its owners writes and reads. Credits of the program keep its contents within its size. Its access
/// time is hidden behind the units that it feeds.
class BufferModule : public sc_core::sc_module {
 public:
  BufferModule(sc_core::sc_module_name name, std::size_t owners) : sc_module(name), written_(owners, 0), read_(owners, 0) {}
  void write(std::size_t owner, std::int64_t bits) { written_.at(owner) += static_cast<std::uint64_t>(bits); }
  void read(std::size_t owner, std::int64_t bits) { read_.at(owner) += static_cast<std::uint64_t>(bits); }
  [[nodiscard]] std::uint64_t written_bits(std::size_t owner) const { return written_.at(owner); }
  [[nodiscard]] std::uint64_t read_bits(std::size_t owner) const { return read_.at(owner); }

 private:
  std::vector<std::uint64_t> written_;
  std::vector<std::uint64_t> read_;
};

}  // namespace mho::periphery
