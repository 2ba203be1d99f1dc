// One simulation per process: every case simulates a program and reads what was recorded back.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "analysis/report/heat_map.h"
#include "analysis/trace/observers.h"
#include "analysis/trace/trace.h"
#include "analysis/trace/vcd.h"
#include "base/design_file/document.h"
#include "base/error.h"
#include "base/json.h"
#include "hw/chip/simulation.h"
#include "tests/hw/chip/program_fixture.h"

namespace mho::analysis {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// source -> tile on node 1 -> two stages of the digital core on node 4 -> sink, with a short buffer that holds the tile up.
hw::Program small_pipeline() {
  hw::Builder b;
  const int source = b.source(8);
  const int layer = b.analog("layer", 1, 8);
  const int relu = b.digital("relu \"1\"", 4, 8, 100);  // 2 + 25 cycles: slower than the converters
  const int pool = b.digital("pool", 4, 8, 8);
  const int sink = b.sink(8);
  b.edge(source, layer, 4);
  b.edge(layer, relu, 2);
  b.edge(relu, pool, 4);
  b.edge(pool, sink, 4);
  return b.program;
}

class RecordingTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "mho-recording-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string path(const char* name) const { return (folder_ / name).string(); }
  hw::SimulationResult simulate(hw::Observer& observer) const {
    hw::SimulationOptions options;
    options.observer = &observer;
    return hw::simulate(program_, hw::small_chip(), hw::small_tile(), options);
  }

  std::filesystem::path folder_;
  hw::Program program_ = small_pipeline();
};

double number(const base::Json& json) {
  if (const auto* whole = std::get_if<std::int64_t>(&json.value())) return static_cast<double>(*whole);
  return std::get<double>(json.value());
}
std::string text(const base::Json& json) { return std::get<std::string>(json.value()); }

struct Slice {
  double begin, end;  ///< us
  std::string name;
};
using Tracks = std::map<std::pair<int, int>, std::vector<Slice>>;  ///< by process and thread

/// An end of an arrow.
struct End {
  double time = -1;  ///< us
  std::pair<int, int> track;
};

struct ReadTrace {
  Tracks tracks;
  std::map<std::string, std::pair<End, End>> arrows;                                       ///< by id
  std::map<std::pair<int, std::string>, std::vector<std::pair<double, double>>> counters;  ///< by process and name: us, value
  std::map<std::pair<int, int>, std::string> threads;
  std::map<int, std::string> processes;
  int inferences = 0;
  std::int64_t slices = 0, events = 0;
  bool cut = false;
};

ReadTrace read_trace(const std::string& file) {
  const base::Json json = base::Json::parse(base::read_file(file), file);
  ReadTrace trace;
  EXPECT_EQ(text(*json.find("displayTimeUnit")), "ns");
  for (const base::Json& event : std::get<base::Json::Array>(json.find("traceEvents")->value())) {
    const std::string phase = text(*event.find("ph"));
    const std::pair key{static_cast<int>(number(*event.find("pid"))), static_cast<int>(number(*event.find("tid")))};
    const std::string name = text(*event.find("name"));
    if (phase == "X") {
      const double begin = number(*event.find("ts"));
      trace.tracks[key].push_back({begin, begin + number(*event.find("dur")), name});
      ++trace.slices;
      ++trace.events;
    } else if (phase == "s" || phase == "f") {
      auto& [from, to] = trace.arrows[text(*event.find("id"))];
      End& end = phase == "s" ? from : to;
      EXPECT_EQ(end.time, -1) << "an end twice";
      end = {number(*event.find("ts")), key};
      ++trace.events;
    } else if (phase == "C") {
      trace.counters[{key.first, name}].emplace_back(number(*event.find("ts")), number(*event.find("args")->find("value")));
      ++trace.events;
    } else if (phase == "i") {
      ++trace.inferences;
    } else if (name == "thread_name") {
      trace.threads[key] = text(*event.find("args")->find("name"));
    } else if (name == "process_name") {
      trace.processes[key.first] = text(*event.find("args")->find("name"));
    }
  }
  EXPECT_EQ(number(*json.find("otherData")->find("events")), static_cast<double>(trace.events));
  trace.cut = std::get<bool>(json.find("otherData")->find("cut")->value());
  return trace;
}

