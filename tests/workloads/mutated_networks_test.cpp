#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdlib>

#include "base/design_file/document.h"
#include "base/error.h"
#include "tests/fuzz/mutations.h"
#include "workloads/execution/evaluation.h"

namespace mho::workloads {
namespace {

/// Trained networks of all kinds, damaged: each is refused by a UserError, or is a network that can be run.
class MutatedNetworks : public testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("MHO_DATA");
    if (folder == nullptr) GTEST_SKIP() << "MHO_DATA does not name the folder of networks and data";
    for (const char* name :
         {"models/vnncomp21_Convnet_maxpool.onnx", "nets/fsdd_gru.onnx", "nets/fsdd_lstm.onnx", "models/mlperf_tiny_resnet8_cifar10.onnx",
          "models/vit_cifar10_pgd_2_3_16.onnx", "models/mnist-8/model.onnx", "models/vnncomp21_resnet_2b.onnx", "nets/stories260k.onnx"}) {
      networks_.push_back(base::read_file(std::string(folder) + "/" + name));
    }
  }

  /// What becomes of an input is a function of its number, so that one that fails can be made again.
  [[nodiscard]] std::string damaged(std::uint64_t number) const {
    fuzz::Dice dice(number);
    std::string bytes = networks_[dice.below(networks_.size())];
    for (std::size_t changes = 1 + dice.below(3); changes > 0; --changes) {
      const std::string& other = networks_[dice.below(networks_.size())];
      bytes = dice.once_in(8) ? fuzz::mutate_bytes(bytes, other, dice) : fuzz::mutate_message(bytes, other, dice);
    }
    return bytes;
  }

  void read(std::uint64_t begin, std::uint64_t end) const {
    constexpr std::chrono::seconds longest{60};
    constexpr std::int64_t most_macs = 100'000'000, most_elements = 10'000'000;
    int taken = 0;
    for (std::uint64_t number = begin; number < end; ++number) {
      const std::string bytes = damaged(number);
      SCOPED_TRACE(number);
      const auto start = std::chrono::steady_clock::now();
      try {
        const Network network = import_onnx_bytes(bytes, "damaged.onnx");
        ++taken;
        std::int64_t elements = 0;
        for (const ValueInfo& value : network.values) elements += element_count(value.shape);
        if (network.macs() < most_macs && elements < most_elements) {
          const Shape& shape = network.values[static_cast<std::size_t>(network.input)].shape;
          run_float(network, std::vector<float>(static_cast<std::size_t>(element_count(shape)), 0.5F));
        }
      } catch (const base::UserError&) {
        // Also an inference whose outputs are no numbers.
      }
      EXPECT_LT(std::chrono::steady_clock::now() - start, longest);
    }
    // Most are refused, but some changes leave a network.
    EXPECT_GT(taken, 0);
  }

 private:
  std::vector<std::string> networks_;
};

class MutatedNetworksData : public MutatedNetworks {};
class MutatedNetworksLong : public MutatedNetworks {};

TEST_F(MutatedNetworksData, FiftyAreRefusedOrRun) { read(0, 50); }
TEST_F(MutatedNetworksLong, TwoThousandAreRefusedOrRun) { read(0, 2000); }

}  // namespace
}  // namespace mho::workloads
