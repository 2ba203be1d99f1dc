#include "cli/common_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <thread>

#include "analysis/design/design.h"
#include "analysis/design/shipped.h"
#include "base/error.h"
#include "cli/option_values.h"
#include "workloads/data/shipped_data.h"

namespace mho::cli {

void add_data(Options& options, std::optional<std::string>& data, const std::string& more) {
  options.file("--data", data, "data set: a YAML file, or the name of a shipped description (strokes: data of the built-in network)" + more);
  options.propose("--data", workloads::data_names);
}

void add_design(Options& options, std::optional<std::string>& design) {
  options.file("--design", design, "chip: a YAML file, or the name of a shipped design (mho describe designs); without it the default chip");
  options.propose("--design", [] {
    std::vector<std::string> names;
    for (const analysis::ShippedDesign& shipped : analysis::shipped_designs()) names.push_back(analysis::name_of(shipped));
    return names;
  });
}

void add_set(Options& options, std::vector<std::string>& assignments) {
  options.list("--set", assignments, "set one parameter; may be repeated, the last value counts", "KEY=VALUE");
  options.propose("--set", [] {
    std::vector<std::string> keys;
    for (const base::Declaration& declaration : analysis::all_declarations()) keys.push_back(declaration.key + "=");
    return keys;
  });
}

void add_layer(Options& options, std::vector<std::string>& rules) {
  options.list("--layer", rules, "settings of single layers: first=digital, conv*:tile.adc.bits=6; may be repeated",
               "MATCH=digital | MATCH=analog | MATCH:KEY=VALUE");
}

void add_times(Options& options, std::string& times) {
  options.text("--times", times, "ages of the chip to evaluate; in increasing order", fmt::format("LIST ({})", times));
  options.also("--time", "--times");
}

void add_one_time(Options& options, std::string& time) {
  options.text("--times", time, "ages of the chip to evaluate; a single one for this verb", fmt::format("TIME ({})", time));
  options.also("--time", "--times");
}

void add_shape(Options& options, std::optional<std::string>& shape) {
  options.text("--shape", shape, "shape of one sample, for dynamic axes without data", "AxBxC");
}

void add_scalar(Options& options, std::vector<std::string>& scalars) {
  options.list("--scalar", scalars, "value of a scalar input, the same for every sample; may be repeated", "NAME=VALUE");
}

void add_data_input(Options& options, std::optional<std::string>& name) {
  options.text("--data-input", name, "name of the input for the samples, in a file that lists weights as inputs too", "NAME");
}

void add_reference(Options& options, std::string& reference) {
  options.text("--reference", reference,
               "digital machine to compare the result with: systolic (int8 array), none, or '138 TOPS, 614 GB/s, 175 W, TPUv4i'",
               fmt::format("WHAT ({})", reference));
}

void add_fidelity(Options& options, std::string& fidelity) {
  options.word("--fidelity", fidelity, {"simulate", "estimate"}, "simulate the chip cycle by cycle, or estimate its times position by position",
               fmt::format("HOW ({})", fidelity));
}

void add_mapping(Options& options, MappingFiles& files) {
  options.file("--mapping", files.given, "use the mapping in this file, written by --save and possibly edited, JSON");
  options.output("--save", files.saved, "write the mapping of the network: blocks, copies, cores, buffers, JSON", "JSON");
}

void add_threads(Options& options, int& threads, const std::string& sentence) {
  constexpr int most_threads = 1024;
  threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  options.whole("--threads", threads, sentence, "N (all)", 1, most_threads);
}

void add_seed(Options& options, std::uint64_t& seed) { options.whole("--seed", seed, "seed of all random draws", fmt::format("N ({})", seed), 0); }

void add_json(Options& options, bool& json) { options.flag("--json", json, "print one JSON object instead of text"); }
void add_no_cache(Options& options, bool& no_cache) {
  options.flag("--no-cache", no_cache,
               "compute everything again; without it results that were computed before are taken from the database, bit for bit the same");
}

void add_input_limit(Options& options, std::optional<std::string>& limit) {
  options.text("--input-limit", limit, "maximum memory for the files of a run, unpacked", "SIZE (4 GiB)");
}

base::InputLimit input_limit(const std::optional<std::string>& limit) {
  return limit ? base::InputLimit(parse_bytes("--input-limit", *limit)) : base::InputLimit();
}

void add_database(Options& options, std::string& database, const std::string& what) {
  options.output("--db", database, fmt::format("database of results; stores the {}, created if missing", what), "a database");
}

void add_label(Options& options, LabelArguments& label) {
  options.text("--name", label.name, "name of the result in the database; without it the design and its changes", "NAME");
  options.list("--tag", label.tags, "tag of a result; for mho db list, may be repeated", "KEY=VALUE");
  options.flag("--keep-inputs", label.keep_inputs, "store the input files too, so that mho db rerun does not need them");
}

void check(const LabelArguments& label) {
  if (label.name && label.name->empty()) usage("--name is empty; leave it out, and the design names the result");
  for (const std::string& tag : label.tags) static_cast<void>(parse_tag(tag));
}

analysis::Label label(const LabelArguments& arguments, const std::vector<std::string>& files) {
  analysis::Label label{.name = arguments.name, .inputs = analysis::input_files(files), .keep_inputs = arguments.keep_inputs};
  for (const std::string& tag : arguments.tags) label.tags.push_back(parse_tag(tag));
  return label;
}

void add_sequence(Options& options, SequenceArguments& sequence) {
  options.word("--mode", sequence.mode, {"prefill", "decode"},
               "processing of a sequence of tokens: prefill (all at once) or decode (one after the other)", "MODE");
  options.whole("--tokens", sequence.tokens,
                "with --mode decode: number of tokens that the token sees, including itself; without it the whole sequence", "N", 1, most);
}

void check(const SequenceArguments& sequence) {
  if (sequence.tokens && sequence.mode != "decode") usage("--tokens is the number of tokens that a decoded token sees: it goes with --mode decode");
}

mapper::InferenceMode inference_mode(const SequenceArguments& sequence) {
  using Kind = mapper::InferenceMode::Kind;
  const Kind kind = !sequence.mode ? Kind::whole : *sequence.mode == "decode" ? Kind::decode : Kind::prefill;
  return {.kind = kind, .context = sequence.tokens.value_or(0)};
}

void check_scalar(const std::optional<std::string>& network, const std::vector<std::string>& scalars) {
  if (!network && !scalars.empty()) usage(fmt::format("--scalar {} goes with a network; the built-in one has no such input", scalars.front()));
}

void check_pair(const std::string& verb, const std::optional<std::string>& network, const std::optional<std::string>& data) {
  if (network && !data) {
    // A mistyped name is reported before missing data.
    if (std::error_code error; !std::filesystem::exists(*network, error))
      throw base::UserError(fmt::format("{}: there is no such file; check the path. A network is an ONNX file", *network));
    usage(fmt::format("{} needs data to be scored on: give --data DATA.yaml, or --data strokes for that of the built-in network", *network));
  }
  if (data && *data != workloads::built_in_data && !network) {
    usage(fmt::format("--data goes with a network: mho {} NETWORK.onnx --data DATA.yaml. The built-in network has data of its own, strokes", verb));
  }
}

}  // namespace mho::cli
