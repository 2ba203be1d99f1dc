#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "base/design_file/document.h"
#include "tests/cli/process.h"

namespace mho::cli::test {

/// Small networks from practice with right values, in the folder cases of MHO_DATA; skipped without it.
class PracticeCase : public CommandTest {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    const char* folder = std::getenv("MHO_DATA");
    if (folder == nullptr) GTEST_SKIP() << "MHO_DATA does not name the folder with networks and data";
    cases_ = std::string(folder) + "/cases/";
  }

  std::string cases_;
};

/// The first number behind `key` in a JSON text; not a number where the key is missing.
inline double json_number(const std::string& json, const std::string& key) {
  const auto at = json.find("\"" + key + "\":");
  return at == std::string::npos ? std::nan("") : std::strtod(json.c_str() + at + key.size() + 3, nullptr);
}

/// Variance of a file of float32 numbers, version 1 of NumPy's format.
inline double npy_variance(const std::string& path) {
  const std::string bytes = base::read_file(path);
  const std::size_t begin = 10 + static_cast<unsigned char>(bytes.at(8)) + 256U * static_cast<unsigned char>(bytes.at(9));
  std::vector<float> values((bytes.size() - begin) / sizeof(float));
  std::memcpy(values.data(), bytes.data() + begin, values.size() * sizeof(float));
  double mean = 0, squares = 0;
  for (const float value : values) mean += static_cast<double>(value) / static_cast<double>(values.size());
  for (const float value : values) squares += (static_cast<double>(value) - mean) * (static_cast<double>(value) - mean);
  return squares / static_cast<double>(values.size());
}

}  // namespace mho::cli::test
