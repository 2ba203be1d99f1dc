#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/experiment/chip_run.h"
#include "analysis/store/identity.h"
#include "base/input_limit.h"
#include "cli/options.h"

namespace mho::cli {

/// One inference of a network that reads a sequence of tokens.
struct SequenceArguments {
  std::optional<std::string> mode;  ///< "prefill" or "decode"
  std::optional<int> tokens;        ///< number of tokens that a decoded token attends to
};

/// Files with the mapping of a network to a chip.
struct MappingFiles {
  std::optional<std::string> given;  ///< --mapping: the mapping to use
  std::optional<std::string> saved;  ///< --save: output file for the mapping
};

/// Name and tags of a stored result.
struct LabelArguments {
  std::optional<std::string> name;
  std::vector<std::string> tags;  ///< "key=value"
  bool keep_inputs = false;
};

/// Options that several verbs share, with equal names and texts.

constexpr const char* usual_times = "1s,1h,1d,1y";
/// Largest legal count of programming instances, tiles, cycles.
constexpr int most = 1'000'000;

/// Adds --data. `more`: text that the verb adds to the help.
void add_data(Options& options, std::optional<std::string>& data, const std::string& more);
void add_design(Options& options, std::optional<std::string>& design);
/// Adds --set: "KEY=VALUE", may be repeated.
void add_set(Options& options, std::vector<std::string>& assignments);
/// Adds --layer: rules for layers, may be repeated.
void add_layer(Options& options, std::vector<std::string>& rules);
/// Adds --times for several ages.
void add_times(Options& options, std::string& times);
/// Adds --times to a verb that evaluates the chip at one age.
void add_one_time(Options& options, std::string& time);
void add_shape(Options& options, std::optional<std::string>& shape);
void add_scalar(Options& options, std::vector<std::string>& scalars);
/// Adds --threads. Sets the target to its default: all threads of the processor.
void add_data_input(Options& options, std::optional<std::string>& name);
/// Adds --reference: "none", "systolic" or a roofline (analysis::parse_reference).
void add_reference(Options& options, std::string& reference);
/// Adds --fidelity: "simulate" or "estimate".
void add_fidelity(Options& options, std::string& fidelity);
/// Adds --mapping and --save.
void add_mapping(Options& options, MappingFiles& files);
void add_threads(Options& options, int& threads, const std::string& sentence = "number of threads; results do not depend on it");
void add_seed(Options& options, std::uint64_t& seed);
void add_json(Options& options, bool& json);
/// Adds --no-cache.
void add_no_cache(Options& options, bool& no_cache);
/// Adds the option for the largest number of bytes of files in memory; empty: the default.
void add_input_limit(Options& options, std::optional<std::string>& limit);
base::InputLimit input_limit(const std::optional<std::string>& limit);
void add_database(Options& options, std::string& database, const std::string& what);

/// Adds --name, --tag and --keep-inputs to a verb that stores results.
void add_label(Options& options, LabelArguments& label);
/// Throws base::UserError with code usage for an empty name or a tag without a key.
void check(const LabelArguments& label);
/// The label of a result. `files`: the files that were read.
analysis::Label label(const LabelArguments& arguments, const std::vector<std::string>& files);

void add_sequence(Options& options, SequenceArguments& sequence);
/// Throws base::UserError with code usage if an option requires another one that is absent.
void check(const SequenceArguments& sequence);
mapper::InferenceMode inference_mode(const SequenceArguments& sequence);

/// Throws base::UserError with code usage if --scalar is given without a network.
void check_scalar(const std::optional<std::string>& network, const std::vector<std::string>& scalars);

/// Throws base::UserError with code usage unless network and data are both given or both absent (then `verb` uses the built-in ones).
void check_pair(const std::string& verb, const std::optional<std::string>& network, const std::optional<std::string>& data);

}  // namespace mho::cli
