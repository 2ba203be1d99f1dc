// How long trainings take on one thread and on two, alone and beside other work.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>

#include <algorithm>
#include <array>
#include <atomic>

#include "base/json.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

/// Processes that compute without a pause, one for each core.
class BusyNeighbours {
 public:
  BusyNeighbours() {
    for (unsigned core = 0; core < std::max(1U, std::thread::hardware_concurrency()); ++core) {
      const pid_t pid = fork();
      if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (std::atomic<unsigned> turn = 0;;) ++turn;
      }
      pids_.push_back(pid);
    }
  }
  ~BusyNeighbours() {
    for (const pid_t pid : pids_) {
      kill(pid, SIGKILL);
      waitpid(pid, nullptr, 0);
    }
  }
  BusyNeighbours(const BusyNeighbours&) = delete;
  BusyNeighbours& operator=(const BusyNeighbours&) = delete;

 private:
  std::vector<pid_t> pids_;
};

class RetrainThreadsLong : public CommandTest {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    const char* folder = std::getenv("MHO_DATA");
    if (folder == nullptr) GTEST_SKIP() << "MHO_DATA is not set";
    if (std::thread::hardware_concurrency() < 2) GTEST_SKIP() << "one core";
    if (!std::filesystem::exists(std::filesystem::path(MHO_BINARY).parent_path() / "mho-train")) GTEST_SKIP() << "mho-train is not built";
    nets_ = std::string(folder) + "/nets/";
    // Epochs of one or two seconds.
    write("fashion_cnn.yaml",
          "training: {images: '${MHO_DATA}/fashion-mnist/train-images-idx3-ubyte.gz', labels: "
          "'${MHO_DATA}/fashion-mnist/train-labels-idx1-ubyte.gz', format: idx, samples: 641}\nscale: {divide: 255}\n");
    write("fsdd_lstm.yaml",
          "training: {inputs: '${MHO_DATA}/fsdd/train-logmel20x64-idx3-ubyte.gz', labels: '${MHO_DATA}/fsdd/train-labels-idx1-ubyte.gz', format: "
          "idx, shape: [64, 20], samples: 641}\nscale: {divide: 64, mean: 1}\n");
    write("shakespeare_transformer.yaml",
          "training: {inputs: '${MHO_DATA}/text/tinyshakespeare.txt', labels: next, format: text, window: 65, bytes: [1, 9000]}\nmetric: nats\n");
  }

  /// The shortest epoch of a training in seconds.
  [[nodiscard]] double epoch(const std::string& network, const std::string& threads) const {
    std::vector<std::string> line{"retrain", nets_ + network + ".onnx", "--data", network + ".yaml", "--out", "x.onnx", "--json"};
    for (const char* key : {"epochs=4", "validation.samples=1", "validation.repeats=1"}) line.insert(line.end(), {"--recipe-set", key});
    for (const std::string& key : chip) line.insert(line.end(), {"--set", key});
    if (!threads.empty()) line.insert(line.end(), {"--threads", threads});
    const Outcome outcome = mho(line);
    const base::Json json = base::Json::parse(outcome.out, outcome.err);
    double least = 1e9;
    for (const base::Json& one : std::get<base::Json::Array>(json.find("epochs")->value())) {
      least = std::min(least, std::get<double>(one.find("seconds")->value()));
    }
    std::filesystem::remove(folder_ / "x.onnx");
    return least;
  }
  /// How many times as long an epoch takes on `threads` (empty: as many as mho chooses) as on one thread: ratios of five pairs of trainings, in
  /// ascending order. Each pair runs one after the other, because the load of the machine changes.
  [[nodiscard]] std::array<double, 5> over_one_thread(const std::string& network, const std::string& threads) const {
    std::array<double, 5> ratios{};
    for (double& ratio : ratios) {
      const double one = epoch(network, "1"), more = epoch(network, threads);
      std::printf("%s: one thread %.2f s, %s %.2f s\n", network.c_str(), one, threads.empty() ? "by itself" : threads.c_str(), more);
      ratio = more / one;
    }
    std::ranges::sort(ratios);
    return ratios;
  }
  std::string nets_;
  /// Holds them all.
  const std::vector<std::string> chip{"chip.mesh.width=8", "chip.mesh.height=8", "chip.digital_cores=8",
                                      "tile.rows=512",     "tile.columns=512",   "chip.digital_buffer=1MiB"};
};

TEST_F(RetrainThreadsLong, TwoAreFasterOnAConvolutionalNetwork) {
  constexpr double speed = 1.4;
  EXPECT_LE(over_one_thread("fashion_cnn", "2")[2], 1 / speed);
}

/// Beside a busy neighbour on every core: the median, and the least for a recurrent network on two threads, which mho does not choose.
TEST_F(RetrainThreadsLong, TwoAreHardlySlowerBesideBusyNeighbours) {
  constexpr double most = 1.2;
  const BusyNeighbours neighbours;
  for (const char* network : {"fashion_cnn", "shakespeare_transformer"}) EXPECT_LE(over_one_thread(network, "2")[2], most) << network;
  EXPECT_LE(over_one_thread("fsdd_lstm", "2").front(), most);
  EXPECT_LE(over_one_thread("fsdd_lstm", "")[2], most);
}

TEST_F(RetrainThreadsLong, RecurrentNetworksTakeOne) {
  // As many as a checkpoint says.
  const auto threads = [&](const std::string& network) {
    std::vector<std::string> line{"retrain", nets_ + network + ".onnx", "--data", network + ".yaml", "--out", network + ".onnx", "--keep-checkpoint"};
    for (const char* key : {"epochs=1", "validation.samples=1", "validation.repeats=1"}) line.insert(line.end(), {"--recipe-set", key});
    for (const std::string& key : chip) line.insert(line.end(), {"--set", key});
    (void)mho(line);
    const std::string checkpoint = base::read_file((folder_ / (network + ".onnx.checkpoint")).string());
    return checkpoint.find("with 1 thread on") != std::string::npos;
  };
  EXPECT_TRUE(threads("fsdd_lstm"));
  EXPECT_FALSE(threads("fashion_cnn"));
}

}  // namespace
}  // namespace mho::cli::test
