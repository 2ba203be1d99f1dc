// --scalar: inputs of one number.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

using ScalarInputs = CommandTest;

TEST_F(ScalarInputs, WhatCannotBeMeantIsRefused) {
  const std::string network = MHO_SOURCE_DIR "/tests/cli/data/convnet.onnx";
  const auto refused = [&](const std::vector<std::string>& arguments, int code, const std::string& says) {
    const Outcome outcome = mho(arguments);
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_NE(outcome.err.find(says), std::string::npos) << outcome.err;
  };
  refused({"network", network, "--scalar", "rate=8000"}, 3, "no input 'rate'");
  refused({"network", network, "--scalar", "rate"}, 2, "NAME=VALUE");
  refused({"network", network, "--scalar", "rate=fast"}, 2, "--scalar");
  refused({"network", network, "--scalar", "rate=1", "--scalar", "rate=2"}, 2, "given twice");
  refused({"run", "--scalar", "rate=1"}, 2, "goes with a network");
  refused({"simulate", "--scalar", "rate=1"}, 2, "goes with a network");
}

}  // namespace
}  // namespace mho::cli::test
