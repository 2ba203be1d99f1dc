#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/design_file/document.h"
#include "base/json.h"
#include "tests/cli/process.h"

namespace mho::cli::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class SimulateTest : public CommandTest {
 protected:
  [[nodiscard]] std::string query(const std::string& sql) const {
    SQLite::Database database((folder_ / "results.db").string());
    return database.execAndGet(sql).getString();
  }
  void expect_refused(const std::vector<std::string>& arguments, int code, const std::vector<std::string>& says) const {
    const Outcome outcome = mho(arguments);
    const std::string line = testing::PrintToString(arguments);
    EXPECT_EQ(outcome.code, code) << line << outcome.err;
    EXPECT_EQ(outcome.out, "") << line;
    EXPECT_THAT(outcome.err, StartsWith("mho: "));
    for (const std::string& part : says) EXPECT_THAT(outcome.err, HasSubstr(part)) << line;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << "not one paragraph: " << outcome.err;
    EXPECT_FALSE(exists("results.db")) << line;
  }
  void write_default_network() const { write("net.onnx", base::read_file(std::string(MHO_SOURCE_DIR) + "/tests/cli/data/convnet.onnx")); }
};

/// The chip is the same whether somebody scores the network on it or not.
TEST_F(SimulateTest, IsTheChipOfARun) {
  ASSERT_EQ(mho(on_large_chip(quick_run())).code, 0);
  const Outcome outcome = mho(on_large_chip({"simulate"}));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  for (const char* part : {"latency", "throughput", "energy per inference", "area", "TOPS/W", "MVMs", "costs by component", "waits for input",
                           "output blocked", "bottleneck: conv1 on node ", "cycles/s", "flit-hops/s", "stored as run 2 in results.db"}) {
    EXPECT_THAT(outcome.out, HasSubstr(part));
  }
  EXPECT_THAT(outcome.out, Not(HasSubstr("accuracy")));
  const char* const figures =
      "SELECT group_concat(row, ' ') FROM (SELECT DISTINCT network || latency_s || '/' || interval_s || '/' || cycles || '/' || flit_hops || '/' || "
      "energy_per_inference_j || '/' || single_shot_energy_j || '/' || area_mm2 || '/' || tiles AS row FROM run)";
  EXPECT_THAT(query(figures), Not(HasSubstr(" "))) << "two different chips";
  EXPECT_EQ(query("SELECT count(*) FROM run WHERE id = 2 AND float_accuracy IS NULL AND data IS NOT NULL"), "1");
  EXPECT_EQ(query("SELECT count(*) FROM stage a JOIN stage b USING (stage, name, busy_cycles, waiting_input_cycles, waiting_output_cycles) WHERE "
                  "a.run = 1 AND b.run = 2"),
            query("SELECT count(*) FROM stage WHERE run = 2"));
}