TEST_F(RecordingTest, ATraceHoldsWhatEveryUnitDid) {
  Trace trace(path("run.json"), {}, {});
  const hw::SimulationResult result = simulate(trace);
  trace.commit();
  EXPECT_FALSE(trace.cut());
  const ReadTrace read = read_trace(path("run.json"));
  EXPECT_EQ(read.inferences, 1 + result.steady_inferences);
  EXPECT_EQ(read.processes.at(1), "node 1, analog");
  EXPECT_EQ(read.processes.at(4), "node 4, digital");
  EXPECT_EQ(read.processes.at(0), "node 0, port");
  // The first position: 4 cycles of 1 ns through the port.
  const Slice& first = read.tracks.at({0, 6}).front();
  EXPECT_EQ(read.threads.at({0, 6}), "port in");
  EXPECT_EQ(first.name, "source");
  EXPECT_DOUBLE_EQ(first.begin, 0);
  EXPECT_NEAR(first.end, 0.004, 1e-12);
  for (auto [key, slices] : read.tracks) {
    std::ranges::sort(slices, {}, &Slice::begin);
    for (std::size_t i = 1; i < slices.size(); ++i) EXPECT_LE(slices[i - 1].end, slices[i].begin + 1e-9) << read.threads.at(key);
  }
  // Durations of a track add up to what the tables say, and it ends with the simulation.
  for (std::size_t u = 0; u < result.single.units.size(); ++u) {
    const hw::UnitActivity& single = result.single.units[u];
    double worked = 0, held = 0;
    for (const auto& [begin, end, name] : read.tracks.at({single.node, static_cast<int>(u) + 1})) {
      (name == "holds" ? held : worked) += end - begin;
      EXPECT_LE(end, static_cast<double>(result.cycles) * 1e-3 + 1e-9);
    }
    EXPECT_NEAR(worked, static_cast<double>(single.worked_cycles + result.steady.units[u].worked_cycles) * 1e-3, 1e-6) << single.name;
    EXPECT_NEAR(held, static_cast<double>(single.held_cycles + result.steady.units[u].held_cycles) * 1e-3, 1e-6) << single.name;
    EXPECT_GT(worked, 0) << single.name;
  }
  // Every flit that a node sent into the network is one cycle of its interface, and nothing else is there but waits for credits.
  double activations = 0;
  for (const Slice& slice : read.tracks.at({1, 1000})) {
    EXPECT_EQ(slice.name, "to relu \"1\"");
    activations += slice.end - slice.begin;
  }
  EXPECT_NEAR(activations, (1 + result.steady_inferences) * 8 * 5 * 1e-3, 1e-6);
}

TEST_F(RecordingTest, APartOfATrace) {
  Trace trace(path("part.json"), {}, {.from_s = 100e-9, .to_s = 200e-9});
  simulate(trace);
  trace.commit();
  const ReadTrace read = read_trace(path("part.json"));
  EXPECT_GT(read.slices, 5);
  for (const auto& [key, slices] : read.tracks) {
    for (const Slice& slice : slices) {
      EXPECT_GE(slice.end, 0.1);
      EXPECT_LT(slice.begin, 0.2);
    }
  }
}

TEST_F(RecordingTest, ATraceThatIsCutSaysSo) {
  Trace trace(path("cut.json"), {}, {.from_s = 0, .to_s = {}, .events = 10});
  simulate(trace);
  trace.commit();
  EXPECT_TRUE(trace.cut());
  const ReadTrace read = read_trace(path("cut.json"));
  EXPECT_EQ(read.events, 10);
  EXPECT_TRUE(read.cut);
}

