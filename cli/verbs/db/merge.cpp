#include "analysis/store/merge.h"

#include <fmt/format.h>

#include "cli/common_options.h"
#include "cli/output.h"
#include "cli/verbs.h"

namespace mho::cli {

namespace {

struct MergeArguments {
  std::vector<std::string> files;
  std::string db = "results.db";
  bool json = false;
};

void merge(const MergeArguments& arguments, const Invocation& invocation) {
  std::string text;
  base::Json::Array list;
  for (const analysis::Merged& one : analysis::merge_files(arguments.db, arguments.files)) {
    text += fmt::format("{}: {} added, {} there already\n", one.file, one.added, one.there_already);
    base::Json json;
    json["file"] = one.file;
    json["added"] = one.added;
    json["there_already"] = one.there_already;
    list.push_back(json);
  }
  if (!arguments.json) return print_text(text);
  base::Json json;
  json["files"] = list;
  print_json(invocation, std::nullopt, json);
}

Action read_merge_line(Options& options) {
  MergeArguments arguments;
  options.several("FILES", arguments.files, "databases or rescue files to copy results from; they are not changed", "FILE ...", 1);
  options.output("--db", arguments.db, "database of results; the copies are stored in it, created if missing", "a database");
  add_json(options, arguments.json);
  options.read();
  return [arguments](const Invocation& invocation) { merge(arguments, invocation); };
}

}  // namespace

Verb db_merge_verb() {
  return {.name = "db merge",
          .sentence = "copy results of other databases into one; results that it already has are skipped",
          .examples = {{"mho db merge node1.db node2.db --db all.db", "the results of two machines in one file"}},
          .read = read_merge_line};
}

}  // namespace mho::cli
