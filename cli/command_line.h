#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mho::cli {

/// What an inference is, of a network that reads a sequence of tokens.
struct SequenceArguments {
  std::optional<std::string> mode;  ///< "prefill" or "decode"
  std::optional<int> tokens;        ///< that a decoded token sees
};

struct RunArguments {
  std::optional<std::string> network;  ///< empty: the embedded default
  std::optional<std::string> data;
  std::optional<std::string> design;  ///< empty: the embedded default
  std::vector<std::string> set;       ///< "key=value"
  std::vector<std::string> layer;     ///< "match=digital" or "match:tile.key=value"
  std::vector<double> times_s;
  int repeats = 10;
  std::optional<std::size_t> samples;  ///< empty: all
  std::uint64_t seed = 1;
  int threads = 1;
  double yield_threshold = 0.99;
  SequenceArguments sequence;               ///< of the costs
  std::optional<std::string> conductances;  ///< measured, .npz
  std::string db = "results.db";
  bool json = false;
};

struct SimulateArguments {
  std::optional<std::string> network;  ///< empty: the embedded default with its data
  std::optional<std::string> data;     ///< empty: inputs at full scale
  std::vector<std::int64_t> shape;     ///< of one sample; empty: the data's, or the file's
  std::optional<std::string> design;
  std::vector<std::string> set, layer;
  std::optional<std::size_t> samples;  ///< that calibrate; empty: as many as a run takes
  bool functional = false;             ///< the chip computes
  std::optional<int> inferences;       ///< in all
  std::optional<double> time_s;        ///< its age then
  SequenceArguments sequence;
  std::optional<std::string> trace, vcd, heat_map;
  double trace_from_s = 0;
  std::optional<double> trace_to_s;  ///< empty: to the end
  std::int64_t trace_events = 5'000'000;
  std::string signals = "*";
  bool list_signals = false;
  std::uint64_t seed = 1;
  int threads = 1;
  std::string db = "results.db";
  bool json = false;
};

struct RetrainArguments {
  std::string network, out;
  std::optional<std::string> data, design, recipe;
  std::vector<std::string> set, layer;
  std::vector<std::string> recipe_set;  ///< "key=value"
  int threads = 1;
  bool from_scratch = false;
  std::optional<std::string> db;
};

struct DescribeArguments {
  std::optional<std::string> key;  ///< a key or the beginning of keys; empty: all
  bool recipe = false;             ///< keys of a recipe instead of a design
  bool json = false;
};

struct ValidateArguments {
  std::string design;
  std::vector<std::string> set;
};

struct NetworkArguments {
  std::string network;
  std::optional<std::string> data;
  std::vector<std::int64_t> shape;  ///< of one sample; empty: the data's, or the file's
  std::optional<std::string> design;
  std::vector<std::string> set, layer;
  bool json = false;
};

struct ExportArguments {
  std::string network, conductances;
  std::optional<std::string> data, design;
  std::vector<std::int64_t> shape;
  std::vector<std::string> set, layer;
};

struct TileArguments {
  std::optional<std::string> design;
  std::vector<std::string> set;
  int tiles = 10;
  int vectors = 64;
  std::optional<int> size;  ///< rows and columns; empty: the design's
  std::vector<double> times_s;
  std::uint64_t seed = 1;
  int threads = 1;
  std::optional<std::string> svg;
  bool json = false;
};

struct NocArguments {
  std::optional<std::string> design;
  std::vector<std::string> set;
  std::string traffic = "uniform", rates = "0.05,0.1,0.2,0.3,0.35";
  std::optional<std::string> size;  ///< of the grid of nodes; empty, as the next three: the design's
  std::optional<int> virtual_channels, buffer_flits, router_stages;
  int packet_flits = 4;
  double hotspot_share = 0.1;
  bool all_classes = false, throughput = false;
  std::int64_t warm_up = 3000, sample = 1000;
  std::optional<int> samples;  ///< empty: until they agree
  int seeds = 1;
  std::uint64_t seed = 1;
  int threads = 1;
  std::optional<std::string> svg;
  bool json = false;
};

struct SensitivityArguments {
  std::optional<std::string> network;  ///< empty: the embedded default
  std::optional<std::string> data;
  std::optional<std::string> design;
  std::vector<std::string> set, layer;
  double time_s = 1;
  std::optional<int> repeats;          ///< empty: 5, or 10 by layer
  std::optional<std::size_t> samples;  ///< empty: 1000, or all where there are fewer
  std::uint64_t seed = 1;
  int threads = 1;
  double threshold = 0.99;
  double error = 0.2;
  std::string only;  ///< empty: all nonidealities
  bool by_layer = false;
  std::optional<std::string> svg;
  std::string db = "results.db";
  bool json = false;
};

struct MvmArguments {
  std::string weights, inputs;
  std::optional<std::string> design;
  std::vector<std::string> set;
  int repeats = 1;
  bool program = false;
  double time_s = 1;
  std::uint64_t seed = 1;
  int threads = 1;
  std::optional<std::string> out, stats;  ///< exactly one of them
};

struct WiresArguments {
  std::string conductances, voltages, out;
  double input_ohm = 0, output_ohm = 0, driver_ohm = 0, sense_ohm = 0;
  bool separate_source = false;
  int threads = 1;
};

/// Help, version: text for standard output and nothing to do.
struct Information {
  std::string text;
};

using Command = std::variant<NocArguments, RunArguments, SimulateArguments, DescribeArguments, ValidateArguments, TileArguments, SensitivityArguments,
                             MvmArguments, WiresArguments, NetworkArguments, ExportArguments, RetrainArguments, Information>;

/// Reads the command line. Throws base::UserError with code usage: unknown verb or option (with the nearest spelling), a value that is
/// no number, a network without data, outputs asked for twice or not at all.
Command parse(int argc, const char* const* argv);

/// Which help explains this line: "mho noc --help", "mho --help".
std::string help_command(int argc, const char* const* argv);

}  // namespace mho::cli
