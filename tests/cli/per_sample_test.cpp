#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <numeric>

#include "base/json.h"
#include "tests/cli/npy.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

using testing::HasSubstr;

/// The numbers of an array of a .npz file whose arrays are stored as they are, and its header.
struct StoredArray {
  StoredArray(const std::string& archive, const std::string& name) {
    const std::size_t file = archive.find(name + ".npy");
    const std::size_t begin = archive.find("\x93NUMPY", file);
    constexpr std::size_t before_length = 8, before_header = 10;
    const auto length = static_cast<std::size_t>(static_cast<unsigned char>(archive.at(begin + before_length))) +
                        256 * static_cast<std::size_t>(static_cast<unsigned char>(archive.at(begin + before_length + 1)));
    header = archive.substr(begin + before_header, length);
    data = archive.substr(begin + before_header + length);
  }
  [[nodiscard]] std::vector<double> numbers(std::size_t first, std::size_t count) const {
    std::vector<double> values(count);
    std::memcpy(values.data(), data.data() + first * sizeof(double), count * sizeof(double));
    return values;
  }
  std::string header, data;
};

double mean(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size()); }

class PerSampleTest : public CommandTest {};

TEST_F(PerSampleTest, MeansOverSamplesAreTheAccuracies) {
  const Outcome outcome = mho(quick_run({"--per-sample", "s.npz", "--json"}));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const base::Json json = base::Json::parse(outcome.out, "out");
  const std::string archive = base::read_file((folder_ / "s.npz").string());
  constexpr std::size_t samples = 40, repeats = 2;
  const StoredArray tiles(archive, "tiles"), in_float(archive, "float"), counts(archive, "counts"), index(archive, "samples");
  EXPECT_THAT(tiles.header, HasSubstr("'shape': (2,2,40,)"));
  EXPECT_EQ(mean(in_float.numbers(0, samples)), std::get<double>(json.find("float_accuracy_scored")->value()));
  EXPECT_EQ(mean(counts.numbers(0, samples)), 1);
  EXPECT_EQ(index.numbers(0, samples).back(), 39);
  EXPECT_EQ(StoredArray(archive, "times_s").numbers(0, 2), (std::vector<double>{1, 31536000}));
  const auto& times = std::get<base::Json::Array>(json.find("accuracy")->value());
  ASSERT_EQ(times.size(), 2U);
  for (std::size_t t = 0; t < times.size(); ++t) {
    const auto& by_repeat = std::get<base::Json::Array>(times[t].find("by_repeat")->value());
    for (std::size_t r = 0; r < repeats; ++r) {
      EXPECT_NEAR(mean(tiles.numbers((t * repeats + r) * samples, samples)), std::get<double>(by_repeat[r].value()), 1e-12);
    }
  }
}

TEST_F(PerSampleTest, IsRefusedEarlyWhereItCannotBe) {
  write("x.npy", npy<float>("<f4", "(40, 1, 16, 16)", std::vector<float>(40 * 256, 0.5F)));
  write("y.npy", npy<float>("<f4", "(40,)", std::vector<float>(40, 3.0F)));
  write("f1.yaml", "metric: f1\ntest: {inputs: x.npy, labels: y.npy, format: npy}\n");
  const Outcome f1 = mho({"run", MHO_SOURCE_DIR "/examples/default_network/strokes.onnx", "--data", "f1.yaml", "--per-sample", "s.npz"});
  EXPECT_EQ(f1.code, 2);
  EXPECT_THAT(f1.err, HasSubstr("--per-sample: the metric f1 is no mean over samples"));
  const Outcome missing = mho(quick_run({"--per-sample", "no folder/s.npz"}));
  EXPECT_EQ(missing.code, 3);
  EXPECT_THAT(missing.err, HasSubstr("there is no folder"));
}

}  // namespace
}  // namespace mho::cli::test