TEST_F(SimulateTest, WithoutDataTakesInputsAtFullScale) {
  write_default_network();
  const Outcome outcome = mho({"simulate", "net.onnx"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("no data: every input at full scale"));
  ASSERT_EQ(mho({"simulate", "net.onnx", "--data", "strokes"}).code, 0);
  // Time does not depend on the data, the energy of the arrays does.
  EXPECT_EQ(query("SELECT count(DISTINCT latency_s || '/' || interval_s) FROM run"), "1");
  EXPECT_EQ(query("SELECT max(energy_per_inference_j) FILTER (WHERE id = 1) > max(energy_per_inference_j) FILTER (WHERE id = 2) FROM run"), "1");
  EXPECT_EQ(query("SELECT count(*) FROM run WHERE data IS NULL"), "1");
  // The built-in network has samples of its own, which are not drawn unless they are asked for.
  EXPECT_THAT(mho({"simulate"}).out, HasSubstr("no data: every input at full scale"));
}

TEST_F(SimulateTest, JsonIsOneObject) {
  const Outcome outcome = mho(on_large_chip({"simulate", "--json", "--calibration", "10"}));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const base::Json json = base::Json::parse(outcome.out, "standard output");
  for (const char* key : {"run_id", "latency_s", "throughput_per_s", "energy_per_inference_j", "area_mm2", "stages", "layers", "simulated_cycles",
                          "simulated_inferences", "simulation_wall_s", "cycles_per_s", "flit_hops_per_s", "design"}) {
    EXPECT_NE(json.find(key), nullptr) << key;
  }
  EXPECT_EQ(json.find("accuracy"), nullptr);
  EXPECT_EQ(std::get<base::Json::Array>(json.find("stages")->value()).size(), 9U);
}

TEST_F(SimulateTest, RecordsWhatHappens) {
  const Outcome outcome = mho({"simulate", "--data", "strokes", "--calibration", "5", "--trace", "run.json", "--trace-to", "5us", "--vcd", "run.vcd",
                               "--signals", "node_1.*", "--heatmap", "run.svg"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  for (const char* part : {"events traced in run.json", "waveforms of 6 signals in run.vcd", "floorplan in run.svg"}) {
    EXPECT_THAT(outcome.out, HasSubstr(part));
  }
  EXPECT_NE(base::Json::parse(base::read_file((folder_ / "run.json").string()), "run.json").find("traceEvents"), nullptr);
  EXPECT_THAT(base::read_file((folder_ / "run.vcd").string()), HasSubstr("$enddefinitions $end"));
  EXPECT_THAT(base::read_file((folder_ / "run.svg").string()), HasSubstr("</svg>"));
  // What is recorded changes nothing.
  ASSERT_EQ(mho({"simulate", "--data", "strokes", "--calibration", "5"}).code, 0);
  EXPECT_EQ(query("SELECT count(DISTINCT latency_s || '/' || interval_s || '/' || cycles || '/' || simulated_flit_hops) FROM run"), "1");
}

/// The large chip idles most of the time, and its routers leak most of what it takes.
TEST_F(SimulateTest, PowerGatingSavesMostOfTheLeakage) {
  const std::vector<std::string> gated =
      on_large_chip({"simulate", "--calibration", "5", "--set", "noc.power_gating=on", "--set", "chip.power_gating=on"});
  ASSERT_EQ(mho(on_large_chip({"simulate", "--calibration", "5"})).code, 0);
  std::vector<std::string> drawn = gated;
  drawn.insert(drawn.end(), {"--heatmap", "run.svg"});
  const Outcome outcome = mho(drawn);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const std::string map = base::read_file((folder_ / "run.svg").string());
  EXPECT_THAT(map, AllOf(HasSubstr("node 63, analog, busy 0.0 %, router gated 100.0 %, core gated 100.0 %<"), HasSubstr("core gated 0.0 %: conv1<")));
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("power gating"), HasSubstr("saved per inference: routers off 9"), HasSubstr("; cores off 9")));
  EXPECT_EQ(query("SELECT max(energy_per_inference_j) FILTER (WHERE id = 2) < 0.2 * max(energy_per_inference_j) FILTER (WHERE id = 1) FROM run"),
            "1");
  EXPECT_EQ(query("SELECT max(latency_s) FILTER (WHERE id = 2) > max(latency_s) FILTER (WHERE id = 1) FROM run"), "1");
  EXPECT_EQ(query("SELECT count(*) FROM gate WHERE run = 1"), "0");
  EXPECT_EQ(query("SELECT count(*) FROM gate WHERE unit = 'router'"), "64");
  EXPECT_EQ(query("SELECT count(*) FROM gate WHERE unit = 'core' AND number <> 0"), "63");
  // What the gates saved is the difference of the two runs, but for what they do to the interval.
  EXPECT_EQ(query("SELECT abs(sum(saved_j) / ((SELECT energy_per_inference_j FROM run WHERE id = 1) - (SELECT energy_per_inference_j FROM run WHERE "
                  "id = 2)) - 1) < 0.01 FROM v_gate"),
            "1");
  std::vector<std::string> json_too = gated;
  json_too.emplace_back("--json");
  const base::Json json = base::Json::parse(mho(json_too).out, "standard output");
  const base::Json* gating = json.find("power_gating");
  ASSERT_NE(gating, nullptr);
  for (const char* key : {"not_leaked_j", "switched_j", "mean_router", "mean_core", "gates"}) EXPECT_NE(gating->find(key), nullptr) << key;
}

/// Where waking up takes no time, nothing moves otherwise than without; where what is gated leaks as much, nothing is saved.
TEST_F(SimulateTest, PowerGatingThatDoesNothingChangesNothing) {
  std::vector<std::string> arguments = on_large_chip({"simulate", "--calibration", "5"});
  ASSERT_EQ(mho(arguments).code, 0);
  for (const char* room : {"noc", "chip"}) {
    for (const char* set : {".power_gating=on", ".gating.wake_up=0", ".gating.idle=1", ".gating.residual=1"}) {
      arguments.insert(arguments.end(), {"--set", std::string(room) + set});
    }
  }
  ASSERT_EQ(mho(arguments).code, 0);
  EXPECT_EQ(query("SELECT count(DISTINCT latency_s || '/' || interval_s || '/' || cycles || '/' || energy_per_inference_j) FROM run"), "1");
  EXPECT_EQ(query("SELECT count(*) FROM gate WHERE gated_share > 0.5 AND not_leaked_j = 0 AND switched_j = 0"), "126")
      << "the first layer's core has no rest";
}

/// A core that wakes up for most of the time holds up the others: said in the line that names what holds the chip up.
TEST_F(SimulateTest, ABottleneckThatWakesUpIsNamed) {
  const Outcome outcome =
      mho(on_large_chip({"simulate", "--calibration", "5", "--set", "chip.power_gating=on", "--set", "chip.gating.wake_up=5000"}));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("of the time (chip.gating.wake_up)"));
  EXPECT_THAT(mho(on_large_chip({"simulate", "--calibration", "5", "--set", "chip.power_gating=on"})).out, Not(HasSubstr("gating.wake_up")));
}

