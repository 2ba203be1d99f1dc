// Fuzz target: the reader of .npz archives, every array of what is taken.
#include <zlib.h>

#include <array>
#include <stdexcept>

#include "base/error.h"
#include "tests/fuzz/target.h"
#include "workloads/data/npz_files.h"

namespace mho::fuzz {
namespace {

bool last_accepted = false;

/// Beyond the seeds, and less than what they could be made to unpack to.
constexpr std::uint64_t most_unpacked = std::uint64_t{16} << 20U;

using Arrays = std::vector<std::pair<std::string, std::string>>;

std::string deflated(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) throw std::logic_error("the seed does not fit");
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

void put(std::string& bytes, std::size_t at, std::uint64_t value, std::size_t length) {
  for (std::size_t i = 0; i < length; ++i) bytes[at + i] = static_cast<char>(value >> (8 * i));
}

/// The archive with its arrays deflated: stored ones of the packed bytes, whose directory then says so.
std::string deflated_archive(const Arrays& arrays) {
  Arrays packed = arrays;
  for (auto& [name, bytes] : packed) bytes = deflated(bytes);
  std::string archive = workloads::npz_bytes(packed);
  std::size_t line = archive.find("PK\x01\x02");
  for (const auto& [name, bytes] : arrays) {
    put(archive, line + 10, 8, 2);
    put(archive, line + 16, crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())), 4);
    put(archive, line + 24, bytes.size(), 4);
    line = archive.find("PK\x01\x02", line + 1);
  }
  return archive;
}

}  // namespace

bool accepted() { return last_accepted; }

std::size_t most_memory() { return std::size_t{128} << 20U; }

std::vector<std::string> seeds() {
  const std::vector<float> singles{1, -2, 0.5F, 3, 4, 5}, many(50'000, 1);
  const std::vector<double> doubles{1, -2, 0.5, 3};
  const Arrays small{{"x", workloads::npy_bytes({2, 3}, singles)}, {"y", workloads::npy_bytes({4}, doubles)}};
  return {workloads::npz_bytes(small), deflated_archive(small), deflated_archive({{"large", workloads::npy_bytes({50'000}, many)}}),
          workloads::npz_bytes(Arrays{})};
}

std::string mutate(const std::string& input, const std::string& other, Dice& dice) {
  // Numbers of the directory at the end are what may lie; their places are known.
  const std::size_t directory = input.find("PK\x01\x02");
  if (directory == std::string::npos || dice.once_in(3)) return mutate_bytes(input, other, dice);
  constexpr std::array<std::pair<std::size_t, std::size_t>, 9> fields{
      {{5, 1}, {8, 2}, {10, 2}, {16, 4}, {20, 4}, {24, 4}, {28, 2}, {38, 4}, {42, 4}}};
  const auto& [at, length] = fields[dice.below(fields.size())];
  std::string changed = input;
  if (directory + at + length > changed.size()) return mutate_bytes(input, other, dice);
  put(changed, directory + at, dice.once_in(2) ? extreme_integer(dice) : dice.below(2 * input.size()), length);
  return changed;
}

}  // namespace mho::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mho;
  fuzz::last_accepted = false;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  try {
    const workloads::NpzFile file(bytes, "fuzz.npz", base::InputLimit(fuzz::most_unpacked));
    for (const std::string& name : file.names()) {
      const workloads::NumberArray array = file.numbers(name);
      if (workloads::element_count(array.shape) != static_cast<std::int64_t>(array.values.size())) throw std::logic_error("shape and values differ");
      static_cast<void>(file.array(name));
    }
    fuzz::last_accepted = true;
  } catch (const base::UserError&) {
  }
  return 0;
}