/// The first position by hand, in cycles of 1 ns: 4 through the port, 4 x 2 + 2 + 4 to node 1 over two routers, settling 3, integration 7, conversion
/// 20, scaling 4, 4 x 3 + 2 + 4 to node 4 over three, 2 + 25 in the vector unit. Flits leave an interface from the cycle after the packet was made.
TEST_F(RecordingTest, TheFirstPositionIsWhereAHandCalculationHasIt) {
  Trace trace(path("run.json"), {}, {});
  simulate(trace);
  trace.commit();
  const ReadTrace read = read_trace(path("run.json"));
  struct Expected {
    int node;
    std::string thread, name;
    double begin, end;  ///< ns
  };
  const std::vector<Expected> expected{{0, "port in", "source", 0, 4},
                                       {0, "activations out", "to layer", 5, 10},
                                       {1, "drivers", "layer", 18, 21},
                                       {1, "array", "layer", 21, 28},
                                       {1, "converters", "layer", 28, 48},
                                       {1, "scale", "layer", 48, 52},
                                       {1, "activations out", "to relu \"1\"", 53, 58},
                                       {4, "vector unit", "relu \"1\"", 70, 97}};
  for (const auto& [node, thread, name, begin, end] : expected) {
    const auto track = std::ranges::find_if(read.threads, [&](const auto& one) { return one.first.first == node && one.second == thread; });
    ASSERT_NE(track, read.threads.end()) << thread;
    const Slice& first = read.tracks.at(track->first).front();
    EXPECT_EQ(first.name, name) << thread;
    EXPECT_NEAR(first.begin * 1e3, begin, 1e-6) << thread;
    EXPECT_NEAR(first.end * 1e3, end, 1e-6) << thread;
  }
}

TEST_F(RecordingTest, ArrowsLeadFromWhoMakesAPositionToWhoNeedsIt) {
  Trace trace(path("run.json"), {}, {});
  const hw::SimulationResult result = simulate(trace);
  trace.commit();
  const ReadTrace read = read_trace(path("run.json"));
  // Four edges of 8 positions, each taken by its own.
  EXPECT_EQ(read.arrows.size(), 4U * 8U * static_cast<std::size_t>(1 + result.steady_inferences));
  const auto slice_at = [&](const End& end) {
    const auto& slices = read.tracks.at(end.track);
    const auto found = std::ranges::find_if(slices, [&](const Slice& slice) { return std::abs(slice.begin - end.time) < 1e-9; });
    EXPECT_NE(found, slices.end()) << "no slice begins where the arrow has its end";
    return *found;
  };
  const std::vector<std::array<std::string, 4>> of_edge{{"source", "port in", "layer", "drivers"},
                                                        {"layer", "scale", "relu \"1\"", "vector unit"},
                                                        {"relu \"1\"", "vector unit", "pool", "vector unit"},
                                                        {"pool", "vector unit", "sink", "port out"}};
  for (const auto& [id, ends] : read.arrows) {
    const auto& [from, to] = ends;
    const Slice made = slice_at(from), needed = slice_at(to);
    EXPECT_LE(made.end, needed.begin + 1e-9) << id;
    const auto& [producer, producer_unit, consumer, consumer_unit] = of_edge.at(std::stoul(id));
    EXPECT_EQ(made.name, producer);
    EXPECT_EQ(needed.name, consumer);
    EXPECT_EQ(read.threads.at(from.track), producer_unit);
    EXPECT_EQ(read.threads.at(to.track), consumer_unit);
  }
  // By hand, as below: the source begins at 0, the tile takes the position at 18 ns and scales it from 48 ns on, the vector unit begins at 70 ns.
  EXPECT_NEAR(read.arrows.at("0.0").second.time * 1e3, 18, 1e-6);
  EXPECT_NEAR(read.arrows.at("1.0").first.time * 1e3, 48, 1e-6);
  EXPECT_NEAR(read.arrows.at("1.0").second.time * 1e3, 70, 1e-6);
}

