#include "hw/cores/stage_controller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>

namespace mho::hw {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Notes which edges each packet goes to.
class RecordingTransport : public Transport {
 public:
  explicit RecordingTransport(bool multicast) : multicast_(multicast) {}
  void send_position(Channel& channel, std::int64_t position, Values /*values*/) override { packets.push_back({{channel.index()}, position}); }
  void send_position(const std::vector<Channel*>& channels, std::int64_t position, std::vector<Values> /*values*/) override {
    std::vector<int> edges;
    for (const Channel* channel : channels) edges.push_back(channel->index());
    packets.push_back({edges, position});
  }
  void send_credits(Channel& /*channel*/, std::int64_t /*credits*/) override {}
  [[nodiscard]] bool multicast() const override { return multicast_; }
  /// Edges 0 and 2.
  [[nodiscard]] bool share_packet(const Channel& one, const Channel& other) const override {
    ++questions;
    return one.index() % 2 == 0 && other.index() % 2 == 0;
  }
  void fail(std::exception_ptr /*why*/) override {}
  [[nodiscard]] bool failed() const override { return false; }

  struct Sent {
    std::vector<int> edges;
    std::int64_t position = 0;
    bool operator==(const Sent&) const = default;
  };
  std::vector<Sent> packets;
  mutable int questions = 0;

 private:
  bool multicast_;
};

/// A source of four positions of 10 bits with three readers.
class ThreeReaders {
 public:
  explicit ThreeReaders(bool multicast) : transport(multicast) {
    stage_.kind = Stage::Kind::source;
    stage_.positions = 4;
    stage_.bits_per_position = 10;
    const auto table = std::make_shared<const std::vector<std::int32_t>>(std::vector<std::int32_t>{1, 2, 3, 4});
    edges_.assign(3, {.bits_per_position = 10, .capacity = 4, .needs = table, .releases = table});
    for (int e = 0; e < 3; ++e) channels.emplace_back(e, edges_[static_cast<std::size_t>(e)], 4, 4);
    for (Channel& channel : channels) controller.add_output(channel);
    controller.allow_inferences(1);
  }
  void make_position() {
    controller.start();
    EXPECT_TRUE(controller.offer());
  }

  RecordingTransport transport;

 private:
  Stage stage_;
  std::vector<Edge> edges_;

 public:
  std::deque<Channel> channels;
  StageController controller{stage_, 2, transport};
};

using Sent = RecordingTransport::Sent;

TEST(StageController, SendsAPacketToEachReaderWithoutMulticastAndComparesNoChannels) {
  ThreeReaders chip(false);
  chip.make_position();
  EXPECT_THAT(chip.transport.packets, ElementsAre(Sent{{0}, 0}, Sent{{1}, 0}, Sent{{2}, 0}));
  EXPECT_EQ(chip.transport.questions, 0);
  EXPECT_EQ(chip.controller.output_read_bits(), 30);
}

TEST(StageController, SendsOnePacketToReadersThatShareIt) {
  ThreeReaders chip(true);
  chip.make_position();
  EXPECT_THAT(chip.transport.packets, ElementsAre(Sent{{0, 2}, 0}, Sent{{1}, 0}));
  EXPECT_EQ(chip.controller.output_read_bits(), 20) << "the output buffer is read once for a group";
}

TEST(StageController, AReaderThatIsBehindGetsItsOwnPacket) {
  ThreeReaders chip(true);
  chip.make_position();
  chip.channels[0].end_send();
  chip.channels[1].end_send();
  chip.transport.packets.clear();
  chip.make_position();  // channel 2 is still sending position 0
  EXPECT_THAT(chip.transport.packets, ElementsAre(Sent{{0}, 1}, Sent{{1}, 1}));
  chip.transport.packets.clear();
  chip.controller.pump();
  EXPECT_THAT(chip.transport.packets, IsEmpty());
  chip.channels[2].end_send();
  chip.controller.pump();
  EXPECT_THAT(chip.transport.packets, ElementsAre(Sent{{2}, 1}));
}

}  // namespace
}  // namespace mho::hw
