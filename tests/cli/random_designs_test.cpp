#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <random>
#include <thread>

#include "base/json.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Designs whose keys are drawn from what `mho describe` says is legal. A design may be refused (codes 3 and 4); it may not crash, hang, fail its own
/// checks or give a figure that is no number.
class RandomDesigns : public CommandTest {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    declarations_ = base::Json::parse(mho({"describe", "--json"}).out, "describe");
  }

  /// The lines of design `number`; the same in every run. Keys that contradict others are taken back, as far as messages name them.
  std::string design(int number) {
    engine_.seed(static_cast<std::uint64_t>(number) + 1);
    // A few keys, many, or all of them.
    constexpr double shares[] = {0.03, 0.1, 0.3, 1};
    const double share = shares[number % 4];
    std::map<std::string, std::string> values;
    for (const base::Json& key : std::get<base::Json::Array>(declarations_.find("parameters")->value())) {
      if (uniform() >= share) continue;
      const std::string value = draw(key);
      if (!value.empty()) values[text(key, "key")] = value;
    }
    constexpr int most_taken_back = 40;
    for (int k = 0; k < most_taken_back; ++k) {
      write("chip.yaml", yaml(values));
      const Outcome outcome = mho({"validate", "chip.yaml"});
      if (outcome.code == 0) break;
      // The key that is named first, or another that the message names where that one has its default.
      std::size_t first = std::string::npos;
      std::string named;
      for (const auto& [key, value] : values) {
        if (const std::size_t at = outcome.err.find(key); at < first) {
          first = at;
          named = key;
        }
      }
      if (named.empty()) break;
      values.erase(named);
    }
    return yaml(values);
  }

  void expect_sound(int number) {
    const std::string yaml = design(number);
    write("chip.yaml", yaml);
    const pid_t pid = start(MHO_BINARY, {"run", "--design", "chip.yaml", "--repeats", "1", "--samples", "8", "--times", "1s", "--threads", "1"});
    constexpr auto limit = std::chrono::seconds(60);
    const auto begin = std::chrono::steady_clock::now();
    siginfo_t ended{};
    while (ended.si_pid == 0 && std::chrono::steady_clock::now() - begin < limit) {
      ASSERT_EQ(waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOHANG | WNOWAIT), 0);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    if (ended.si_pid == 0) {
      kill(pid, SIGKILL);
      waitpid(pid, nullptr, 0);
      ADD_FAILURE() << "design " << number << " takes longer than a minute\n" << yaml;
      return;
    }
    const Outcome outcome = finish(pid);
    EXPECT_THAT(outcome.code, testing::AnyOf(0, 3, 4)) << "design " << number << ": " << outcome.err << "\n" << yaml;
    EXPECT_THAT(outcome.err, Not(HasSubstr("internal error"))) << "design " << number << "\n" << yaml;
    EXPECT_THAT(outcome.out, testing::AllOf(Not(HasSubstr("nan")), Not(HasSubstr("inf ")))) << "design " << number << "\n" << yaml;
    if (outcome.code == 0) ++computed_;
  }
  int computed_ = 0;  ///< designs that were not refused

 private:
  static std::string text(const base::Json& json, const char* key) { return std::get<std::string>(json.find(key)->value()); }
  static double number(const base::Json& json) {
    if (const auto* whole = std::get_if<std::int64_t>(&json.value())) return static_cast<double>(*whole);
    return std::get<double>(json.value());
  }
  /// From 0 to 1; of the engine's bits alone, so the same with every library.
  double uniform() { return static_cast<double>(engine_() >> 11U) * 0x1p-53; }
  const base::Json& one_of(const base::Json::Array& list) {
    return list[std::min(static_cast<std::size_t>(uniform() * static_cast<double>(list.size())), list.size() - 1)];
  }

  static std::string yaml(const std::map<std::string, std::string>& values) {
    std::string lines;
    for (const auto& [key, value] : values) lines += fmt::format("{}: {}\n", key, value);
    return lines.empty() ? "{}\n" : lines;
  }

  std::string draw(const base::Json& key) {
    const std::string type = text(key, "type");
    const base::Json* listed = key.find("words");
    const auto words = listed == nullptr ? base::Json::Array{} : std::get<base::Json::Array>(listed->value());
    if (type == "text") {
      const base::Json::Array formats{"float32", "float16", "bfloat16", "int8", "int4"};
      return text(key, "key").ends_with("_format") ? std::get<std::string>(one_of(formats).value()) : "";
    }
    constexpr double for_a_word = 0.25;
    if (type == "choice" || (!words.empty() && uniform() < for_a_word)) return std::get<std::string>(one_of(words).value());
    if (type == "boolean") return uniform() < 0.5 ? "true" : "false";
    if (const base::Json* values = key.find("values")) return fmt::format("{}", number(one_of(std::get<base::Json::Array>(values->value()))));
    return draw_number(key, type == "integer");
  }

  /// Mostly near the default, else anywhere in the range, or its least.
  std::string draw_number(const base::Json& key, bool whole) {
    const double least = number(*key.find("minimum")), most = number(*key.find("maximum"));
    const base::Json& usual = *key.find("default");
    constexpr double near_the_default = 0.7, at_the_least = 0.3;
    double value = 0;
    if (uniform() < near_the_default && !std::holds_alternative<std::string>(usual.value()) && number(usual) != 0) {
      value = number(usual) * std::pow(10.0, 1.4 * uniform() - 0.7);
    } else if (least > 0) {
      value = least * std::pow(most / least, uniform());
    } else {
      value = uniform() < at_the_least ? least : least + (most - least) * std::pow(10.0, -6 * uniform());
    }
    value = std::clamp(value, least, most);
    return whole ? fmt::format("{}", std::llround(value)) : fmt::format("{:.6g}", std::clamp(value, least, most));
  }

  base::Json declarations_;
  std::mt19937_64 engine_;
};

TEST_F(RandomDesigns, TenAreComputedOrRefused) {
  for (int number = 0; number < 10; ++number) expect_sound(number);
  EXPECT_GE(computed_, 2);
}

class RandomDesignsLong : public RandomDesigns {};

TEST_F(RandomDesignsLong, ThreeHundredAreComputedOrRefused) {
  for (int number = 0; number < 300; ++number) expect_sound(number);
  EXPECT_GE(computed_, 60);
}

}  // namespace
}  // namespace mho::cli::test