TEST_F(RecordingTest, CountersSayWhatSlicesDo) {
  Trace trace(path("run.json"), {}, {});
  const hw::SimulationResult result = simulate(trace);
  trace.commit();
  const ReadTrace read = read_trace(path("run.json"));
  std::vector<Slice> work;
  for (const auto& [track, slices] : read.tracks) {
    for (const Slice& slice : slices) {
      if (track.second < 1000 && slice.name != "holds") work.push_back(slice);
    }
  }
  const auto& at_work = read.counters.at({1'000'000, "units at work"});
  EXPECT_GT(at_work.size(), 50U);
  EXPECT_EQ(at_work.back().second, 0);
  for (std::size_t i = 0; i < at_work.size(); ++i) {
    if (i > 0) {
      EXPECT_GT(at_work[i].first, at_work[i - 1].first);
    }
    const double now = at_work[i].first + 1e-7;  // a tenth of a picosecond later
    EXPECT_EQ(at_work[i].second, std::ranges::count_if(work, [&](const Slice& slice) { return slice.begin <= now && now < slice.end; })) << now;
  }
  // Made and not yet needed, from the arrows.
  for (const auto& [edge, name] :
       std::map<std::string, std::pair<int, std::string>>{{"0.", {1, "waiting for layer"}}, {"1.", {4, "waiting for relu \"1\""}}}) {
    for (const auto& [time, value] : read.counters.at(name)) {
      EXPECT_GE(value, 0);
      std::int64_t waiting = 0;
      for (const auto& [id, ends] : read.arrows) {
        if (!id.starts_with(edge)) continue;
        const auto& slices = read.tracks.at(ends.first.track);
        const auto made =
            std::ranges::find_if(slices, [&, &from = ends.first](const Slice& slice) { return std::abs(slice.begin - from.time) < 1e-9; });
        waiting += (made->end <= time + 1e-7 ? 1 : 0) - (ends.second.time <= time + 1e-7 ? 1 : 0);
      }
      EXPECT_EQ(value, static_cast<double>(waiting)) << name.second << " at " << time;
    }
  }
  EXPECT_GT(result.cycles, 0);
}

TEST_F(RecordingTest, ThePowerOfATraceIsTheEnergyOfItsPositions) {
  program_.layers = {{"layer", "Gemm"}, {"relu", "Relu"}};
  program_.stages[1].layer = 0;
  program_.stages[2].layer = program_.stages[3].layer = 1;
  Trace trace(path("run.json"), {}, {});
  const hw::SimulationResult result = simulate(trace);
  std::vector<double> layer_j(program_.layers.size(), 0);
  for (std::size_t k = 0; k < layer_j.size(); ++k) layer_j[k] = 1e-12 * static_cast<double>(k + 1);
  constexpr double rest_w = 1e-3;
  trace.add_power({.layer_j = layer_j, .rest_w = rest_w});
  trace.commit();
  const auto& power = read_trace(path("run.json")).counters.at({1'000'000, "power, W"});
  ASSERT_GT(power.size(), 100U);
  const double part_s = (power[1].first - power[0].first) * 1e-6;
  double joule = 0;
  for (const auto& [time, watts] : power) joule += watts * part_s;
  double layers = 0;
  for (const double each : layer_j) layers += each;
  const double inferences = 1 + result.steady_inferences;
  EXPECT_NEAR(joule, inferences * layers + rest_w * part_s * static_cast<double>(power.size()), 1e-4 * joule);
}

