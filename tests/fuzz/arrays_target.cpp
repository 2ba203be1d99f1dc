// Fuzz target: the readers of arrays. The first byte of an input says which one, the rest is the file.
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include <array>
#include <stdexcept>

#include "base/error.h"
#include "tests/fuzz/target.h"
#include "workloads/data/array_files.h"

namespace mho::fuzz {
namespace {

enum class Reader : char { npy, npy_numbers, idx, cifar, gzip, count };

bool last_accepted = false;

std::string gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
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

/// Every element is looked at, as the data set does: a shape that promises more than is there shows.
void look_at(const workloads::FileArray& array) {
  const auto count = static_cast<std::size_t>(workloads::element_count(array.shape));
  volatile float sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum = sum + array.at(i);
}

/// The reader takes a path, so the bytes become a file in memory.
void read_gzip(const std::string& bytes) {
  const int file = memfd_create("fuzz.gz", 0);
  if (file < 0) return;
  const struct Close {
    int file;
    ~Close() { close(file); }
  } close{file};
  if (write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) return;
  workloads::read_plain_or_gzip("/proc/self/fd/" + std::to_string(file));
}

}  // namespace

bool accepted() { return last_accepted; }

std::size_t most_memory() { return std::size_t{256} << 20U; }

std::vector<std::string> seeds() {
  const auto seed = [](Reader reader, const std::string& bytes) { return std::string(1, static_cast<char>(reader)) + bytes; };
  const std::vector<float> singles{1, -2, 0.5F, 3, 4, 5};
  const std::vector<double> doubles{1, -2, 0.5, 3};
  std::vector<std::string> result;
  for (const Reader reader : {Reader::npy, Reader::npy_numbers}) {
    result.push_back(seed(reader, workloads::npy_bytes({2, 3}, singles)));
    result.push_back(seed(reader, workloads::npy_bytes({4}, doubles)));
    // The other element types, with the length and the contents that go with them.
    for (const char* type : {"|u1", "<i4", "<i8"}) {
      const std::string header = std::string("{'descr': '") + type + "', 'fortran_order': False, 'shape': (3,), }\n";
      const std::size_t width = static_cast<std::size_t>(type[2] - '0');
      result.push_back(seed(reader, std::string("\x93NUMPY\x02\x00", 8) + static_cast<char>(header.size()) + std::string(3, '\0') + header +
                                        std::string(3 * width, '\x07')));
    }
  }
  const std::string idx = std::string("\x00\x00\x08\x03", 4) + std::string("\0\0\0\2\0\0\0\2\0\0\0\3", 12) + "pixelspixels";
  result.push_back(seed(Reader::idx, idx));
  result.push_back(seed(Reader::cifar, std::string(1, '\x03') + std::string(3072, 'p') + std::string(1, '\x09') + std::string(3072, 'q')));
  result.push_back(seed(Reader::gzip, gzip(idx)));
  result.push_back(seed(Reader::gzip, gzip(idx) + gzip(std::string(5000, 'z'))));
  return result;
}

std::string mutate(const std::string& input, const std::string& other, Dice& dice) {
  // The header is a small part of the file and the part that matters.
  constexpr std::size_t header = 96;
  if (input.size() > header && dice.once_in(2)) return mutate_bytes(input.substr(0, header), other, dice) + input.substr(header);
  return mutate_bytes(input, other, dice);
}

}  // namespace mho::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mho;
  fuzz::last_accepted = false;
  if (size == 0) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string path = "fuzz";
  try {
    switch (static_cast<fuzz::Reader>(data[0] % static_cast<unsigned>(fuzz::Reader::count))) {
      case fuzz::Reader::npy:
        fuzz::look_at(workloads::parse_npy(bytes, path));
        break;
      case fuzz::Reader::npy_numbers: {
        const auto array = workloads::parse_npy_numbers(bytes, path);
        if (workloads::element_count(array.shape) != static_cast<std::int64_t>(array.values.size()))
          throw std::logic_error("shape and values differ");
        break;
      }
      case fuzz::Reader::idx:
        fuzz::look_at(workloads::parse_idx(bytes, path));
        break;
      case fuzz::Reader::cifar: {
        const auto arrays = workloads::parse_cifar(bytes, path);
        fuzz::look_at(arrays.images);
        fuzz::look_at(arrays.labels);
        break;
      }
      default:
        fuzz::read_gzip(bytes);
        break;
    }
    fuzz::last_accepted = true;
  } catch (const base::UserError&) {
  }
  return 0;
}