/// Phases have the chip one after the other; what a gate does counts in the phase that has it. Refused where a gate is closed for longer than that.
TEST_F(SimulateTest, ABurstBehindCoresThatWakeUpIsNoSteadyState) {
  const std::vector<std::string> slow_cores{"simulate", "--json",
                                            "--set",    "chip.power_gating=on",
                                            "--set",    "chip.analog_clock=67 kHz",
                                            "--set",    "noc.clock=3.37 MHz",
                                            "--set",    "tile.rows=394",
                                            "--set",    "tile.columns=75",
                                            "--set",    "tile.coding.pairs=2",
                                            "--set",    "digital.activation_format=bfloat16"};
  const auto throughput = [&](std::vector<std::string> more) {
    more.insert(more.begin(), slow_cores.begin(), slow_cores.end());
    const Outcome outcome = mho(more);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return std::get<double>(base::Json::parse(outcome.out, "standard output").find("throughput_per_s")->value());
  };
  const double long_run = throughput({"--inferences", "1000"});
  EXPECT_NEAR(throughput({}), long_run, 0.02 * long_run);
  std::vector<std::string> few = slow_cores;
  few.insert(few.end(), {"--inferences", "12"});
  const Outcome outcome = mho(few);
  EXPECT_EQ(outcome.code, 5) << outcome.out;
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("no steady state was reached"), HasSubstr("raise --inferences")));
}

TEST_F(SimulateTest, PowerGatingOfAChipWhoseWeightsAreReloaded) {
  std::vector<std::string> arguments{"simulate", "--data", "strokes", "--calibration", "5"};
  for (const char* set : {"chip.mesh.width=2", "chip.mesh.height=2", "chip.digital_cores=1", "mapper.weights=reloaded"}) {
    arguments.insert(arguments.end(), {"--set", set});
  }
  ASSERT_EQ(mho(arguments).code, 0);
  arguments.insert(arguments.end(), {"--set", "noc.power_gating=on", "--set", "chip.power_gating=on"});
  const Outcome outcome = mho(arguments);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(query("SELECT count(*) FROM gate"), "7");
  EXPECT_EQ(query("SELECT count(*) FROM gate WHERE gated_share > 0.9 AND gated_share <= 1 AND wakes > 0"), "5") << "4 routers and the digital core";
  EXPECT_EQ(query("SELECT sum(leakage_w * (CASE id WHEN 1 THEN 0.5 ELSE -1 END)) > 0 FROM run"), "1");
}

TEST_F(SimulateTest, ListsSignalsAndDoesNothingElse) {
  const Outcome outcome = mho(on_large_chip({"simulate", "--calibration", "5", "--list-signals"}));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(StartsWith("chip.inferences_left\n"), HasSubstr(".converters\n"), HasSubstr(".vector_unit\n")));
  EXPECT_FALSE(exists("results.db"));
}