/// Three tiles that take the same positions of a source: one packet of 5 flits each, on a thread of its own.
TEST_F(RecordingTest, PacketsToSeveralReceiversHaveAThread) {
  const hw::Program program = hw::one_to_three(1, 0);
  hw::ChipParameters chip = hw::small_chip();
  chip.noc.multicast = true;
  Trace trace(path("run.json"), {}, {});
  hw::SimulationOptions options;
  options.observer = &trace;
  const hw::SimulationResult result = hw::simulate(program, chip, hw::small_tile(), options);
  trace.commit();
  const ReadTrace read = read_trace(path("run.json"));
  const std::pair thread{0, 1000 + hw::message_classes};
  EXPECT_EQ(read.threads.at(thread), "multicast out");
  const auto& packets = read.tracks.at(thread);
  EXPECT_EQ(packets.front().name, "to 3 readers");
  EXPECT_NEAR(packets.front().begin * 1e3, 5, 1e-6);
  EXPECT_NEAR(packets.front().end * 1e3, 10, 1e-6);
  // Receivers that are late get packets of their own: whatever the shares, every layer gets every position once.
  std::size_t delivered = read.tracks.at({0, 1000}).size();
  for (const Slice& slice : packets) delivered += std::stoul(slice.name.substr(3));
  EXPECT_EQ(delivered, 3U * static_cast<std::size_t>(1 + result.steady_inferences));
}

/// A reader of value change dumps as IEEE 1364 describes them.
struct Waveforms {
  std::map<std::string, std::vector<std::pair<std::int64_t, std::uint64_t>>> changes;  ///< by "scope.name": time in fs, value
};

Waveforms read_vcd(const std::string& file) {
  std::ifstream in(file);
  std::map<std::string, std::string> names;
  std::string scope, word;
  Waveforms waveforms;
  std::int64_t time = -1;
  const auto skip = [&] {
    while (in >> word && word != "$end") {
    }
  };
  while (in >> word) {
    if (word == "$scope") {
      in >> word >> scope;
      skip();
    } else if (word == "$var") {
      std::string type, bits, code, name;
      in >> type >> bits >> code >> name;
      EXPECT_TRUE(names.emplace(code, scope + "." + name).second) << "code twice: " << code;
      skip();
    } else if (word == "$timescale") {
      std::string number, unit;
      in >> number >> unit;
      EXPECT_EQ(number + unit, "1fs");
      skip();
    } else if (word == "$dumpvars" || word == "$end") {
      continue;
    } else if (word.front() == '$') {
      skip();
    } else if (word.front() == '#') {
      const std::int64_t next = std::stoll(word.substr(1));
      EXPECT_GT(next, time);
      time = next;
    } else if (word.front() == 'b') {
      std::string code;
      in >> code;
      EXPECT_TRUE(names.contains(code)) << code;
      waveforms.changes[names[code]].emplace_back(time, std::stoull(word.substr(1), nullptr, 2));
    } else {
      ADD_FAILURE() << "unexpected " << word;
    }
  }
  return waveforms;
}

TEST_F(RecordingTest, WaveformsSayTheSameAsTheTrace) {
  Trace trace(path("run.json"), {}, {});
  Vcd vcd(path("run.vcd"), {}, "*");
  Observers both;
  both.add(trace);
  both.add(vcd);
  const hw::SimulationResult result = simulate(both);
  trace.commit();
  vcd.commit();
  const ReadTrace read = read_trace(path("run.json"));
  const Waveforms waveforms = read_vcd(path("run.vcd"));
  EXPECT_EQ(waveforms.changes.size(), vcd.signals());
  for (const char* unit : {"drivers", "array", "converters", "scale"}) {
    const auto track = std::ranges::find_if(read.threads, [&](const auto& one) { return one.first.first == 1 && one.second == unit; });
    ASSERT_NE(track, read.threads.end());
    double worked = 0, held = 0;
    for (const Slice& slice : read.tracks.at(track->first)) (slice.name == "holds" ? held : worked) += slice.end - slice.begin;
    const auto& changes = waveforms.changes.at(std::string("node_1.") + unit);
    std::array<std::int64_t, 3> cycles{};
    for (std::size_t i = 1; i < changes.size(); ++i) cycles.at(changes[i - 1].second) += changes[i].first - changes[i - 1].first;
    EXPECT_EQ(changes.back().second, 0U) << unit;
    EXPECT_NEAR(static_cast<double>(cycles[1]) * 1e-9, worked, 1e-6) << unit;
    EXPECT_NEAR(static_cast<double>(cycles[2]) * 1e-9, held, 1e-6) << unit;
  }
  EXPECT_EQ(waveforms.changes.at("chip.inferences_left").back().second, static_cast<std::uint64_t>(1 + result.steady_inferences));
  // Positions of the source and credits of the first edge's reader, whatever way credits are put together.
  EXPECT_EQ(waveforms.changes.at("node_4.packets_received").back().second,
            static_cast<std::uint64_t>(std::ranges::count_if(read.tracks.at({1, 1000}), [](const Slice&) { return true; })) +
                static_cast<std::uint64_t>(std::ranges::count_if(read.tracks.at({0, 1002}), [](const Slice& s) { return s.name == "to pool"; })));
}

