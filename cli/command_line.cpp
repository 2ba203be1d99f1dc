#include "cli/command_line.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/version.h"
#include "cli/option_values.h"
#include "cli/options.h"
#include "cli/verbs.h"

namespace mho::cli {

namespace {

/// A line that shows what a verb is good for.
struct Example {
  std::string line, sentence;
};

struct Verb {
  VerbText text;
  Command (*read)(Options&);
  std::vector<Example> examples;
};

const std::vector<Verb>& verbs() {
  static const std::vector<Verb> list{
      {{"run", "evaluate accuracy, map, simulate the chip, store the result"},
       run_command,
       {{"mho run", "the built-in network on the built-in chip"},
        {"mho run net.onnx --data data.yaml", "your network, your data"},
        {"mho run --set tile.adc.bits=6 --times 1s,1d,1y", "another converter, other times"}}},
      {{"simulate", "map a network and run the chip cycle by cycle, without accuracy: speed, energy, the bottleneck"},
       simulate_command,
       {{"mho simulate net.onnx", "the chip alone: speed, energy, the bottleneck"}}},
      {{"retrain", "train a network with the tiles of a chip in its forward pass"},
       retrain_command,
       {{"mho retrain net.onnx --data data.yaml --out net_hwa.onnx", "train it with the chip in the loop"}}},
      {{"network", "print a network layer by layer, and what would run on tiles"},
       network_command,
       {{"mho network net.onnx --shape 3x224x224", "its layers, analog or digital, and why"}}},
      {{"export", "write what every device is to be programmed to"},
       export_command,
       {{"mho export net.onnx --conductances target.npz", "siemens of every device"}}},
      {{"import", "the same as run, with measured conductances in place of programming"},
       import_command,
       {{"mho import net.onnx --data data.yaml --conductances measured.npz", "a chip that was measured"}}},
      {{"tile", "look at one tile: the error of its products by source and over time"},
       tile_command,
       {{"mho tile --set tile.adc.bits=6 --svg tile.svg", "the errors of one tile, by source and over time"}}},
      {{"noc", "put synthetic traffic on the network of a chip"},
       noc_command,
       {{"mho noc --traffic uniform --rate 0.1,0.2,0.3", "latency of the network on chip over its load"}}},
      {{"sensitivity", "find how much of every nonideality alone a network bears, or what every layer costs"},
       sensitivity_command,
       {{"mho sensitivity --svg borne.svg", "how much of every nonideality the built-in network bears"}}},
      {{"mvm", "put a matrix and vectors through the tiles of a design"},
       mvm_command,
       {{"mho mvm --weights W.npy --inputs X.npy --out Y.npy", "a matrix and vectors through the tiles"}}},
      {{"wires", "exact currents of a crossbar with resistive lines"},
       wires_command,
       {{"mho wires --conductances G.npy --voltages V.npy --r-in 0.35 --r-out 0.35 --out I.npy", "currents of resistive lines"}}},
      {{"describe", "print what parameters there are and what they mean"},
       describe_command,
       {{"mho describe tile.adc", "what the parameters of the converter mean"}}},
      {{"validate", "check a design file and print what differs from the defaults"},
       validate_command,
       {{"mho validate chip.yaml", "check a design file"}}},
  };
  return list;
}

std::vector<std::string> names() {
  std::vector<std::string> list;
  for (const Verb& verb : verbs()) list.push_back(verb.text.name);
  return list;
}

/// Examples, and what the command returns to a shell.
std::string footer(const std::vector<Example>& examples) {
  constexpr std::size_t widest = 60;
  std::string text = "Examples:\n";
  for (const Example& example : examples) {
    text += example.line.size() <= widest ? fmt::format("  {:<{}}  {}\n", example.line, widest, example.sentence)
                                          : fmt::format("  {}\n  {:<{}}  {}\n", example.line, "", widest, example.sentence);
  }
  return text + R"(
Exit codes:
  0 ok   2 usage   3 bad configuration or input   4 the network does not fit the chip
  5 a run failed its own checks   130 interrupted)";
}

std::string help() {
  std::vector<VerbText> texts;
  std::vector<Example> examples;
  for (const Verb& verb : verbs()) {
    texts.push_back(verb.text);
    examples.insert(examples.end(), verb.examples.begin(), verb.examples.end());
  }
  return program_help(
      "mho simulates analog in-memory-computing accelerators: how accurate a trained network is on a chip, how long an inference\n"
      "takes cycle by cycle, and where energy and area go. Every run is a row in an SQLite database.",
      texts, footer(examples));
}

const Verb* find_verb(const std::string& name) {
  const auto found = std::ranges::find_if(verbs(), [&](const Verb& verb) { return verb.text.name == name; });
  return found == verbs().end() ? nullptr : &*found;
}

}  // namespace

std::string help_command(int argc, const char* const* argv) {
  return argc > 1 && find_verb(argv[1]) != nullptr ? fmt::format("mho {} --help", argv[1]) : "mho --help";
}

Command parse(int argc, const char* const* argv) {
  if (argc < 2) usage(fmt::format("say what to do: {}", fmt::join(names(), ", ")));
  const std::string first(argv[1]);
  if (first == "--help" || first == "-h") return Information{help()};
  if (first == "--version") return Information{fmt::format("mho {}\n", base::version())};
  const Verb* verb = find_verb(first);
  if (verb == nullptr && first.starts_with("-")) {
    usage(fmt::format("unknown option {}: those of a verb stand after it, as in mho run --seed 3; say what to do: {}", first,
                      fmt::join(names(), ", ")));
  }
  if (verb == nullptr) usage(fmt::format("unknown verb {}{}; there are {}", first, spelling_hint(first, names()), fmt::join(names(), ", ")));
  try {
    Options options(argc, argv, verb->text, footer(verb->examples));
    return verb->read(options);
  } catch (const HelpAsked& asked) {
    return Information{asked.text};
  }
}

}  // namespace mho::cli