TEST_F(SimulateTest, Mistakes) {
  write_default_network();
  expect_refused({"simulate", "--shape", "1x28x28"}, 2, {"--shape goes with a network"});
  expect_refused({"simulate", "net.onnx", "--calibration", "10"}, 2, {"--calibration", "--data"});
  expect_refused({"simulate", "--data", "strokes", "--calibration", "1000000"}, 2, {"--calibration 1000000", "stroke digits"});
  expect_refused({"simulate", "--calibration", "0"}, 2, {"--calibration 0"});
  expect_refused({"simulate", "missing.onnx"}, 3, {"missing.onnx"});
  expect_refused({"simulate", "net.onnx", "--data", "missing.yaml"}, 3, {"missing.yaml"});
  expect_refused({"simulate", "net.onnx", "--shape", "3x32x32"}, 3, {"3x32x32"});
  expect_refused({"simulate", "--set", "chip.mesh.width=2", "--set", "chip.mesh.height=2", "--set", "chip.digital_cores=1"}, 4, {"tiles"});
  expect_refused({"simulate", "--trace-from", "1us"}, 2, {"--trace FILE"});
  expect_refused({"simulate", "--trace", "t.json", "--trace-from", "2us", "--trace-to", "1us"}, 2, {"--trace-to 1us", "ends before"});
  expect_refused({"simulate", "--trace", "t.json", "--trace-from", "soon"}, 2, {"--trace-from soon", "12us"});
  expect_refused({"simulate", "--signals", "node_1.*"}, 2, {"--vcd FILE"});
  expect_refused({"simulate", "--data", "strokes", "--calibration", "5", "--vcd", "t.vcd", "--signals", "core_*"}, 3, {"core_*", "--list-signals"});
  expect_refused({"simulate", "--trace", "missing/t.json"}, 3, {"missing"});
  expect_refused({"simulate", "--repeats", "3"}, 2, {"unknown option --repeats"});
}

/// Five tiles in turns on a chip of three: the columns of the longest tile of a turn are programmed in 12 us a row, 72 and 256 rows.
TEST_F(SimulateTest, ReloadsTheWeightsOfANetworkThatIsTooLarge) {
  const std::vector<std::string> chip{"--set", "chip.mesh.width=3", "--set", "chip.mesh.height=2", "--set", "chip.digital_cores=2"};
  std::vector<std::string> command = on_large_chip({"simulate"}, false);
  command.insert(command.end(), chip.begin(), chip.end());
  expect_refused(command, 4, {"2 are missing", "mapper.weights: reloaded"});
  command.insert(command.end(), {"--set", "mapper.weights=reloaded", "--set", "mapper.reload_batch=4"});
  const Outcome outcome = mho(command);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("5 on 3"), HasSubstr("in 2 phases, 5 programmed for every batch of 4"), HasSubstr("program 2 of 2"),
                                 HasSubstr("bottleneck: programming takes 96."), HasSubstr("'program 2 of 2'"), HasSubstr("hidden programming")));
  EXPECT_EQ(query("SELECT count(*) FROM phase WHERE batch = 4"), "4");
  EXPECT_EQ(query("SELECT round(1e6 * batch_s / 12) FROM phase WHERE phase = 0"), "72.0");
  EXPECT_EQ(query("SELECT round(1e6 * batch_s / 12) FROM phase WHERE phase = 2"), "256.0");
  EXPECT_EQ(query("SELECT abs((SELECT sum(batch_s) FROM phase) / 4 / interval_s - 1) < 1e-9 FROM run"), "1");
  // 12 pulses of 20 pJ for both devices of 18500 weights less 110 biases, shared by four inferences.
  EXPECT_EQ(query("SELECT round(4e12 * sum(joule) / 240 / 2) FROM energy WHERE block = 'programming'"),
            query("SELECT round(sum(\"rows\" * columns), 1) FROM tile"));
  EXPECT_EQ(query("SELECT group_concat(DISTINCT phase) FROM tile"), "1,3");
  EXPECT_EQ(query("SELECT count(*) FROM v_stage WHERE kind = 'programming' AND phase IN (0, 2)"), "5");
  command.insert(command.end(), {"--json"});
  const Outcome json = mho(command);
  ASSERT_EQ(json.code, 0) << json.err;
  const auto document = base::read_yaml_text(json.out, "json");
  EXPECT_EQ(document.find("batch")->scalar, "4");
  EXPECT_EQ(document.find("phases")->items.size(), 4U);
}

/// Figures of a sequence, out of `--json`.
struct Sequence {
  double latency_s, interval_s, tokens_per_s, macs;
};