TEST_F(RecordingTest, ChosenWaveforms) {
  Vcd vcd(path("some.vcd"), {}, "node_1.con*, chip.*");
  simulate(vcd);
  vcd.commit();
  const Waveforms waveforms = read_vcd(path("some.vcd"));
  EXPECT_EQ(vcd.signals(), 2U);
  EXPECT_TRUE(waveforms.changes.contains("node_1.converters"));
  EXPECT_TRUE(waveforms.changes.contains("chip.inferences_left"));
}

TEST_F(RecordingTest, PatternsThatMatchNothingNameSignals) {
  Vcd vcd(path("none.vcd"), {}, "core*");
  try {
    simulate(vcd);
    FAIL() << "accepted";
  } catch (const base::UserError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("--signals core*"), HasSubstr("chip.inferences_left"), HasSubstr("node_")));
  }
  EXPECT_FALSE(std::filesystem::exists(path("none.vcd")));
}

TEST_F(RecordingTest, SignalsAreListedBeforeTimeStarts) {
  SignalList list;
  try {
    simulate(list);
    FAIL() << "simulated";
  } catch (const SignalsListed& signals) {
    EXPECT_THAT(signals.names, ::testing::IsSupersetOf({"chip.inferences_left", "node_0.port_in", "node_0.port_out", "node_1.converters",
                                                        "node_4.vector_unit", "node_4.packets_sent"}));
  }
}

TEST_F(RecordingTest, TheHeatMapShowsNodesAndLinks) {
  const hw::SimulationResult result = hw::simulate(program_, hw::small_chip(), hw::small_tile());
  const std::string svg = heat_map_svg({"a < b"}, program_, hw::small_chip(), result.window);
  const auto count = [&](const std::string& what) {
    std::size_t found = 0;
    for (std::size_t at = svg.find(what); at != std::string::npos; at = svg.find(what, at + 1)) ++found;
    return found;
  };
  EXPECT_THAT(svg, AllOf(HasSubstr("a &lt; b"), HasSubstr("<title>node 4, digital, busy 100.0 %: relu"), HasSubstr("flits per cycle")));
  EXPECT_EQ(count("<title>node "), 8U);
  EXPECT_EQ(count("<title>router "), 20U);  // 10 links of a 4 x 2 mesh, both directions
  EXPECT_EQ(count("<svg"), count("</svg>"));
  EXPECT_EQ(count("<text"), count("</text>"));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  // From 4 to 0 there are the results alone, 5 flits for each of the 8 positions of 27 + 4 cycles in the vector unit; from 2 to 3 there is nothing.
  const auto rate = [&](const std::string& title) {
    const std::size_t at = svg.find("<title>" + title + ": ");
    return at == std::string::npos ? -1 : std::stod(svg.substr(at + title.size() + 9));
  };
  EXPECT_NEAR(rate("router 4 to 0"), 5.0 / (27 + 4), 1e-4);
  EXPECT_EQ(rate("router 2 to 3"), 0);
  EXPECT_GT(rate("router 1 to 0"), rate("router 4 to 0")) << "the layer's outputs, and the credits of its inputs";
  // The tile works on a position for 3, 7, 20 and 4 cycles; its converters are the busiest.
  EXPECT_THAT(svg, HasSubstr(fmt::format("<title>node 1, analog, busy {:.1f} %: layer", 100.0 * 20 / (27 + 4))));
}

}  // namespace
}  // namespace mho::analysis
