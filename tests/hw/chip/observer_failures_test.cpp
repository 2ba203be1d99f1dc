// One simulation per process: every case calls simulate() once.
#include <gtest/gtest.h>

#include <string>

#include "base/error.h"
#include "hw/chip/simulation.h"
#include "tests/hw/chip/program_fixture.h"

namespace mho::hw {
namespace {

/// Fails at its call of one kind, in the middle of a process of SystemC, as a trace does when the disk is full.
class Failing : public Observer {
 public:
  enum class Call { changed, packet_sent, packet_arrived, inference_left };
  explicit Failing(Call call) : call_(call) {}
  void begin(const Program& /*program*/, const std::vector<Unit>& /*units*/, const base::Clock& /*network*/) override {}
  void changed(int /*unit*/, std::size_t /*kind*/, periphery::UnitState /*state*/, std::int64_t /*cycle*/) override { heard(Call::changed); }
  void packet_sent(const Packet& /*packet*/, base::SimTime /*time*/) override { heard(Call::packet_sent); }
  void packet_arrived(const Packet& /*packet*/, base::SimTime /*time*/) override { heard(Call::packet_arrived); }
  void inference_left(std::int64_t /*count*/, base::SimTime /*time*/) override { heard(Call::inference_left); }
  [[nodiscard]] int calls() const { return calls_; }

 private:
  void heard(Call call) {
    if (call == call_ && ++calls_ >= 2) throw base::UserError("the disk is full");
  }
  Call call_;
  int calls_ = 0;
};

/// The error arrives as it was thrown, once.
void expect_passed_on(Failing::Call call) {
  Failing failing(call);
  SimulationOptions options;
  options.observer = &failing;
  try {
    simulate(single_stage(8), small_chip(), small_tile(), options);
    FAIL() << "no error";
  } catch (const base::UserError& error) {
    EXPECT_STREQ(error.what(), "the disk is full");
    EXPECT_EQ(error.code(), base::ExitCode::bad_input);
  }
  EXPECT_EQ(failing.calls(), 2);
}

TEST(ObserverFailures, OfAUnit) { expect_passed_on(Failing::Call::changed); }
TEST(ObserverFailures, OfAPacketThatIsSent) { expect_passed_on(Failing::Call::packet_sent); }
TEST(ObserverFailures, OfAPacketThatArrives) { expect_passed_on(Failing::Call::packet_arrived); }
TEST(ObserverFailures, OfAnInferenceThatLeaves) { expect_passed_on(Failing::Call::inference_left); }

}  // namespace
}  // namespace mho::hw