TEST_F(SimulateTest, TokensAllAtOnceOrOneAfterTheOther) {
  const auto number = [](const base::Json& json, const char* key) {
    const base::Json* found = json.find(key);
    if (found == nullptr) throw std::runtime_error(std::string("no ") + key);
    if (const auto* whole = std::get_if<std::int64_t>(&found->value())) return static_cast<double>(*whole);
    return std::get<double>(found->value());
  };
  const auto sequence = [&](const std::string& file, const std::string& mode) {
    const Outcome outcome = mho({"simulate", file, "--mode", mode, "--json", "--set", "chip.mesh.width=4"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    const base::Json json = base::Json::parse(outcome.out, "out");
    const base::Json& tokens = *json.find("sequence_run");
    EXPECT_EQ(std::get<std::string>(tokens.find("mode")->value()), mode);
    return Sequence{number(json, "latency_s"), number(json, "interval_s"), number(tokens, "tokens_per_s"), number(json, "macs")};
  };
  for (const char* tokens : {"16", "48"}) {
    const Outcome written =
        shell(std::string(MHO_PYTHON) + " " + MHO_SOURCE_DIR + "/examples/large_networks/write_network.py gpt2-small --layers 1 " +
              "--width 64 --vocabulary 50 --all-tokens --tokens " + tokens + " -o gpt" + tokens + ".onnx");
    ASSERT_EQ(written.code, 0) << written.err;
  }
  const Sequence all = sequence("gpt16.onnx", "prefill"), one = sequence("gpt16.onnx", "decode");
  // A token makes a sixteenth of the products and takes less time than all of them, but more than its share, as nothing overlaps.
  EXPECT_EQ(all.macs, 16 * one.macs);
  EXPECT_LT(one.latency_s, all.latency_s);
  EXPECT_GT(one.interval_s, all.interval_s / 16);
  EXPECT_NEAR(all.tokens_per_s * all.interval_s, 16, 1e-6);
  EXPECT_NEAR(one.tokens_per_s * one.interval_s, 1, 1e-6);
  EXPECT_GE(one.interval_s, one.latency_s) << "a token waits for the one before";
  EXPECT_GT(sequence("gpt48.onnx", "decode").latency_s, one.latency_s) << "more tokens in the caches";
}

/// A number of `--json`, by the names on the way to it.
double figure(const base::Json& json, const std::vector<std::string>& path) {
  const base::Json* at = &json;
  for (const std::string& name : path) {
    at = at->find(name);
    if (at == nullptr) throw std::runtime_error("no " + name);
  }
  if (const auto* whole = std::get_if<std::int64_t>(&at->value())) return static_cast<double>(*whole);
  return std::get<double>(at->value());
}

/// 1 layer of 2 x 15 rows of 64 halves read, two written; 6 pJ for each bit that goes through the port, input and output aside.
TEST_F(SimulateTest, CachesInMemoryByHand) {
  const Outcome written = shell(std::string(MHO_PYTHON) + " " + MHO_SOURCE_DIR +
                                "/examples/large_networks/write_network.py gpt2-small --layers 1 "
                                "--width 64 --vocabulary 50 --all-tokens --tokens 16 -o gpt.onnx");
  ASSERT_EQ(written.code, 0) << written.err;
  const auto port_and_cache = [&](std::vector<std::string> more) {
    std::vector<std::string> command{"simulate", "gpt.onnx", "--mode", "decode", "--json", "--set", "chip.mesh.width=4"};
    command.insert(command.end(), more.begin(), more.end());
    const Outcome outcome = mho(command);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    const base::Json json = base::Json::parse(outcome.out, "stdout");
    return std::tuple(figure(json, {"energy_by_block_j", "port"}), figure(json, {"sequence_run", "cache_read_bits_per_token"}),
                      figure(json, {"sequence_run", "cache_written_bits_per_token"}));
  };
  const auto [core_j, none, nothing] = port_and_cache({});
  const auto [memory_j, read, own] = port_and_cache({"--set", "mapper.caches=memory"});
  EXPECT_EQ(none + nothing, 0);
  EXPECT_EQ(read, 2 * 15 * 64 * 16);
  EXPECT_EQ(own, 2 * 64 * 16);
  EXPECT_NEAR(memory_j - core_j, (read + own) * 6e-12, 1e-15);
  EXPECT_EQ(std::get<1>(port_and_cache({"--set", "mapper.caches=memory", "--tokens", "4"})), 2 * 3 * 64 * 16);
  EXPECT_EQ(query("SELECT group_concat(mode || ' ' || tokens || ' ' || context || ' ' || cast(cache_read_bits AS INTEGER), ', ') FROM (SELECT * FROM "
                  "v_sequence_run ORDER BY run)"),
            "decode 16 16 0, decode 16 16 30720, decode 16 4 6144");
  EXPECT_EQ(query("SELECT count(*) FROM sequence_run t JOIN run r ON r.id = t.run WHERE abs(t.tokens_per_s * r.interval_s - 1) < 1e-9 AND "
                  "t.energy_per_token_j = r.energy_per_inference_j"),
            "3");
}

/// Eight inferences leave an interval apart, the first after its latency.
TEST_F(SimulateTest, ANumberOfInferences) {
  const Outcome batch = mho({"simulate", "--inferences", "9", "--json"}), one = mho({"simulate", "--inferences", "1", "--json"});
  ASSERT_EQ(batch.code, 0) << batch.err;
  ASSERT_EQ(one.code, 0) << one.err;
  const base::Json all = base::Json::parse(batch.out, "stdout"), single = base::Json::parse(one.out, "stdout");
  EXPECT_EQ(figure(all, {"simulated_inferences"}), 9);
  EXPECT_EQ(figure(all, {"back_to_back", "inferences"}), 8);
  EXPECT_NEAR(figure(all, {"back_to_back", "seconds"}), figure(all, {"latency_s"}) + 7 * figure(all, {"interval_s"}), 1e-8);
  EXPECT_EQ(figure(single, {"simulated_inferences"}), 1);
  EXPECT_EQ(figure(single, {"latency_s"}), figure(all, {"latency_s"}));
  EXPECT_NEAR(figure(single, {"energy_per_inference_j"}), figure(all, {"single_shot_energy_j"}), 1e-9 * figure(all, {"single_shot_energy_j"}));
  EXPECT_THAT(one.out, HasSubstr("\"throughput_per_s\": null"));
  EXPECT_EQ(query("SELECT group_concat(run || ' ' || inferences) FROM back_to_back"), "1 8");
  EXPECT_EQ(std::stod(query("SELECT seconds FROM back_to_back")), figure(all, {"back_to_back", "seconds"}));
}

/// What --json says of a functional simulation, as rows.
TEST_F(SimulateTest, AFunctionalSimulationIsStored) {
  const Outcome outcome = mho({"simulate", "--functional", "--inferences", "3", "--calibration", "50", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const base::Json json = base::Json::parse(outcome.out, "out");
  EXPECT_EQ(query("SELECT inferences || ' ' || outputs || ' ' || equal_bits || ' ' || first_sample FROM functional"), "3 30 1 0");
  const double drawn = figure(json, {"functional", "energy_by_block_j", "array"}), expected = figure(json, {"energy_by_block_j", "array"});
  EXPECT_NEAR(std::stod(query("SELECT functional_joule FROM v_functional WHERE block = 'array'")) / drawn, 1, 1e-12);
  EXPECT_NEAR(std::stod(query("SELECT statistical_joule FROM v_functional WHERE block = 'array'")) / expected, 1, 1e-12);
  EXPECT_NEAR(std::stod(query("SELECT difference_percent FROM v_functional WHERE block = 'array'")), 100 * (drawn / expected - 1), 1e-9);
  EXPECT_EQ(query("SELECT abs(sum(joule) / c.energy_per_inference_j - 1) < 1e-9 FROM functional_energy JOIN functional c USING (run)"), "1");
}

TEST_F(SimulateTest, ModesThatDoNotFit) {
  expect_refused({"simulate", "--tokens", "3"}, 2, {"--tokens", "--mode decode"});
  expect_refused({"simulate", "--inferences", "2"}, 2, {"--inferences 2", "3 or more"});
  expect_refused({"simulate", "--functional", "--inferences", "1"}, 2, {"--inferences 1", "at least 3"});
  write_default_network();
  expect_refused({"simulate", "net.onnx", "--mode", "decode"}, 3,
                 {"--mode decode: the input of network net is no sequence of tokens; leave --mode out"});
  expect_refused({"simulate", "net.onnx", "--mode", "decoding"}, 2, {"--mode decoding", "prefill, decode"});
  expect_refused({"simulate", "--functional", "--mode", "decode"}, 2, {"--functional", "--mode decode"});
}

}  // namespace
}  // namespace mho::cli::test
