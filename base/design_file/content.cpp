#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>

#include "base/design_file/document.h"
#include "base/error.h"
#include "base/progress.h"

namespace mho::base {
namespace {

[[noreturn]] void cannot_read(const std::string& path, const std::string& why, const std::string& advice = "check the path and its permissions") {
  throw UserError(fmt::format("{}: cannot read this file: {}; {}", path, why, advice));
}

// The five constants of XXH64 (Collet, "xxHash fast digest algorithm", specification 0.1.1).
constexpr std::uint64_t prime1 = 0x9E3779B185EBCA87;
constexpr std::uint64_t prime2 = 0xC2B2AE3D27D4EB4F;
constexpr std::uint64_t prime3 = 0x165667B19E3779F9;
constexpr std::uint64_t prime4 = 0x85EBCA77C2B2AE63;
constexpr std::uint64_t prime5 = 0x27D4EB2F165667C5;

/// The integer in `bytes` bytes at `data`, least significant byte first on every machine.
template <int bytes>
std::uint64_t little_endian(const char* data) {
  std::uint64_t word = 0;
  for (int i = 0; i < bytes; ++i) word |= static_cast<std::uint64_t>(static_cast<unsigned char>(data[i])) << (8 * i);
  return word;
}

std::uint64_t absorb(std::uint64_t lane, std::uint64_t word) { return std::rotl(lane + word * prime2, 31) * prime1; }

constexpr std::size_t stripe = 32;

/// The hash of bytes that are added in pieces. All pieces except the last consist of whole stripes.
class Xxh64 {
 public:
  void add_stripes(std::string_view bytes) {
    for (const char* data = bytes.data(); data != bytes.data() + bytes.size(); data += stripe) {
      for (std::size_t i = 0; i < 4; ++i) lanes_[i] = absorb(lanes_[i], little_endian<8>(data + 8 * i));
    }
    size_ += bytes.size();
  }
  [[nodiscard]] std::uint64_t end(std::string_view last);

 private:
  std::array<std::uint64_t, 4> lanes_{prime1 + prime2, prime2, 0, 0 - prime1};
  std::size_t size_ = 0;
};

std::uint64_t Xxh64::end(std::string_view last) {
  const std::size_t whole = last.size() / stripe * stripe;
  add_stripes(last.substr(0, whole));
  const char* data = last.data() + whole;
  const char* const end = last.data() + last.size();
  std::uint64_t hash = prime5;
  if (size_ > 0) {
    hash = std::rotl(lanes_[0], 1) + std::rotl(lanes_[1], 7) + std::rotl(lanes_[2], 12) + std::rotl(lanes_[3], 18);
    for (const std::uint64_t lane : lanes_) hash = (hash ^ absorb(0, lane)) * prime1 + prime4;
  }
  hash += size_ + (last.size() - whole);
  for (; end - data >= 8; data += 8) hash = std::rotl(hash ^ absorb(0, little_endian<8>(data)), 27) * prime1 + prime4;
  for (; end - data >= 4; data += 4) hash = std::rotl(hash ^ (little_endian<4>(data) * prime1), 23) * prime2 + prime3;
  for (; data != end; ++data) hash = std::rotl(hash ^ (little_endian<1>(data) * prime5), 11) * prime1;
  hash = (hash ^ (hash >> 33)) * prime2;
  hash = (hash ^ (hash >> 29)) * prime3;
  return hash ^ (hash >> 32);
}

class OpenFile {
 public:
  explicit OpenFile(int number) : number_(number) {}
  ~OpenFile() {
    if (number_ >= 0) close(number_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

/// Waits a short time until a pipe or a terminal delivers bytes or ends; false if neither happened.
bool is_readable(int file) {
  constexpr int wait_ms = 200;
  pollfd asked{.fd = file, .events = POLLIN, .revents = 0};
  return poll(&asked, 1, wait_ms) > 0;
}

}  // namespace

std::string read_file(const std::string& path, const InputLimit& limit) {
  // O_NONBLOCK: otherwise open() would block on a pipe without a writer, and an interrupt just before the call would go unnoticed.
  const OpenFile file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (file.number() < 0 || fstat(file.number(), &status) != 0) cannot_read(path, std::strerror(errno));
  if (S_ISDIR(status.st_mode)) cannot_read(path, "it is a folder", "give the name of a file in it");
  if (S_ISBLK(status.st_mode) || (S_ISCHR(status.st_mode) && isatty(file.number()) == 0)) {
    cannot_read(path, "it is a device", "give the name of a file");
  }
  const bool waits = S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode);

  // One byte more than the stated size: then read() reports the end of the file before the buffer has to grow. The stated size may be wrong,
  // and pipes state none; then the buffer grows.
  constexpr std::size_t step = 1 << 16, block = std::size_t{1} << 26U;
  const std::size_t stated = status.st_size > 0 ? static_cast<std::size_t>(status.st_size) + 1 : step;
  std::string bytes(std::min(stated, block), '\0');
  std::size_t filled = 0;
  constexpr int patience = 5;
  for (int waited = 0;;) {
    check_interrupt();
    if (waits && !is_readable(file.number())) {
      if (++waited == patience) say_waiting(fmt::format("waiting for another program that writes to {}", path));
      continue;
    }
    if (filled == bytes.size()) bytes.resize(filled < stated ? std::min(stated, 2 * filled) : filled + filled / 2);
    const ssize_t got = read(file.number(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) cannot_read(path, std::strerror(errno));
    if (got == 0) break;
    limit.take(static_cast<std::uint64_t>(got), path);
    filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

std::string content_hash(std::string_view bytes) { return fmt::format("{:016x}", Xxh64().end(bytes)); }

std::string file_hash(const std::string& path) {
  const auto close = [](std::FILE* file) { std::fclose(file); };
  const std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path.c_str(), "rb"), close);
  if (!file) cannot_read(path, std::strerror(errno));
  constexpr std::size_t piece = std::size_t{1} << 20U;
  std::string bytes(piece, '\0');
  Xxh64 hash;
  while (true) {
    const std::size_t got = std::fread(bytes.data(), 1, piece, file.get());
    if (got == piece) {
      hash.add_stripes(bytes);
      continue;
    }
    if (std::ferror(file.get()) != 0) cannot_read(path, std::strerror(errno));
    return fmt::format("{:016x}", hash.end(std::string_view(bytes).substr(0, got)));
  }
}

}  // namespace mho::base
