#include "workloads/data/dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <vector>

#include "tests/base/expect_error.h"
#include "workloads/data/array_files.h"
#include "workloads/data/npz_files.h"

namespace mho::workloads {
namespace {

using base::user_error;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class DataFiles : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("mho_dataset_test_" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
    return (folder_ / name).string();
  }
  void write_gz(const std::string& name, const std::string& bytes) const {
    gzFile file = gzopen((folder_ / name).c_str(), "wb");
    gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(file);
  }
  [[nodiscard]] DataDescription read(const std::string& yaml) const { return read_data(write("data.yaml", yaml)); }
  [[nodiscard]] std::string refusal(const std::string& yaml) const {
    return user_error([&] { static_cast<void>(read(yaml)); });
  }

  /// 2 images of 2x3, labels 1 and 4.
  void write_idx() const {
    write("images", idx({2, 2, 3}) + std::string("\0\1\2\3\4\5\6\7\10\11\12\377", 12));
    write("labels", idx({2}) + "\1\4");
  }
  static std::string idx(const std::vector<int>& shape) {
    std::string bytes{0, 0, 8, static_cast<char>(shape.size())};
    for (const int length : shape) bytes += std::string{0, 0, static_cast<char>(length >> 8), static_cast<char>(length)};
    return bytes;
  }
  static std::string npy(const std::string& type, const std::string& shape, const std::string& data) {
    std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
    return std::string("\x93NUMPY\1\0", 8) + static_cast<char>(header.size()) + '\0' + header + data;
  }
  static std::vector<float> sample(const Dataset& data, std::size_t index) {
    std::vector<float> values(static_cast<std::size_t>(element_count(data.sample_shape())));
    data.load(index, values);
    return values;
  }

