#include "analysis/study/mvm.h"

#include <fmt/format.h>

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/study/matrix_file.h"
#include "base/output_file.h"
#include "cli/common_options.h"
#include "cli/option_values.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "workloads/data/array_files.h"

namespace mho::cli {

namespace {

struct MvmArguments {
  std::optional<std::string> input_limit;
  std::string weights, inputs;
  std::optional<std::string> design;
  std::vector<std::string> set;
  int reads = 1;
  bool program = false;
  double time_s = 1;
  std::uint64_t seed = 1;
  int threads = 1;
  std::optional<std::string> out, stats;  ///< exactly one of them is given
  bool json = false;
};

std::string outputs_npy(const analysis::Design& design, const analysis::Matrix& weights, const analysis::Matrix& vectors,
                        const analysis::MvmOptions& options) {
  std::vector<float> outputs;
  analysis::analog_products(design, weights, vectors, options, [&](std::span<const float> y) { outputs.insert(outputs.end(), y.begin(), y.end()); });
  workloads::Shape shape{static_cast<std::int64_t>(vectors.rows), static_cast<std::int64_t>(weights.rows)};
  if (options.repeats > 1) shape.insert(shape.begin(), options.repeats);
  return workloads::npy_bytes(shape, outputs);
}

std::string statistics_csv(const analysis::Design& design, const analysis::Matrix& weights, const analysis::Matrix& vectors,
                           const analysis::MvmOptions& options) {
  analysis::RepeatStatistics statistics(vectors.rows * weights.rows);
  analysis::analog_products(design, weights, vectors, options, [&](std::span<const float> y) { statistics.add(y); });
  const std::vector<float> ideal = analysis::exact_products(weights, vectors);
  std::string csv = "vector,output,ideal,mean,std\n";
  for (std::size_t i = 0; i < ideal.size(); ++i) {
    csv += fmt::format("{},{},{},{},{}\n", i / weights.rows, i % weights.rows, ideal[i], statistics.mean(i), statistics.deviation(i));
  }
  return csv;
}

/// Multiplies a matrix by vectors from files on the tiles of a design and writes the results.
void mvm(const MvmArguments& arguments, const Invocation& invocation) {
  const analysis::Design design = analysis::load_design(arguments.design, arguments.set);
  const base::InputLimit limit = input_limit(arguments.input_limit);
  const analysis::Matrix weights = analysis::read_matrix(arguments.weights, "weights", "[outputs][inputs]", false, limit);
  const analysis::Matrix vectors = analysis::read_matrix(arguments.inputs, "inputs", "[batch][inputs]", true, limit);
  analysis::check_inputs(weights, vectors);
  base::OutputFile file(arguments.out ? *arguments.out : *arguments.stats, {arguments.weights, arguments.inputs, arguments.design});
  const analysis::MvmOptions options{
      .repeats = arguments.reads, .reprogram = arguments.program, .time_s = arguments.time_s, .seed = arguments.seed, .threads = arguments.threads};
  file.write(arguments.out ? outputs_npy(design, weights, vectors, options) : statistics_csv(design, weights, vectors, options));
  file.commit();
  if (arguments.json) {
    base::Json json;
    json["out"] = arguments.out ? *arguments.out : *arguments.stats;
    json["inputs"] = static_cast<std::int64_t>(weights.columns);
    json["outputs"] = static_cast<std::int64_t>(weights.rows);
    json["vectors"] = static_cast<std::int64_t>(vectors.rows);
    json["reads"] = arguments.reads;
    json["time_s"] = arguments.time_s;
    print_json(invocation, arguments.seed, json);
    return;
  }
  print_text(fmt::format("{} of {} vector{} through {} output{} written to {}\n", arguments.out ? "outputs" : "ideal, mean and deviation",
                         vectors.rows, vectors.rows == 1 ? "" : "s", weights.rows, weights.rows == 1 ? "" : "s",
                         arguments.out ? *arguments.out : *arguments.stats));
}

Action read_mvm_line(Options& options) {
  MvmArguments arguments;
  std::string time = "1s";
  options.file("--weights", arguments.weights, "matrix [outputs][inputs], .npy");
  options.file("--inputs", arguments.inputs, "vectors [batch][inputs], or one [inputs], .npy");
  options.output("--out", arguments.out, "outputs [reads][batch][outputs], [batch][outputs] for one read, .npy", "a NumPy array");
  options.output("--stats", arguments.stats, "ideal, mean and std over reads of every output, .csv", "CSV");
  options.whole("--reads", arguments.reads, "number of reads of every vector", fmt::format("N ({})", arguments.reads), 1, most);
  options.renamed("--repeats", "--reads here: how often every vector is read. Repeats are programmings everywhere: --program makes every read one");
  options.flag("--program", arguments.program, "program the tiles again for every read");
  add_one_time(options, time);
  add_design(options, arguments.design);
  add_set(options, arguments.set);
  add_seed(options, arguments.seed);
  add_threads(options, arguments.threads);
  add_json(options, arguments.json);
  add_input_limit(options, arguments.input_limit);
  options.read();
  if (!arguments.out && !arguments.stats) usage("say what to write: --out Y.npy for the outputs, or --stats S.csv for their mean and deviation");
  if (arguments.out && arguments.stats) usage("--out and --stats exclude each other; choose the outputs or their statistics");
  if (arguments.stats && arguments.reads < 2) usage("--stats computes a deviation over reads, which needs at least two reads: give --reads");
  arguments.time_s = parse_one_time(time);
  return [arguments](const Invocation& invocation) { mvm(arguments, invocation); };
}

}  // namespace

Verb mvm_verb() {
  return {.name = "mvm",
          .sentence = "multiply a matrix by vectors on the tiles of a design",
          .examples = {{"mho mvm --weights W.npy --inputs X.npy --out Y.npy", "a matrix times vectors on tiles"}},
          .read = read_mvm_line};
}

}  // namespace mho::cli
