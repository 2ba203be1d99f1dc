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

/// What an inference is, of a network that reads a sequence of tokens.
struct SequenceArguments {
  std::optional<std::string> mode;  ///< "prefill" or "decode"
  std::optional<int> tokens;        ///< that a decoded token sees
};

/// Files that hold how a network lies on a chip.
struct MappingFiles {
  std::optional<std::string> given;  ///< lays the network as it says
  std::optional<std::string> saved;  ///< takes what was mapped
};

/// What a stored result is called.
struct LabelArguments {
  std::optional<std::string> name;
  std::vector<std::string> tags;  ///< "key=value"
  bool keep_inputs = false;
};

/// Options that several verbs have, with the same words everywhere.

constexpr const char* usual_times = "1s,1h,1d,1y";
/// Of anything a user counts: programmings, tiles, cycles.
constexpr int most = 1'000'000;

/// `more`: what the verb does with it.
void add_data(Options& options, std::optional<std::string>& data, const std::string& more);
void add_design(Options& options, std::optional<std::string>& design);
void add_set(Options& options, std::vector<std::string>& assignments);
void add_layer(Options& options, std::vector<std::string>& rules);
void add_times(Options& options, std::string& times);
/// Adds --times to a verb that evaluates the chip at one age.
void add_one_time(Options& options, std::string& time);
void add_shape(Options& options, std::optional<std::string>& shape);
void add_scalar(Options& options, std::vector<std::string>& scalars);
/// The target becomes the default: all of the machine's.
void add_data_input(Options& options, std::optional<std::string>& name);
/// "none", "systolic" or a roofline, as analysis::parse_reference reads it.
void add_reference(Options& options, std::string& reference);
/// "simulate" or "estimate".
void add_fidelity(Options& options, std::string& fidelity);
/// --mapping and --save.
void add_mapping(Options& options, MappingFiles& files);
void add_threads(Options& options, int& threads, const std::string& sentence = "threads; never changes a result");
void add_seed(Options& options, std::uint64_t& seed);
void add_json(Options& options, bool& json);
/// --no-cache.
void add_no_cache(Options& options, bool& no_cache);
/// Most bytes of files in memory; empty: the usual.
void add_input_limit(Options& options, std::optional<std::string>& limit);
base::InputLimit input_limit(const std::optional<std::string>& limit);
void add_database(Options& options, std::string& database, const std::string& what);

/// --name, --tag and --keep-inputs of a verb that stores.
void add_label(Options& options, LabelArguments& label);
/// Throws base::UserError with code usage: an empty name, a tag without a key.
void check(const LabelArguments& label);
/// `files`: those that were read.
analysis::Label label(const LabelArguments& arguments, const std::vector<std::string>& files);

void add_sequence(Options& options, SequenceArguments& sequence);
/// Throws base::UserError with code usage where one option asks for another.
void check(const SequenceArguments& sequence);
mapper::InferenceMode inference_mode(const SequenceArguments& sequence);

/// Inputs have values only where there is a network with inputs. Throws base::UserError with code usage.
void check_scalar(const std::optional<std::string>& network, const std::vector<std::string>& scalars);

/// A network and the data it is scored on come together, or `verb` takes the built-in ones. Throws base::UserError with code usage.
void check_pair(const std::string& verb, const std::optional<std::string>& network, const std::optional<std::string>& data);

}  // namespace mho::cli
