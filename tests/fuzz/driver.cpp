// Runs a fuzz target without libFuzzer: the seeds, then mutations of them, the same ones on every machine. An input that ends the program, takes
// longer than a minute or makes the reader throw anything but a base::UserError is written to a file and the run fails.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/fuzz/target.h"

namespace {

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MHO_ADDRESS_SANITIZER
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define MHO_ADDRESS_SANITIZER
#endif

constexpr unsigned longest_seconds = 60;

std::string file_name;  ///< where a failing input goes
const std::string* running = nullptr;

void keep_input() {
  const int file = running == nullptr ? -1 : open(file_name.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file < 0) return;
  for (std::size_t at = 0; at < running->size();) {
    const ssize_t written = write(file, running->data() + at, running->size() - at);
    if (written <= 0) break;
    at += static_cast<std::size_t>(written);
  }
  close(file);
}

extern "C" void on_signal(int number) {
  keep_input();
  const char* text = number == SIGALRM ? "an input takes longer than a minute: " : "an input ended the program: ";
  for (const char* part : {text, file_name.c_str(), "\n"}) {
    if (write(STDERR_FILENO, part, std::strlen(part)) < 0) break;
  }
  _exit(1);
}

[[noreturn]] void failed(const char* why) {
  keep_input();
  std::fprintf(stderr, "%s: %s\n", file_name.c_str(), why);
  std::exit(1);
}

void run(const std::string& input, const std::string& name) {
  running = &input;
  file_name = name;
  alarm(longest_seconds);
  try {
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  } catch (const std::exception& error) {
    failed(error.what());
  } catch (...) {
    failed("something that is no std::exception was thrown");
  }
  alarm(0);
  running = nullptr;
}

#ifndef MHO_ADDRESS_SANITIZER
/// Addresses that the program has taken so far, libraries and all.
rlim_t own_memory() {
  std::ifstream stream("/proc/self/statm");
  rlim_t pages = 0;
  stream >> pages;
  return pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE));
}
#endif

}  // namespace

#ifdef MHO_ADDRESS_SANITIZER
// Its shadow memory needs all addresses there are, so it watches single allocations instead.
extern "C" const char* __asan_default_options() { return "max_allocation_size_mb=1100:handle_segv=0:handle_abort=0:abort_on_error=1"; }
#endif

/// usage: fuzz_TARGET RUNS | fuzz_TARGET --write-seeds FOLDER | fuzz_TARGET FILE...
int main(int count, char** arguments) {
  const std::vector<std::string> words(arguments + 1, arguments + count);
  const std::vector<std::string> seeds = mho::fuzz::seeds();
  const std::string target = std::filesystem::path(arguments[0]).filename().string();
  if (words.size() == 2 && words[0] == "--write-seeds") {
    std::filesystem::create_directories(words[1]);
    for (std::size_t i = 0; i < seeds.size(); ++i) {
      std::ofstream(std::filesystem::path(words[1]) / ("seed" + std::to_string(i)), std::ios::binary) << seeds[i];
    }
    return 0;
  }
#ifndef MHO_ADDRESS_SANITIZER
  const rlim_t most = own_memory() + mho::fuzz::most_memory();
  const rlimit limit{most, most};
  setrlimit(RLIMIT_AS, &limit);
#endif
  for (const int number : {SIGSEGV, SIGABRT, SIGFPE, SIGBUS, SIGILL, SIGALRM}) std::signal(number, on_signal);
  const bool number = words.size() == 1 && words[0].find_first_not_of("0123456789") == std::string::npos;
  if (words.empty() || !number) {
    for (const std::string& word : words) {
      std::ifstream stream(word, std::ios::binary);
      run(std::string(std::istreambuf_iterator<char>(stream), {}), word + ".failed");
      std::printf("%s: %s\n", word.c_str(), mho::fuzz::accepted() ? "accepted" : "refused");
    }
    return 0;
  }
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    run(seeds[i], target + ".seed" + std::to_string(i));
    if (!mho::fuzz::accepted()) {
      std::fprintf(stderr, "seed %zu is refused, but seeds are valid inputs\n", i);
      return 1;
    }
  }
  const unsigned long runs = std::stoul(words[0]);
  unsigned long taken = 0;
  for (unsigned long i = 0; i < runs; ++i) {
    // Each input is a function of its number alone, so that the one that failed can be made again.
    mho::fuzz::Dice dice(i);
    std::string input = seeds[dice.below(seeds.size())];
    for (std::size_t changes = 1 + dice.below(4); changes > 0; --changes) input = mho::fuzz::mutate(input, seeds[dice.below(seeds.size())], dice);
    run(input, target + ".input" + std::to_string(i));
    taken += mho::fuzz::accepted() ? 1U : 0U;
  }
  std::printf("%s: %lu inputs, %lu of them accepted\n", target.c_str(), runs, taken);
  return 0;
}