  static constexpr const char* idx_yaml = "test: {images: images, labels: labels, format: idx}\n";
  std::filesystem::path folder_;
};

TEST_F(DataFiles, IdxPlainAndGzip) {
  write_idx();
  const auto plain = read(std::string("name: tiny\n") + idx_yaml);
  EXPECT_EQ(plain.test->name(), "tiny");
  EXPECT_EQ(plain.test->size(), 2U);
  EXPECT_EQ(plain.test->sample_shape(), (Shape{1, 2, 3}));
  EXPECT_EQ(plain.test->classes(), 5);
  EXPECT_EQ(plain.test->label(1), 4);
  EXPECT_THAT(sample(*plain.test, 1), ElementsAre(6, 7, 8, 9, 10, 255));
  EXPECT_EQ(plain.calibration, nullptr);
  write_gz("images", idx({2, 2, 3}) + std::string("\0\1\2\3\4\5\6\7\10\11\12\377", 12));
  const auto packed = read(std::string("name: tiny\n") + idx_yaml);
  EXPECT_EQ(packed.test->hash(), plain.test->hash());
}

TEST_F(DataFiles, ScalingByChannelAndLimits) {
  std::string record(3073, '\0');
  record[0] = 7;
  for (int c = 0; c < 3; ++c) record[static_cast<std::size_t>(1 + c * 1024)] = static_cast<char>(100);
  write("c.bin", record + record);
  const auto data = read("test: {images: c.bin, format: cifar, samples: 1}\nscale: {divide: 50, mean: [0, 1, 2], std: [1, 2, 4]}\n");
  EXPECT_EQ(data.test->size(), 1U);
  EXPECT_EQ(data.test->label(0), 7);
  const auto x = sample(*data.test, 0);
  EXPECT_EQ(x[0], 2.0F);
  EXPECT_EQ(x[1], 0.0F);
  EXPECT_EQ(x[1024], 0.5F);
  EXPECT_EQ(x[1025], -0.5F);
  EXPECT_EQ(x[2048], 0.0F);
  const auto other = read("test: {images: c.bin, format: cifar, samples: 1}\nscale: {divide: 51, mean: [0, 1, 2], std: [1, 2, 4]}\n");
  EXPECT_NE(other.test->hash(), data.test->hash());
}

TEST_F(DataFiles, ALayoutTurnsAxesAndScalesItsChannels) {
  // One sample [height 2][width 3][channel 2]: element (h, w, c) is 100 h + 10 w + c, in bytes that fit.
  write("x.npy", npy("|u1", "(1, 2, 3, 2)", std::string("\0\1\12\13\24\25\144\145\156\157\170\171", 12)));
  write("y.npy", npy("|u1", "(1,)", std::string(1, '\0')));
  const std::string files = "test: {inputs: x.npy, labels: y.npy, format: npy, ";
  const DataDescription turned = read(files + "layout: hwc -> chw}\n");
  EXPECT_THAT(turned.test->sample_shape(), ElementsAre(2, 2, 3));
  EXPECT_THAT(sample(*turned.test, 0), ElementsAre(0, 10, 20, 100, 110, 120, 1, 11, 21, 101, 111, 121));
  EXPECT_NE(turned.test->hash(), read(files + "shape: [2, 2, 3]}\n").test->hash());
  // Means belong to channels, wherever these lie.
  EXPECT_THAT(sample(*read(files + "layout: hwc -> chw}\nscale: {mean: [0, 1], std: 1}\n").test, 0),
              ElementsAre(0, 10, 20, 100, 110, 120, 0, 10, 20, 100, 110, 120));
  EXPECT_THAT(sample(*read(files + "layout: hwc -> whc}\nscale: {mean: [0, 1], std: 1}\n").test, 0),
              ElementsAre(0, 0, 100, 100, 10, 10, 110, 110, 20, 20, 120, 120));
  EXPECT_THAT(refusal(files + "layout: hw -> wh}\n"), HasSubstr("names 2 axes, but a stored sample has 3"));
  EXPECT_THAT(refusal(files + "layout: hwc -> chw, shape: [2, 6]}\n"), HasSubstr("keep one of them"));
}

TEST_F(DataFiles, ALayoutNamesTheAxesOfTheFile) {
  write_idx();
  const std::string files = "test: {images: images, labels: labels, format: idx, ";
  const DataDescription turned = read(files + "layout: hw -> wh}\n");
  EXPECT_THAT(turned.test->sample_shape(), ElementsAre(1, 3, 2));
  EXPECT_THAT(sample(*turned.test, 0), ElementsAre(0, 3, 1, 4, 2, 5));
  // Letters say where channels lie: two rows are two channels.
  EXPECT_THAT(sample(*read("test: {images: images, labels: labels, format: idx, layout: cl -> cl}\nscale: {mean: [0, 1], std: 1}\n").test, 0),
              ElementsAre(0, 1, 2, 2, 3, 4));
  // The channel that grey images are given is not in the file.
  EXPECT_THAT(refusal(files + "layout: hwc -> chw}\n"),
              AllOf(HasSubstr("names 3 axes, but a stored sample has 2"), HasSubstr("have shape 2x3"), HasSubstr("hw -> wh")));
}

TEST_F(DataFiles, AnInputThatIsNoNumber) {
  const float bad = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> values{0, 1, 2, 3, bad, 5};
  std::string bytes(values.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  write("x.npy", npy("<f4", "(2, 3)", bytes));
  write("y.npy", npy("|u1", "(2,)", std::string("\0\1", 2)));
  EXPECT_THAT(refusal("test: {inputs: x.npy, labels: y.npy, format: npy}\n"), HasSubstr("x.npy: element 1 of sample 1 (counted from 0) is nan"));
  write_idx();
  EXPECT_THAT(refusal(std::string("name: ''\n") + idx_yaml), HasSubstr("'name' is empty"));
}

TEST_F(DataFiles, Npy) {
  const float x[] = {1.5F, -2, 3, 4};
  const std::int64_t labels[] = {0, 3};
  write("x.npy", npy("<f4", "(2, 2)", std::string(reinterpret_cast<const char*>(x), sizeof x)));
  write("y.npy", npy("<i8", "(2,)", std::string(reinterpret_cast<const char*>(labels), sizeof labels)));
  const auto data =
      read("test: {images: x.npy, labels: y.npy, format: npy, shape: [2, 1]}\ncalibration: {images: x.npy, labels: y.npy, format: npy}\n");
  EXPECT_THAT(sample(*data.test, 0), ElementsAre(1.5, -2));
  EXPECT_EQ(data.test->sample_shape(), (Shape{2, 1}));
  EXPECT_EQ(data.test->label(1), 3);
  ASSERT_NE(data.calibration, nullptr);
  EXPECT_EQ(data.calibration->sample_shape(), (Shape{2}));
}

TEST_F(DataFiles, AnArrayOfAnArchive) {
  const std::vector<std::pair<std::string, std::string>> arrays{{"ids", npy_bytes({2, 2}, std::vector<float>{1, 2, 3, 4})},
                                                                {"labels", npy_bytes({2}, std::vector<float>{0, 5})}};
  write("both.npz", npz_bytes(arrays));
  const auto data = read("test: {inputs: 'both.npz:ids', labels: 'both.npz:labels', format: npy}\n");
  EXPECT_THAT(sample(*data.test, 1), ElementsAre(3, 4));
  EXPECT_EQ(data.test->label(1), 5);
  EXPECT_THAT(refusal("test: {inputs: 'both.npz:words', labels: 'both.npz:labels', format: npy}\n"),
              HasSubstr("no array 'words'; the archive holds ids, labels"));
}

TEST_F(DataFiles, TextForetellsItself) {
  // Symbols of the whole file: newline 0, a 1, b 2, c 3.
  write("play.txt", "abcabcab\nc");
  const auto data = read("test: {inputs: play.txt, labels: next, format: text, window: 3, bytes: [2, 8]}\nmetric: nats\n");
  ASSERT_EQ(data.test->size(), 2U);
  EXPECT_THAT(sample(*data.test, 0), ElementsAre(2, 3));
  EXPECT_THAT(sample(*data.test, 1), ElementsAre(2, 3));
  std::vector<float> targets(2);
  data.test->load_targets(0, targets);
  EXPECT_THAT(targets, ElementsAre(3, 1));
  EXPECT_EQ(read("test: {inputs: play.txt, labels: next, format: text, window: 3}\n").test->size(), 3U);
  EXPECT_THAT(refusal("test: {inputs: play.txt, labels: next, format: text}\n"), HasSubstr("needs the key 'window'"));
  EXPECT_THAT(refusal("test: {inputs: play.txt, labels: play.txt, format: text, window: 3}\n"), HasSubstr("labels: next"));
  EXPECT_THAT(refusal("test: {inputs: play.txt, labels: next, format: text, window: 3, bytes: 7}\n"), HasSubstr("first and the last byte"));
  EXPECT_THAT(refusal("test: {inputs: play.txt, labels: next, format: text, window: 3, bytes: [9, 20]}\n"), HasSubstr("no window of 3 bytes"));
}

TEST_F(DataFiles, EnvironmentVariables) {
  write_idx();
  setenv("MHO_DATASET_TEST", folder_.c_str(), 1);
  const std::string yaml = "test: {images: '${MHO_DATASET_TEST}/images', labels: '${MHO_DATASET_TEST}/labels'}\n";
  EXPECT_EQ(read(yaml).test->size(), 2U);
  unsetenv("MHO_DATASET_TEST");
  EXPECT_THAT(refusal(yaml), HasSubstr("export MHO_DATASET_TEST"));
}

TEST_F(DataFiles, BadDescriptions) {
  write_idx();
  EXPECT_THAT(user_error([] { read_data("/nowhere/data.yaml"); }), HasSubstr("/nowhere/data.yaml"));
  EXPECT_THAT(refusal("test: {imags: images, labels: labels}\n"), HasSubstr("data.yaml:1:8: unknown key 'imags' in 'test' (did you mean 'images'?)"));
  EXPECT_THAT(refusal("tests: {images: images, labels: labels}\n"), HasSubstr("did you mean 'test'"));
  EXPECT_THAT(refusal("name: x\n"), HasSubstr("'test' is missing"));
  EXPECT_THAT(refusal("test: {labels: labels}\n"), HasSubstr("needs the key 'images'"));
  EXPECT_THAT(refusal("test: {images: images}\n"), HasSubstr("needs the key 'labels'"));
  EXPECT_THAT(refusal("test: {images: images, labels: labels, format: png}\n"), HasSubstr("format 'png'"));
  EXPECT_THAT(refusal(std::string(idx_yaml) + "metric: top7\n"), HasSubstr("metric 'top7' is not known; legal are top1, top5, nats, f1, mse"));
  EXPECT_THAT(refusal(std::string(idx_yaml) + "scale: {divide: 0}\n"), HasSubstr("above 0"));
  EXPECT_THAT(refusal(std::string(idx_yaml) + "scale: {divide: nan}\n"), HasSubstr("must be a number"));
  EXPECT_THAT(refusal(std::string(idx_yaml) + "scale: {mean: [1, 2, 3]}\n"), HasSubstr("1 channels"));
  EXPECT_THAT(refusal("test: {images: images, labels: labels, shape: [2, 2]}\n"), HasSubstr("6 values"));
  EXPECT_THAT(refusal("test: {images: images, labels: labels, samples: 3}\n"), HasSubstr("asks for 3"));
  EXPECT_THAT(refusal("test: {images: '${OPEN', labels: labels}\n"), HasSubstr("without '}'"));
  EXPECT_THAT(refusal("- 1\n"), HasSubstr("must be a section"));
}

TEST_F(DataFiles, NumbersAreCheckedAsWhatTheyBecome) {
  write_idx();
  const auto scaled = [&](const std::string& scale) { return refusal(std::string(idx_yaml) + "scale: {" + scale + "}\n"); };
  for (const std::string key : {"divide", "mean", "std"}) {
    for (const char* value : {"1e39", "1e300"}) EXPECT_THAT(scaled(key + ": " + value), HasSubstr("is too large; samples are computed with 32 bits"));
    for (const char* value : {"1e-39", "1e-300"}) EXPECT_THAT(scaled(key + ": " + value), HasSubstr("is too small"));
    for (const char* value : {"nan", "inf", "-inf", "1e400", "1 V", "0x1p3", "", "[]", "{}"})
      EXPECT_NE(scaled(key + ": " + value), "") << key << value;
  }
  EXPECT_THAT(scaled("mean: [1e300]"), HasSubstr("too large"));
  // Each fits, but not what they make of 255.
  EXPECT_THAT(scaled("divide: 1e-37"), HasSubstr("'scale' makes inf of the value 255"));
  EXPECT_THAT(scaled("divide: 1e-20, std: 1e-20"), HasSubstr("more than 32 bits hold"));
  EXPECT_EQ(read(std::string(idx_yaml) + "scale: {divide: 1e-30}\n").test->size(), 2U);
}

TEST_F(DataFiles, SharesHaveBounds) {
  write_idx();
  const auto chance = [&](const std::string& more) { return refusal(idx_yaml + more + "\n"); };
  for (const char* value : {"1", "100 %", "1.5", "-0.1", "1e300", "nan"}) {
    EXPECT_NE(chance(std::string("chance: ") + value), "") << value;
    EXPECT_NE(chance(std::string("metric: top5\nchance: ") + value), "") << value;
    EXPECT_NE(chance(std::string("metric: f1\nchance: ") + value), "") << value;
  }
  EXPECT_THAT(chance("chance: 1"), HasSubstr("from 0 to below 1"));
  EXPECT_THAT(chance("metric: nats\nchance: -2"), HasSubstr("above 0"));
  EXPECT_EQ(read(std::string(idx_yaml) + "chance: 0.999\n").test->chance(), 0.999);
  EXPECT_EQ(read(std::string(idx_yaml) + "chance: 0\n").test->chance(), 0);
  EXPECT_EQ(read(std::string(idx_yaml) + "metric: nats\nchance: 4.5\n").test->chance(), 4.5);
}

TEST_F(DataFiles, PipesAreNoData) {
  write_idx();
  std::filesystem::remove(folder_ / "images");
  ASSERT_EQ(mkfifo((folder_ / "images").c_str(), 0600), 0);
  EXPECT_THAT(refusal(idx_yaml), HasSubstr("this is a pipe, but a plain file is needed"));
  EXPECT_THAT(refusal("test: {images: /dev/zero, labels: labels, format: idx}\n"), HasSubstr("this is a device"));
}

TEST_F(DataFiles, AllFilesOfADescriptionCountAgainstOneLimit) {
  write_idx();  // 28 and 10 bytes
  write_gz("packed", idx({2, 50, 50}) + std::string(5000, '\0'));
  const auto refusal = [&](const std::string& yaml, std::uint64_t limit) {
    const std::string file = write("data.yaml", yaml);
    return user_error([&] { static_cast<void>(read_data(file, base::InputLimit(limit))); });
  };
  EXPECT_NO_THROW(static_cast<void>(read_data(write("data.yaml", idx_yaml), base::InputLimit(38))));
  EXPECT_THAT(refusal(idx_yaml, 37), HasSubstr("labels: the files of this run hold more than"));
  EXPECT_THAT(refusal("test: {images: packed, labels: labels, format: idx}\n", 4000), HasSubstr("packed: the files of this run hold more than"));
  const std::string both = "training: {images: images, labels: labels, format: idx}\n";
  EXPECT_THAT(refusal(idx_yaml + both, 60), HasSubstr("the files of this run hold more than"));
}

TEST_F(DataFiles, DamagedFiles) {
  write_idx();
  write("images", idx({2, 2, 3}) + "abc");
  EXPECT_THAT(refusal(idx_yaml), HasSubstr("says 2x2x3 bytes of data, the file holds 3"));
  write("images", "PNG nonsense");
  EXPECT_THAT(refusal(idx_yaml), HasSubstr("not an IDX file"));
  write("images", std::string("\0\0\x0d\1\0\0\0\1\0\0\0\0", 12));
  EXPECT_THAT(refusal(idx_yaml), HasSubstr("0x0d"));
  write("images", std::string("\0\0\10\3", 4) + std::string(12, '\xff') + "abc");
  EXPECT_THAT(refusal(idx_yaml), HasSubstr("truncated or damaged"));
  write("images", "");
  EXPECT_THAT(refusal(idx_yaml), HasSubstr("not an IDX file"));
  write("images", idx({3, 1, 1}) + "abc");
  EXPECT_THAT(refusal(idx_yaml), HasSubstr("need 3 labels"));
  write_gz("images", idx({2, 2, 3}) + std::string(12, 'a'));
  std::filesystem::resize_file(folder_ / "images", std::filesystem::file_size(folder_ / "images") - 4);
  EXPECT_THAT(refusal(idx_yaml), HasSubstr("truncated"));
  write("images", "\x1f\x8b garbage that is no gzip stream");
  EXPECT_THAT(refusal(idx_yaml), HasSubstr("gzip file is damaged"));
  write("c.bin", std::string(100, 'a'));
  EXPECT_THAT(refusal("test: {images: c.bin, format: cifar}\n"), HasSubstr("no multiple of 3073"));
  write("c.bin", std::string(3073, 'a'));
  EXPECT_THAT(refusal("test: {images: c.bin, format: cifar}\n"), HasSubstr("a CIFAR-10 label is 0 to 9"));
}

TEST_F(DataFiles, AnIdxRankIsNoNegativeNumber) {
  // 255 axes; read as -1, the header would end before it begins.
  write("images", std::string("\0\0\x08\xFF", 4) + std::string(64, '\1'));
  EXPECT_THAT(refusal(idx_yaml), HasSubstr("number of axes (1 to 8)"));
}

TEST_F(DataFiles, DamagedNpy) {
  write("y.npy", npy("|u1", "(2,)", "ab"));
  const std::string yaml = "test: {images: x.npy, labels: y.npy, format: npy}\n";
  write("x.npy", "no npy at all");
  EXPECT_THAT(refusal(yaml), HasSubstr("not a .npy file"));
  write("x.npy", npy("<f4", "(2, 2)", "abc"));
  EXPECT_THAT(refusal(yaml), HasSubstr("2x2 elements of 4 bytes, the file holds 3"));
  write("x.npy", npy("<c8", "(2, 2)", std::string(32, 'a')));
  EXPECT_THAT(refusal(yaml), HasSubstr("'<c8' is not supported"));
  write("x.npy", npy("|u1", "(99999999999, 99999999999)", "ab"));
  EXPECT_THAT(refusal(yaml), HasSubstr("truncated or damaged"));
  write("x.npy", npy("|u1", "two", "ab"));
  EXPECT_THAT(refusal(yaml), HasSubstr("'shape'"));
  const std::string whole = npy("<f4", "(2, 2)", std::string(16, 'a'));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    write("x.npy", whole.substr(0, length));
    EXPECT_THAT(refusal(yaml), HasSubstr("x.npy")) << length;
  }
}

TEST_F(DataFiles, WhoDemandsATrainingSplitNeedsNoTestSplit) {
  write("x.npy", npy("|u1", "(4, 2)", "abcdefgh"));
  write("y.npy", npy("|u1", "(4,)", std::string("\0\1\0\1", 4)));
  const std::string split = ": {inputs: x.npy, labels: y.npy, format: npy}\n";
  const auto demand = [&](const std::string& yaml, DemandedSplit which) { return read_data(write("data.yaml", yaml), base::InputLimit(), which); };
  const DataDescription training =
      demand("training" + split + "validation: {inputs: x.npy, labels: y.npy, format: npy, samples: 3}\n", DemandedSplit::training);
  EXPECT_EQ(training.test, nullptr);
  EXPECT_EQ(training.calibration, nullptr);  // it is the training split
  EXPECT_EQ(training.training->size(), 4U);
  ASSERT_NE(training.validation, nullptr);
  EXPECT_EQ(training.validation->size(), 3U);
  EXPECT_EQ(training.validation->name(), "data (validation)");
  EXPECT_THAT(user_error([&] { demand("test" + split, DemandedSplit::training); }), HasSubstr("the key 'training' is missing"));
  EXPECT_THAT(user_error([&] { demand("training" + split, DemandedSplit::test); }), HasSubstr("the key 'test' is missing"));
  // A validation split that is not there harms nobody who does not train.
  EXPECT_NO_THROW(demand("test" + split + "validation: {inputs: nowhere.npy, labels: y.npy, format: npy}\n", DemandedSplit::test));
}

TEST_F(DataFiles, LargeFilesAreLookedThroughWhereThatIsAskedFor) {
  // A little more than is read as a whole: zeros, and a last number that is none.
  constexpr std::size_t samples = 17000, each = 1000;
  const std::string whole = npy("<f4", "(17000, 1000)", "");
  const std::string file = write("x.npy", whole);
  std::filesystem::resize_file(file, whole.size() + samples * each * sizeof(float));
  std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
  stream.seekp(-static_cast<std::streamoff>(sizeof(float)), std::ios::end);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  stream.write(reinterpret_cast<const char*>(&nan), sizeof(nan));
  stream.close();
  write("y.npy", npy("|u1", "(17000,)", std::string(samples, '\0')));
  const std::string yaml = write("data.yaml", "training: {inputs: x.npy, labels: y.npy, format: npy}\n");
  EXPECT_NO_THROW(static_cast<void>(read_data(yaml, base::InputLimit(), DemandedSplit::training, false)));
  EXPECT_THAT(user_error([&] { static_cast<void>(read_data(yaml, base::InputLimit(), DemandedSplit::training, true)); }),
              AllOf(HasSubstr("x.npy: element 999 of sample 16999 (counted from 0) is nan")));
}

}  // namespace
}  // namespace mho::workloads
